import { problem } from "@knowhere/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  finishParse,
  type JobHouse,
  openJobHouse,
  retentionMs,
  steeredParse,
  uploadTtlMs,
} from "../testing/job-house.ts";
import { newJob } from "../testing/job-records.ts";
import { useTestPostgres } from "../testing/postgres.ts";
import { createSteppingClock, type SteppingClock } from "../testing/stepping-clock.ts";
import { workerTimes } from "./worker.ts";

const postgres = useTestPostgres();
const justOver = workerTimes.leaseMs + 1;

describe("caretakers", () => {
  let clock: SteppingClock;
  let house: JobHouse;
  beforeEach(async () => {
    clock = createSteppingClock();
    house = await openJobHouse(postgres, { clock });
  });
  afterEach(() => house.close());
  const pass = (ms: number) => clock.set(new Date(clock.now().getTime() + ms));
  const status = async (jobId: string) => (await house.jobs.get("acc_one", jobId))?.status ?? null;

  it("give the job of a lost worker to the next one, and the lost one can no longer finish it", async () => {
    const [stalled, quick] = [steeredParse(), steeredParse()];
    const job = await house.submit();
    // The stalled worker neither hears nor renews: its event loop stands still.
    const first = house.worker({
      parse: (task) => stalled.parse(task, { deaf: true }),
      bell: { ...house.bell, listen: () => () => {} },
    });
    await first.start();
    await stalled.begun(0);
    const second = house.worker({ parse: quick.parse });
    await second.start();
    expect(await house.caretakers().run("reclaim-lost")).toBe(0);
    pass(justOver);
    expect(await house.caretakers().run("reclaim-lost")).toBe(1);
    await quick.begun(0);
    stalled.end(0);
    await first.stop();
    expect(await status(job.jobId)).toBe("pending");
    expect(await house.bills()).toEqual([]);
    quick.end(0);
    await second.stop();
    const done = (await house.jobs.get("acc_one", job.jobId))!;
    expect(done).toMatchObject({ status: "done", attempts: 2 });
    expect((await house.attempts(job.jobId)).map((attempt) => attempt.outcome)).toEqual(["lost", "done"]);
    expect(await house.bills()).toHaveLength(1);
    expect(house.blobs.keys().filter((key) => key.startsWith("results/"))).toEqual([done.result!.key]);
  });

  it("let a claim be while its lease runs", async () => {
    await house.submit();
    await house.queue.claim("alive", clock.now(), new Date(clock.now().getTime() + workerTimes.leaseMs));
    pass(workerTimes.leaseMs - 1);
    expect(await house.caretakers().run("reclaim-lost")).toBe(0);
    expect(await house.queue.claimed(9)).toHaveLength(1);
  });

  it("let the winner's result be when the lost worker ends last", async () => {
    const [stalled, quick] = [steeredParse(), steeredParse()];
    const job = await house.submit();
    const first = house.worker({
      parse: (task) => stalled.parse(task, { deaf: true }),
      bell: { ...house.bell, listen: () => () => {} },
    });
    await first.start();
    await stalled.begun(0);
    pass(justOver);
    await house.caretakers().run("reclaim-lost");
    const second = house.worker({ parse: quick.parse });
    await second.start();
    await quick.begun(0);
    quick.end(0);
    const done = await house.ended(job.jobId);
    await second.stop();
    stalled.end(0, () => finishParse(stalled.starts[0]!, { text: "another package" }));
    await first.stop();
    expect(house.blobs.keys().filter((key) => key.startsWith("results/"))).toEqual([done.result!.key]);
    expect((await house.blobs.head(done.result!.key))!.bytes).toBe(done.result!.bytes);
    expect(await house.bills()).toHaveLength(1);
  });

  it.each([-1, 1])(
    "bring every job to one end when the clock steps by %i h at each point of its life",
    async (hours) => {
      const step = () => pass(hours * 3600_000);
      const steered = steeredParse();
      const [waiting, queued, running] = [
        await house.jobs.submit(newJob()),
        await house.submit(),
        await house.submit(),
      ];
      const first = house.worker({ parse: steered.parse, slots: 1 });
      await first.start();
      await steered.begun(0);
      step();
      // Whoever holds a lease of the other time counts as lost, once; its work is done again.
      await house.caretakers().run("reclaim-lost");
      steered.end(0);
      await first.stop();
      await house.blobs.put(waiting.sourceKey!, Buffer.from("x"), { contentType: "application/pdf" });
      await house.caretakers().run("check-uploads");
      step();
      const second = house.worker();
      await second.start();
      while ((await house.bills()).length < 3) await clock.step(500);
      await second.stop();
      const ends = [];
      for (const { jobId } of [waiting, queued, running]) ends.push(await status(jobId));
      expect(ends).toEqual(["done", "done", "done"]);
      const claims = await house.queue.claimed(9);
      expect(claims).toEqual([]);
    },
  );

  it("find every job of a former life in the state it was in, and end each", async () => {
    const steered = steeredParse();
    const waiting = await house.jobs.submit(newJob());
    let over = false;
    const bell = { ...house.bell, listen: () => () => {} };
    const claim: typeof house.queue.claim = async (...asked) => (over ? null : house.queue.claim(...asked));
    const first = house.worker({ parse: steered.parse, slots: 4, queue: { ...house.queue, claim }, bell });
    const [done, failed, converting, running] = [
      await house.submit(),
      await house.submit(),
      await house.submit(),
      await house.submit(),
    ];
    await first.start();
    const taskOf = (jobId: string) => steered.starts.findIndex((task) => task.job.jobId === jobId);
    await steered.begun(3);
    // With every slot taken no claim is under way: what comes now is for the next life.
    over = true;
    steered.end(taskOf(done.jobId));
    steered.end(taskOf(failed.jobId), () => Promise.reject(problem("ENCRYPTED")));
    steered.starts[taskOf(converting.jobId)]!.onConverting(true);
    steered.starts[taskOf(running.jobId)]!.onConverting(false);
    const pending = await house.submit();
    const all = [waiting, pending, converting, running, done, failed].map((job) => job.jobId);
    const states = async () => Promise.all(all.map(status));
    await expect.poll(states).toEqual(["waiting-file", "pending", "converting", "running", "done", "failed"]);
    const before = (await house.jobs.get("acc_one", done.jobId))!;

    // The next life begins; the first one neither claims nor ends anything any more.
    const second = house.caretakers({ soleServer: true });
    await second.start();
    await second.stop();
    expect(await states()).toEqual(["waiting-file", "pending", "pending", "pending", "done", "failed"]);
    await house.blobs.put(waiting.sourceKey!, Buffer.from("x"), { contentType: "application/pdf" });
    expect(await house.jobs.uploaded(waiting.jobId)).toBe(true);
    const worker = house.worker({ slots: 4 });
    await worker.start();
    for (const { jobId } of [waiting, pending, converting, running])
      expect((await house.ended(jobId)).status).toBe("done");
    expect(await house.jobs.get("acc_one", done.jobId)).toEqual(before);
    expect(await status(failed.jobId)).toBe("failed");
    // What the first life still holds in its hands changes nothing.
    for (const n of steered.starts.keys()) steered.end(n);
    await first.stop();
    expect(await house.bills()).toHaveLength(5);
  });

  it("fail a job whose worker was lost three times", async () => {
    const job = await house.submit();
    for (let n = 0; n < 3; n++) {
      expect(
        await house.queue.claim(`w${n}`, clock.now(), new Date(clock.now().getTime() + workerTimes.leaseMs)),
      ).not.toBeNull();
      pass(justOver);
      expect(await house.caretakers().run("reclaim-lost")).toBe(1);
      pass(10_000);
    }
    const failed = (await house.jobs.get("acc_one", job.jobId))!;
    expect(failed.error).toMatchObject({ code: "INTERNAL_ERROR", details: { reason: "WORKER_LOST", attempts: 3 } });
    expect((await house.attempts(job.jobId)).map((attempt) => attempt.outcome)).toEqual(["lost", "lost", "lost"]);
  });

  it("do not wait an hour for a lost worker after the clock was set back by one", async () => {
    await house.submit();
    await house.queue.claim("w", clock.now(), new Date(clock.now().getTime() + workerTimes.leaseMs));
    pass(-3600_000);
    expect(await house.caretakers().run("reclaim-lost")).toBe(1);
  });

  it("reclaim at once what a former life had claimed, when there is no other server", async () => {
    const job = await house.submit();
    await house.queue.claim("dead", clock.now(), new Date(clock.now().getTime() + workerTimes.leaseMs));
    const shared = house.caretakers({ soleServer: false });
    await shared.start();
    await shared.stop();
    expect(await house.queue.claimed(9)).toHaveLength(1);
    const sole = house.caretakers({ soleServer: true });
    await sole.start();
    await sole.stop();
    expect(await house.queue.claimed(9)).toEqual([]);
    await house.worker().start();
    expect((await house.ended(job.jobId)).status).toBe("done");
  });

  it("end jobs whose file never came, and start those whose upload nobody told us of", async () => {
    const [lost, late] = [await house.jobs.submit(newJob()), await house.jobs.submit(newJob())];
    await house.blobs.put(late.sourceKey!, Buffer.from("x"), { contentType: "application/pdf" });
    pass(2000);
    expect(await house.caretakers().run("check-uploads")).toBe(1);
    expect(await status(late.jobId)).toBe("pending");
    pass(uploadTtlMs);
    expect(await house.caretakers().run("check-uploads")).toBe(1);
    expect((await house.jobs.get("acc_one", lost.jobId))!.error).toMatchObject({ code: "JOB_EXPIRED" });
    await house.blobs.put(lost.sourceKey!, Buffer.from("x"), { contentType: "application/pdf" });
    expect(await house.jobs.uploaded(lost.jobId)).toBe(false);
  });

  it("erase jobs with source and result when their time is over, not before", async () => {
    const job = await house.submit();
    const worker = house.worker();
    await worker.start();
    await house.ended(job.jobId);
    await worker.stop();
    pass(retentionMs - 1000);
    expect(await house.caretakers().run("erase-outlived")).toBe(0);
    pass(2000);
    expect(await house.caretakers().run("erase-outlived")).toBe(1);
    expect(await status(job.jobId)).toBeNull();
    expect(house.blobs.keys()).toEqual([]);
  });

  it("sweep blobs that no job points to, once they are old enough to be nobody's", async () => {
    const job = await house.submit();
    const orphan = {
      result: "results/job_0000000000aa.7.zip",
      loser: `results/${job.jobId}.0.zip`,
      source: "uploads/job_0000000000bb",
    };
    for (const key of Object.values(orphan))
      await house.blobs.put(key, Buffer.from("x"), { contentType: "application/zip" });
    await house.queue.claim("w", clock.now(), new Date(clock.now().getTime() + workerTimes.leaseMs));
    expect(await house.caretakers().run("sweep-blobs")).toBe(0);
    pass(2 * 3600_000);
    expect(await house.caretakers().run("sweep-blobs")).toBe(3);
    expect(house.blobs.keys()).toEqual([job.sourceKey]);
  });
});

describe("without its safeguards (ablation)", () => {
  /** A lost worker wakes up after another one took its job over, and both report an end. */
  async function race(ablate: boolean) {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, {
      clock,
      ablate: (store) => (ablate ? { ...store, move: (jobId, decide) => store.move(jobId, decide) } : store),
    });
    const [stalled, quick] = [steeredParse(), steeredParse()];
    const job = await house.submit();
    const first = house.worker({
      parse: (task) => stalled.parse(task, { deaf: true }),
      bell: { ...house.bell, listen: () => () => {} },
    });
    await first.start();
    await stalled.begun(0);
    clock.set(new Date(clock.now().getTime() + justOver));
    await house.caretakers().run("reclaim-lost");
    const second = house.worker({ parse: (task) => quick.parse(task, { deaf: true }) });
    await second.start();
    await quick.begun(0);
    stalled.end(0);
    await first.stop();
    const early = (await house.jobs.get("acc_one", job.jobId))!.status;
    quick.end(0);
    await second.stop();
    const outcomes = (await house.attempts(job.jobId)).map((attempt) => attempt.outcome);
    await house.close();
    return { early, outcomes };
  }

  it("a lost worker would finish the job if moves did not check the fencing number", async () => {
    expect(await race(false)).toEqual({ early: "pending", outcomes: ["lost", "done"] });
    expect((await race(true)).early).toBe("done");
  });

  it("the job of a dead worker would be stuck for ever if nobody looked at leases", async () => {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, { clock });
    await house.submit();
    const claim = () => house.queue.claim("w", clock.now(), new Date(clock.now().getTime() + workerTimes.leaseMs));
    expect(await claim()).not.toBeNull();
    clock.set(new Date(clock.now().getTime() + 24 * 3600_000));
    expect(await claim()).toBeNull();
    await house.caretakers().run("reclaim-lost");
    expect(await claim()).toMatchObject({ attempt: 2, strikes: 1 });
    await house.close();
  });
});
