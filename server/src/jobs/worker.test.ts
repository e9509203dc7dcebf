import { readFile, writeFile } from "node:fs/promises";
import { problem } from "@knowhere/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Claim } from "../ports/job-queue.ts";
import { finishParse, type JobHouse, openJobHouse, steeredParse } from "../testing/job-house.ts";
import { newJob } from "../testing/job-records.ts";
import { useTestPostgres } from "../testing/postgres.ts";
import { createSteppingClock } from "../testing/stepping-clock.ts";
import { mostOutages } from "./faults.ts";
import type { ParseFunction } from "./types.ts";

const postgres = useTestPostgres();
const quick = { checkEveryMs: 50, pollEveryMs: 100 };

describe("a worker", () => {
  let house: JobHouse;
  beforeEach(async () => {
    house = await openJobHouse(postgres);
  });
  afterEach(() => house.close());

  it("runs a job to its end: result stored, billed once, every state told", async () => {
    const job = await house.submit();
    await house
      .worker({
        parse: async (task) => {
          task.onConverting(true);
          task.onConverting(false);
          task.onProgress(2, 0);
          task.onProgress(2, 2);
          return finishParse(task, { pages: 2 });
        },
      })
      .start();
    const done = await house.ended(job.jobId);
    expect(done).toMatchObject({
      status: "done",
      attempts: 1,
      progress: { totalPages: 2, processedPages: 2 },
      result: { bytes: 7 },
    });
    expect(done.result!.key).toMatch(new RegExp(`^results/${job.jobId}\\.\\d+\\.zip$`));
    expect(house.blobs.keys()).toContain(done.result!.key);
    const events = await house.jobs.events("acc_one", job.jobId, 0);
    expect(events.filter((event) => event.type === "state").map((event) => event.data.status)).toEqual([
      "pending",
      "converting",
      "running",
      "done",
    ]);
    expect(events.filter((event) => event.type === "progress").map((event) => event.data.processed_pages)).toEqual([
      0, 2,
    ]);
    expect(await house.bills()).toEqual([{ job_id: job.jobId, pages: 2 }]);
    expect(await house.attempts(job.jobId)).toMatchObject([{ outcome: "done" }]);
    expect(await house.queue.claimed(1)).toEqual([]);
  });

  it("hears of a new job by the bell", async () => {
    await house.worker({ times: { pollEveryMs: 3600_000 } }).start();
    const job = await house.submit();
    expect((await house.ended(job.jobId)).status).toBe("done");
  });

  it.each([
    ["fails", () => Promise.reject(problem("UNAVAILABLE"))],
    // What the database does by itself when its connection is lost.
    ["is made once more", (again: () => Promise<Claim | null>) => again()],
  ])("begins a job whose claim was made although its answer was lost, when the claim %s", async (_how, answer) => {
    const { queue } = house;
    let lost = 0;
    const claim: typeof queue.claim = async (...parameters) => {
      const claimed = await queue.claim(...parameters);
      return claimed && lost++ === 0 ? answer(() => queue.claim(...parameters)) : claimed;
    };
    const jobs = [await house.submit(), await house.submit()];
    await house.worker({ queue: { ...queue, claim }, times: { ...quick, renewEveryMs: 200 } }).start();
    // Nobody takes claims away here: without asking for them the first job would stay claimed.
    for (const { jobId } of jobs) {
      expect((await house.ended(jobId)).status).toBe("done");
      expect(await house.attempts(jobId)).toMatchObject([{ outcome: "done" }]);
    }
    expect(await house.queue.claimed(1)).toEqual([]);
  });

  it("fails a job at once for the document's own fault", async () => {
    const job = await house.submit();
    await house.worker({ parse: () => Promise.reject(problem("ENCRYPTED")) }).start();
    const failed = await house.ended(job.jobId);
    expect(failed.error).toEqual({
      code: "INVALID_ARGUMENT",
      message: problem("ENCRYPTED").message,
      details: { reason: "ENCRYPTED" },
      request_id: job.requestId,
    });
    expect(failed.expiresAt!.getTime()).toBeGreaterThan(failed.finishedAt!.getTime());
    expect(await house.attempts(job.jobId)).toMatchObject([
      { outcome: "failed", error: { details: { reason: "ENCRYPTED" } } },
    ]);
    expect(await house.bills()).toEqual([]);
  });

  it("fetches a URL and keeps what it turned out to be", async () => {
    const job = await house.jobs.submit(newJob({ sourceType: "url", sourceUrl: "https://example.org/page" }));
    let seen = "";
    const download = async (url: string, path: string) => {
      await writeFile(path, "<p>hello");
      return { url, status: 200, headers: {}, bytes: 8 };
    };
    await house
      .worker({
        fetcher: { download } as never,
        parse: async (task) => {
          seen = task.job.fileExtension;
          return finishParse(task);
        },
      })
      .start();
    expect(await house.ended(job.jobId)).toMatchObject({
      status: "done",
      fileName: "page.html",
      fileExtension: ".html",
    });
    expect(seen).toBe(".html");
  });

  it("keeps what it fetched: a later attempt and a retried job read the same bytes, and erasing takes them along", async () => {
    const job = await house.jobs.submit(newJob({ sourceType: "url", sourceUrl: "https://example.org/page" }));
    let fetches = 0;
    const read: string[] = [];
    const download = async (url: string, path: string) => {
      await writeFile(path, `page ${++fetches}`);
      return { url, status: 200, headers: {}, bytes: 6 };
    };
    const parse: ParseFunction = async (task) => {
      read.push(await readFile(task.sourcePath, "utf8"));
      if (read.length === 1) throw new Error("not the document's fault");
      return finishParse(task);
    };
    await house.worker({ fetcher: { download } as never, parse }).start();
    await house.ended(job.jobId);
    const again = (await house.jobs.retry("acc_one", job.jobId, "req_2"))!;
    expect(again.sourceType).toBe("url");
    await house.ended(again.jobId);
    expect([fetches, read]).toEqual([1, ["page 1", "page 1", "page 1"]]);
    expect((await house.jobs.erase("acc_one", job.jobId))!.erased).toEqual({ source: false, result: true });
    expect((await house.jobs.erase("acc_one", again.jobId))!.erased).toEqual({ source: true, result: true });
    expect(house.blobs.keys()).toEqual([]);
  });

  it("refuses a stored source that is too large before it is read", async () => {
    const job = await house.submit();
    await house.worker({ maxSourceBytes: 5 }).start();
    expect((await house.ended(job.jobId)).error!.details!.reason).toBe("SOURCE_TOO_LARGE");
  });

  it("stops the parse of a job cancelled by another process, and shows it cancelled", async () => {
    const steered = steeredParse();
    const job = await house.submit();
    const worker = house.worker({ parse: steered.parse });
    await worker.start();
    const task = await steered.begun(0);
    const aborted = new Promise((resolve) => task.signal.addEventListener("abort", resolve));
    expect((await house.jobs.cancel("acc_one", job.jobId))!.status).toBe("failed");
    await aborted;
    expect((await house.ended(job.jobId)).error!.code).toBe("CANCELLED");
    expect(await house.attempts(job.jobId)).toMatchObject([{ outcome: "cancelled" }]);
  });

  it("parses nothing of a job that was cancelled while its source was fetched", async () => {
    const { download } = house.blobs;
    const asked = new Promise<void>((tell) => {
      // A cancel that comes when the last byte is there: the download itself does not fail of it.
      house.blobs.download = async (key, path, signal) => {
        const brokenOff = new Promise((resolve) => signal!.addEventListener("abort", resolve));
        tell();
        await brokenOff;
        await download(key, path);
      };
    });
    const steered = steeredParse();
    const job = await house.submit();
    const worker = house.worker({ parse: (task) => steered.parse(task, { deaf: true }) });
    await worker.start();
    await asked;
    await house.jobs.cancel("acc_one", job.jobId);
    await expect.poll(() => worker.running()).toBe(0);
    expect(steered.starts).toEqual([]);
  });

  it("sees a cancel whose ring was lost at its next look", async () => {
    const steered = steeredParse();
    const job = await house.submit();
    const deafBell = { ring: house.bell.ring, listen: () => () => {} };
    await house.worker({ parse: steered.parse, bell: deafBell, times: quick }).start();
    const task = await steered.begun(0);
    const aborted = new Promise((resolve) => task.signal.addEventListener("abort", resolve));
    await house.jobs.cancel("acc_one", job.jobId);
    await aborted;
  });

  it("deletes what it stored when the job was erased meanwhile", async () => {
    const steered = steeredParse();
    const job = await house.submit();
    const worker = house.worker({ parse: (task) => steered.parse(task, { deaf: true }) });
    await worker.start();
    await steered.begun(0);
    expect((await house.jobs.erase("acc_one", job.jobId))!.erased).toEqual({ source: true, result: false });
    steered.end(0);
    await worker.stop();
    expect(house.blobs.keys()).toEqual([]);
    expect(await house.bills()).toEqual([]);
  });

  it("hands a running job back at a stop, without a strike, and another worker takes it", async () => {
    const steered = steeredParse();
    const job = await house.submit();
    const first = house.worker({ parse: steered.parse });
    await first.start();
    await steered.begun(0);
    await first.stop({ graceMs: 0 });
    expect(first.running()).toBe(0);
    expect((await house.jobs.get("acc_one", job.jobId))!.status).toBe("pending");
    await house.worker().start();
    expect((await house.ended(job.jobId)).status).toBe("done");
    expect((await house.attempts(job.jobId)).map((attempt) => attempt.outcome)).toEqual(["released", "done"]);
  });

  it("lets a running job end within the grace of a stop", async () => {
    const steered = steeredParse();
    const job = await house.submit();
    const worker = house.worker({ parse: steered.parse });
    await worker.start();
    await steered.begun(0);
    const stopped = worker.stop({ graceMs: 20_000 });
    steered.end(0);
    await stopped;
    expect((await house.jobs.get("acc_one", job.jobId))!.status).toBe("done");
  });

  it("never runs more jobs than it has slots, and shares them between keys", async () => {
    const steered = steeredParse();
    for (let n = 0; n < 6; n++) await house.submit({ keyId: "key_busy" });
    const single = await house.submit({ keyId: "key_single" });
    await house.worker({ parse: steered.parse, slots: 2 }).start();
    await steered.begun(1);
    expect(steered.starts.map((task) => task.job.keyId).sort()).toEqual(["key_busy", "key_single"]);
    expect(steered.starts).toHaveLength(2);
    steered.end(0);
    steered.end(1);
    expect((await house.ended(single.jobId)).status).toBe("done");
    await steered.begun(3);
    expect(steered.starts).toHaveLength(4);
  });
});

describe("faults of an attempt", () => {
  it("tries again after a back-off, three times in all, and keeps every attempt", async () => {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, { clock });
    const job = await house.submit();
    let calls = 0;
    const worker = house.worker({ parse: () => Promise.reject(new Error(`out of order ${++calls}`)) });
    await worker.start();
    while ((await house.jobs.get("acc_one", job.jobId))!.status !== "failed") await clock.step(500);
    const failed = (await house.jobs.get("acc_one", job.jobId))!;
    expect(failed.error).toMatchObject({ code: "INTERNAL_ERROR" });
    expect(failed.error!.message).not.toContain("out of order");
    expect(calls).toBe(3);
    expect((await house.attempts(job.jobId)).map((attempt) => attempt.outcome)).toEqual([
      "faulted",
      "faulted",
      "failed",
    ]);
    const stopped = worker.stop({ graceMs: 0 });
    await stopped;
    await house.close();
  });

  it("fetches again from a server that is out of order, when it asks for it, and keeps what failed in the end", async () => {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, { clock });
    const troubles = [
      problem("DOWNLOAD_FAILED", {}, { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) }),
      problem("DOWNLOAD_FAILED", { http_status: 429, retry_after: 60 }),
    ];
    const tries: number[] = [];
    const last = problem("DOWNLOAD_FAILED", {
      violations: [{ field: "source_url", description: "example.org answered 503" }],
      http_status: 503,
    });
    const download = async (url: string, path: string) => {
      tries.push(clock.now().getTime());
      if (url.endsWith("/dead")) throw last;
      const trouble = troubles.shift();
      if (trouble) throw trouble;
      await writeFile(path, "at last");
      return { url, status: 200, headers: {}, bytes: 7 };
    };
    await house.worker({ fetcher: { download } as never, downloadTimeoutMs: 900_000 }).start();
    const run = async (sourceUrl: string) => {
      const { jobId } = await house.jobs.submit(newJob({ sourceType: "url", sourceUrl }));
      for (;;) {
        const job = (await house.jobs.get("acc_one", jobId))!;
        if (job.status === "done" || job.status === "failed") return job;
        await Promise.all([clock.step(500), house.bills()]);
      }
    };
    expect((await run("https://example.org/slow")).status).toBe("done");
    expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(2000);
    expect(tries[2]! - tries[1]!).toBeGreaterThanOrEqual(60_000);
    const dead = await run("https://example.org/dead");
    expect(dead.error).toMatchObject({
      code: "INVALID_ARGUMENT",
      details: { reason: "DOWNLOAD_FAILED", attempts: 3, violations: [{ description: "example.org answered 503" }] },
    });
    expect((await house.attempts(dead.jobId)).map((attempt) => attempt.outcome)).toEqual([
      "faulted",
      "faulted",
      "failed",
    ]);
    await house.close();
  });

  it("waits out a full disk with every job of the queue, without a strike, and tries only now and then", async () => {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, { clock });
    const jobs = [];
    for (let n = 0; n < 12; n++) jobs.push(await house.submit());
    let full = true;
    let tries = 0;
    const worker = house.worker({
      slots: 4,
      parse: async (task) => {
        tries++;
        if (full) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        return finishParse(task);
      },
    });
    await worker.start();
    const begun = clock.now().getTime();
    // Each look at the database gives the worker the time for its own.
    while (tries < 14) await Promise.all([clock.step(1000), house.bills()]);
    // Four slots at first, then one job after 1, 2, 4, 8, 16 and every 30 seconds.
    expect(clock.now().getTime() - begun).toBeGreaterThan(150_000);
    full = false;
    while ((await house.bills()).length < jobs.length) await clock.step(1000);
    for (const { jobId } of jobs) expect((await house.jobs.get("acc_one", jobId))!.status).toBe("done");
    const lost = await house.database.query(
      "select count(*) as n from attempt where outcome not in ('done', 'faulted')",
    );
    expect(lost.rows).toEqual([{ n: 0 }]);
    await house.close();
  });

  it("fails a job that brings the outage about itself, in the end", async () => {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, { clock });
    const job = await house.submit();
    const worker = house.worker({ parse: () => Promise.reject(problem("UNAVAILABLE")) });
    await worker.start();
    const status = async () => (await house.jobs.get("acc_one", job.jobId))!.status;
    while ((await status()) !== "failed") await clock.step(10_000);
    expect((await house.attempts(job.jobId)).length).toBe(mostOutages + 2);
    await house.close();
  });

  it("stores the package again when storage is out of order for a moment", async () => {
    const clock = createSteppingClock();
    const house = await openJobHouse(postgres, { clock });
    const job = await house.submit();
    house.blobs.failNext("put", 2, new Error("503 Slow Down"));
    const worker = house.worker();
    await worker.start();
    while ((await house.jobs.get("acc_one", job.jobId))!.status !== "done") await clock.step(250);
    expect(await house.attempts(job.jobId)).toHaveLength(1);
    await house.close();
  });
});
