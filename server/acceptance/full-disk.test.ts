/** A disk that is full, and one that is read-only: a clear refusal, nothing lost, and everything goes on when there is room. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openSmallDisk, whyNoSmallDisk } from "../src/testing/small-disk.ts";
import { createClient, type Json } from "./client.ts";
import { followPatiently } from "./fleet.ts";
import { startServer } from "./server.ts";

const pdf = await readFile(new URL("../../examples/report.pdf", import.meta.url));
const obstacle = whyNoSmallDisk();
/** Room for a fresh cluster with its first log segments, and some more. */
const mebibytes = 160;

describe("the server on a small disk", () => {
  it("refuses work while the disk is full and loses none; refuses to start on a full or read-only one", async (context) => {
    if (obstacle) return context.skip(obstacle);
    const disk = await openSmallDisk(mebibytes);
    const dataDir = join(disk.path, "data");
    const settings = { KNOWHERE_WORKERS: "1", KNOWHERE_REUSE_RESULTS: "false" };
    try {
      const server = await startServer(dataDir, settings);
      const client = createClient(server);
      const fields = { source_type: "file", file_name: "report.pdf" };
      const waiting: Json[] = [];
      for (let n = 0; n < 3; n++) waiting.push((await client.call("POST", "/v1/jobs", fields)).body);
      const early = await client.upload(waiting[0]!, pdf);
      expect(early.status).toBe(200);
      await disk.fill();

      const refused = await client.upload(waiting[1]!, pdf);
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await refused.text()).toContain("<Code>ServiceUnavailable</Code>");
      const form = new FormData();
      form.set("file", new Blob([pdf]), "report.pdf");
      const oneCall = await client.call("POST", "/v1/jobs", form);
      expect(oneCall.status).toBe(503);
      expect(oneCall.body["error"]).toMatchObject({ code: "UNAVAILABLE", details: { retry_after: 5 } });

      await disk.free();
      for (const job of waiting.slice(1)) {
        while (!(await client.upload(job, pdf).catch(() => null))?.ok) await sleep(300);
      }
      for (const job of waiting) expect((await followPatiently(client, job["job_id"]))["status"]).toBe("done");
      const { body } = await client.call("GET", "/v1/jobs?page_size=100");
      expect(body["jobs"]).toHaveLength(3);
      expect(await server.stop()).toBe(0);

      await disk.fill();
      await expect(startServer(dataDir, settings)).rejects.toThrow(/The disk is full: free some space/);
      await disk.free();
      disk.setReadOnly(true);
      await expect(startServer(dataDir, settings)).rejects.toThrow(/mounted read-only/);
      disk.setReadOnly(false);
      const again = await startServer(dataDir, settings);
      expect((await followPatiently(createClient(again), waiting[0]!["job_id"]))["status"]).toBe("done");
      expect(await again.stop()).toBe(0);
    } finally {
      await rm(join(disk.path, "ballast"), { force: true }).catch(() => {});
      await disk.close();
    }
  }, 300_000);
});
