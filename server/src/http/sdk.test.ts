import { expect, it } from "vitest";
import { Knowhere, NotFoundError } from "../../../sdk/src/index.ts";
import { openHttpHouse } from "../testing/http-house.ts";

it("the SDK and the server understand each other, from upload to verified ZIP", async () => {
  const house = await openHttpHouse();
  const client = new Knowhere({ apiKey: house.key, baseUrl: house.base });
  const created = await client.createJob({ source_type: "file", file_name: "report.pdf", data_id: "mine" });
  await client.upload(created, new Blob(["%PDF-1.7"], { type: "text/plain" }));
  const waited = client.waitForJob(created.job_id);
  house.jobs.change(created.job_id, { status: "running", progress: { totalPages: 2, processedPages: 1 } });
  await house.finish(created.job_id);
  const done = await waited;
  const zip = await client.download(done);
  expect(zip.length).toBeGreaterThan(100);
  expect((await client.listJobs({ job_status: "done" })).jobs[0]).toMatchObject({
    job_id: created.job_id,
    data_id: "mine",
  });
  expect((await client.deleteJob(created.job_id)).erased).toEqual({ source: true, result: true });
  await expect(client.getJob(created.job_id)).rejects.toBeInstanceOf(NotFoundError);
  await house.close();
});
