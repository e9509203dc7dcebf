import { afterEach, beforeEach, expect, it } from "vitest";
import { finishParse, type JobHouse, openJobHouse } from "../../testing/job-house.ts";
import { jobRecord } from "../../testing/job-records.ts";
import { useTestPostgres } from "../../testing/postgres.ts";

const postgres = useTestPostgres({ survivesKill: true });
let house: JobHouse;
beforeEach(async () => {
  house = await openJobHouse(postgres);
});
afterEach(() => house.close());

const killPostmaster = () => process.kill(postgres.server.pid(), "SIGKILL");
const idOf = (n: number) => `job_${n.toString(16).padStart(12, "0")}`;

it("loses nothing it acknowledged, and does nothing twice, when the postmaster is killed under eight writers", async () => {
  const acknowledged: string[] = [];
  let next = 0;
  let kills = 0;
  const write = async () => {
    while (next < 400) {
      const jobId = idOf(next++);
      await house.store.insert(jobRecord({ jobId }));
      await house.store.move(jobId, (job) =>
        job.attempts > 0
          ? null
          : {
              job: { ...job, version: job.version + 1, attempts: 1 },
              events: [{ type: "state", data: { moved: true } }],
            },
      );
      acknowledged.push(jobId);
      if (acknowledged.length === 100 * (kills + 1) && kills < 2) {
        kills++;
        killPostmaster();
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
  expect(kills).toBe(2);
  const found = await house.store.find(acknowledged);
  expect(found.filter((job) => job.version === 2 && job.attempts === 1)).toHaveLength(400);
  const { rows } = await house.database.query(
    "select count(*) as events, count(distinct job_id) as jobs from job_event",
  );
  expect(rows).toEqual([{ events: 800, jobs: 400 }]);
});

it("ends every job once while the postmaster is killed under working workers", async () => {
  const jobs = await Promise.all(Array.from({ length: 24 }, () => house.submit()));
  let parsed = 0;
  const parse: Parameters<JobHouse["worker"]>[0] = {
    slots: 3,
    times: { pollEveryMs: 50, checkEveryMs: 100 },
    parse: async (task) => {
      if (++parsed === 6 || parsed === 14) killPostmaster();
      return finishParse(task);
    },
  };
  await Promise.all([house.worker(parse).start(), house.worker(parse).start()]);
  for (const { jobId } of jobs) expect((await house.ended(jobId)).status).toBe("done");
  expect(await house.bills()).toHaveLength(24);
  const results = house.blobs.keys().filter((key) => key.startsWith("results/"));
  const wanted = (await house.store.find(jobs.map((job) => job.jobId))).map((job) => job.result!.key);
  expect(results).toEqual(expect.arrayContaining(wanted));
});

it("listens again after an outage", async () => {
  const heard = new Promise<string>((resolve) => {
    house.bell.listen("delivery", resolve);
  });
  killPostmaster();
  await house.database.query("select 1");
  await house.bell.ready();
  let done = false;
  const ringing = (async () => {
    // What rings before it listens again is lost: whoever listens polls as well.
    while (!done) await house.bell.ring("delivery", "again");
  })();
  expect(await heard).toBe("again");
  done = true;
  await ringing;
});
