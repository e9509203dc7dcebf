import { expect, it } from "vitest";
import type { Claim } from "../../ports/job-queue.ts";
import { jobRecord } from "../../testing/job-records.ts";
import { describeJobStore } from "../../testing/job-store-suite.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { createJobQueue } from "./job-queue.ts";
import { createJobStore } from "./job-store.ts";
import { createJobUpkeep } from "./job-upkeep.ts";

const postgres = useTestPostgres();

async function open(options = {}) {
  const database = await postgres.database(options);
  return { store: createJobStore(database), queue: createJobQueue(database), upkeep: createJobUpkeep(database) };
}

describeJobStore("the job store on PostgreSQL", open);
describeJobStore("the job store without named statements", () => open({ namedStatements: false }));

it("claims a job that was inserted while the claim waited for its turn", async () => {
  const database = await postgres.database();
  const [store, queue] = [createJobStore(database), createJobQueue(database)];
  let claiming!: Promise<Claim | null>;
  await database.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(5005002)");
    claiming = queue.claim("w", new Date(), new Date(Date.now() + 30_000));
    const waiting = "select 1 from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
    await expect.poll(async () => (await database.query(waiting)).rowCount).toBe(1);
    await store.insert(jobRecord());
  });
  expect(await claiming).toMatchObject({ job: { jobId: jobRecord().jobId }, attempt: 1 });
});

it("writes what hooks write in the transaction of the move, and nothing when a hook fails", async () => {
  const database = await postgres.database();
  await database.query("create table outbox (job_id text, status text)");
  let broken = false;
  const store = createJobStore(database, {
    async onMove(tx, { before, after }) {
      if (broken) throw new Error("outbox is broken");
      await tx.query("insert into outbox values ($1, $2)", [
        after.jobId,
        `${before?.status ?? "new"} -> ${after.status}`,
      ]);
    },
  });
  const job = jobRecord();
  await store.insert(job);
  const run = () =>
    store.move(job.jobId, (row) => ({ job: { ...row, version: row.version + 1, status: "running" }, events: [] }));
  broken = true;
  await expect(run()).rejects.toThrow("outbox is broken");
  expect((await store.find([job.jobId]))[0]!.status).toBe("pending");
  broken = false;
  await run();
  expect((await database.query("select status from outbox")).rows.map((row) => row.status)).toEqual([
    "new -> pending",
    "pending -> running",
  ]);
});
