import { expect, it } from "vitest";
import { jobRecord, jobResult } from "../../testing/job-records.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { createEarlierResults } from "./earlier-results.ts";
import { createJobStore } from "./job-store.ts";

const postgres = useTestPostgres();
const now = new Date("2026-01-02T03:04:05Z");
const later = new Date(now.getTime() + 1000);

it("finds the newest done job with the fingerprint, as long as it is kept", async () => {
  const database = await postgres.database();
  const store = createJobStore(database);
  const earlier = createEarlierResults(database);
  const put = async (jobId: string, finishedAt: Date, fields = {}) => {
    const done = { status: "done" as const, finishedAt, expiresAt: later, result: jobResult() };
    await store.insert(jobRecord({ jobId, ...done, ...fields }));
    await earlier.note(jobId, "acc_one", { result: "print", tree: "tree" });
  };
  await put("job_000000000001", new Date(now.getTime() - 2000));
  await put("job_000000000002", new Date(now.getTime() - 1000));
  await put("job_000000000003", now, { status: "running", finishedAt: null, result: null });
  await earlier.note("job_nowhere", "acc_one", { result: "print", tree: null });
  const found = async (print = "print", account = "acc_one", at = now) =>
    (await earlier.find(account, "result", print, at))?.jobId;
  const tree = async (print: string) => (await earlier.find("acc_one", "tree", print, now))?.jobId;
  expect(await found()).toBe("job_000000000002");
  expect(await found("other")).toBeUndefined();
  expect(await found("print", "acc_two")).toBeUndefined();
  expect(await found("print", "acc_one", later)).toBeUndefined();
  expect([await tree("tree"), await tree("print")]).toEqual(["job_000000000002", undefined]);
  await earlier.note("job_000000000002", "acc_one", { result: "print", tree: null });
  expect(await tree("tree")).toBe("job_000000000001");
  await store.erase("job_000000000002", null, now);
  expect(await found()).toBe("job_000000000001");
});
