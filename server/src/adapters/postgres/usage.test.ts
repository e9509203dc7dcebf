import { expect, it } from "vitest";
import { jobRecord, jobResult } from "../../testing/job-records.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { createJobQueue } from "./job-queue.ts";
import { createJobStore } from "./job-store.ts";
import { createUsage } from "./usage.ts";

const postgres = useTestPostgres();
const at = (text: string) => new Date(`${text}Z`);

async function setUp() {
  const database = await postgres.database();
  const store = createJobStore(database);
  const queue = createJobQueue(database);
  /** A job that one worker took and finished at `end`. */
  async function finish(jobId: string, end: Date, used: object, fields = {}) {
    await store.insert(jobRecord({ jobId, status: "pending", createdAt: end, updatedAt: end, ...fields }));
    const claim = (await queue.claim("w", end, new Date(end.getTime() + 30_000)))!;
    await store.move(
      jobId,
      (job) => ({
        job: { ...job, version: 2, status: "done", updatedAt: end, finishedAt: end, result: jobResult() },
        events: [],
        queue: { do: "remove" },
        usage: { pages: 1, ...used },
      }),
      { token: claim.token },
    );
  }
  return { store, usage: createUsage(database), finish };
}

it("sums up by day and key, in UTC, and keeps what erased jobs used", async () => {
  const { store, usage, finish } = await setUp();
  const last = at("2026-01-02T23:59:59.999");
  await finish("job_000000000001", last, { pages: 3, sourceBytes: 5_000_000_000, seconds: 1.5 });
  await finish("job_000000000002", last, { pages: 4, sourceBytes: 1, seconds: 0.25 });
  await finish("job_000000000003", at("2026-01-03T00:00:00"), { pages: 7 }, { keyId: "key_other" });
  await finish("job_000000000004", last, { pages: 90 }, { accountId: "acc_two" });
  await store.erase("job_000000000001", null, last);
  const range = { from: at("2026-01-02T00:00:00"), until: at("2026-01-04T00:00:00") };
  const key = jobRecord().keyId;
  expect(await usage.byDay("acc_one", range)).toEqual([
    { date: "2026-01-02", keyId: key, keyName: null, jobs: 2, pages: 7, bytes: 5_000_000_001, seconds: 1.75 },
    { date: "2026-01-03", keyId: "key_other", keyName: null, jobs: 1, pages: 7, bytes: 0, seconds: 0 },
  ]);
  expect(await usage.byDay("acc_one", { ...range, keyId: "key_other" })).toHaveLength(1);
  expect(await usage.byDay("acc_one", { ...range, until: at("2026-01-03T00:00:00") })).toHaveLength(1);
  expect(await usage.countEnds("acc_one", range)).toEqual({ done: 2, failed: 0 });
});
