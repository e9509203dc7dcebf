import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobStore } from "../ports/job-store.ts";
import { finishParse, type JobHouse, openJobHouse, steeredParse, uploadTtlMs } from "../testing/job-house.ts";
import { newJob } from "../testing/job-records.ts";
import { useTestPostgres } from "../testing/postgres.ts";
import { createBatchedFind } from "./batched-find.ts";
import type { JobRecord, ParseTask } from "./types.ts";

const postgres = useTestPostgres();
const never = new AbortController().signal;

describe("jobs", () => {
  let house: JobHouse;
  beforeEach(async () => {
    house = await openJobHouse(postgres);
  });
  afterEach(() => house.close());
  const put = (key: string) => house.blobs.put(key, Buffer.from("source"), { contentType: "application/pdf" });

  it("waits for the file, then starts by the upload, once", async () => {
    const job = await house.jobs.submit(newJob());
    expect(job).toMatchObject({ status: "waiting-file", sourceKey: `uploads/${job.jobId}`, version: 1 });
    expect(job.uploadExpiresAt!.getTime() - job.createdAt.getTime()).toBe(uploadTtlMs);
    await put(job.sourceKey!);
    expect(await Promise.all([house.jobs.uploaded(job.jobId), house.jobs.uploaded(job.jobId)])).toContain(true);
    expect(await house.jobs.uploaded(job.jobId)).toBe(false);
    expect(await house.jobs.get("acc_one", job.jobId)).toMatchObject({ status: "pending", uploadExpiresAt: null });
    await house.worker().start();
    expect((await house.ended(job.jobId)).status).toBe("done");
  });

  it("makes one job of a submit that is repeated under its chosen id", async () => {
    const chosen = newJob({ jobId: "job_00000000cafe" });
    const [one, two] = [await house.jobs.submit(chosen), await house.jobs.submit(chosen)];
    expect(two).toEqual(one);
    expect((await house.jobs.list({ accountId: "acc_one" }, { page: 1, pageSize: 10 })).total).toBe(1);
  });

  it("shows nothing of a job to another account", async () => {
    const { jobId } = await house.submit();
    expect(await house.jobs.get("acc_two", jobId)).toBeNull();
    expect(await house.jobs.cancel("acc_two", jobId)).toBeNull();
    expect(await house.jobs.retry("acc_two", jobId, "req_x")).toBeNull();
    expect(await house.jobs.erase("acc_two", jobId)).toBeNull();
    expect(await house.jobs.events("acc_two", jobId, 0)).toEqual([]);
    expect((await house.jobs.get("acc_one", jobId))!.status).toBe("pending");
  });

  it("cancels a job in every active state and leaves an ended one as it is", async () => {
    const waiting = await house.jobs.submit(newJob());
    expect((await house.jobs.cancel("acc_one", waiting.jobId))!.error!.code).toBe("CANCELLED");
    const pending = await house.submit();
    expect((await house.jobs.cancel("acc_one", pending.jobId))!.status).toBe("failed");
    const steered = steeredParse();
    await house.worker({ parse: steered.parse }).start();
    for (const [n, begin] of [
      (task: ParseTask) => task.onConverting(true),
      (task: ParseTask) => task.onProgress(5, 1),
    ].entries()) {
      const job = await house.submit();
      begin(await steered.begun(n));
      const shown = await house.jobs.waitForChange("acc_one", job.jobId, 1, 20_000, never);
      expect(shown!.status).toBe(["converting", "running"][n]);
      expect((await house.jobs.cancel("acc_one", job.jobId))!.error!.code).toBe("CANCELLED");
    }
    const done = await house.submit();
    await steered.begun(2);
    steered.end(2);
    await house.ended(done.jobId);
    expect((await house.jobs.cancel("acc_one", done.jobId))!.status).toBe("done");
    expect(await house.jobs.countActive("acc_one")).toBe(0);
  });

  it("makes a new job of an ended one, from the same source, which outlives the old one", async () => {
    const steered = steeredParse();
    await house.worker({ parse: steered.parse }).start();
    const old = await house.submit({ dataId: "mine" });
    await expect(house.jobs.retry("acc_one", old.jobId, "req_2")).rejects.toMatchObject({ problem: "CONFLICT" });
    await steered.begun(0);
    await house.jobs.cancel("acc_one", old.jobId);
    const fresh = (await house.jobs.retry("acc_one", old.jobId, "req_2"))!;
    expect(fresh).toMatchObject({
      status: "pending",
      retriedFrom: old.jobId,
      dataId: "mine",
      requestId: "req_2",
      documentId: old.documentId,
    });
    expect(fresh.jobId).not.toBe(old.jobId);
    expect((await house.jobs.erase("acc_one", old.jobId))!.erased).toEqual({ source: false, result: false });
    await steered.begun(1);
    steered.end(1);
    expect((await house.ended(fresh.jobId)).status).toBe("done");
    expect((await house.jobs.erase("acc_one", fresh.jobId))!.erased).toEqual({ source: true, result: true });
    expect(house.blobs.keys()).toEqual([]);
  });

  it("refuses to retry when the source was never stored", async () => {
    const job = await house.jobs.submit(newJob());
    await house.jobs.cancel("acc_one", job.jobId);
    await expect(house.jobs.retry("acc_one", job.jobId, "req_2")).rejects.toMatchObject({ problem: "SOURCE_GONE" });
  });

  it("fetches a URL again when its bytes were never stored, or are gone", async () => {
    const job = await house.jobs.submit(newJob({ sourceType: "url", sourceUrl: "https://example.org/a.pdf" }));
    await house.jobs.cancel("acc_one", job.jobId);
    const fresh = (await house.jobs.retry("acc_one", job.jobId, "req_2"))!;
    expect(fresh).toMatchObject({ status: "pending", sourceKey: null, sourceUrl: "https://example.org/a.pdf" });
  });

  it("erases rows and blobs, and leaves blobs it cannot reach to the caretakers", async () => {
    const job = await house.submit();
    await house.worker().start();
    const done = await house.ended(job.jobId);
    house.blobs.failNext("delete", 2, new Error("storage is out of order"));
    expect((await house.jobs.erase("acc_one", job.jobId))!.erased).toEqual({ source: false, result: false });
    expect(await house.jobs.get("acc_one", job.jobId)).toBeNull();
    expect(house.blobs.keys()).toEqual([done.result!.key, job.sourceKey!].sort());
    expect(await house.caretakers().run("delete-doomed")).toBe(2);
    expect(house.blobs.keys()).toEqual([]);
    // What was billed stays billed.
    expect(await house.bills()).toHaveLength(1);
  });

  it("answers a wait at the next change, any progress too, and at once when there was one", async () => {
    const steered = steeredParse();
    const job = await house.submit();
    const first = house.jobs.waitForChange("acc_one", job.jobId, job.version, 20_000, never);
    await house.worker({ parse: steered.parse }).start();
    const task = await steered.begun(0);
    task.onProgress(3, 0);
    const started = (await first)!;
    expect(started).toMatchObject({ status: "running", progress: { totalPages: 3, processedPages: 0 } });
    const second = house.jobs.waitForChange("acc_one", job.jobId, started.version, 20_000, never);
    task.onProgress(3, 2);
    expect((await second)!.progress!.processedPages).toBe(2);
    expect(
      (await house.jobs.waitForChange("acc_one", job.jobId, job.version, 20_000, never))!.progress!.processedPages,
    ).toBe(2);
    const third = house.jobs.waitForChange("acc_one", job.jobId, 99, 20_000, never);
    await house.jobs.erase("acc_one", job.jobId);
    expect(await third).toBeNull();
  });

  it("answers a wait with the job as it is when the time is up or the caller leaves", async () => {
    const job = await house.submit();
    expect((await house.jobs.waitForChange("acc_one", job.jobId, job.version, 5, never))!.version).toBe(job.version);
    const leaving = new AbortController();
    const waiting = house.jobs.waitForChange("acc_one", job.jobId, job.version, 20_000, leaving.signal);
    leaving.abort();
    expect((await waiting)!.version).toBe(job.version);
  });

  it("resumes the events of a job after a given one", async () => {
    const job = await house.submit();
    await house.worker({ parse: (task) => finishParse(task) }).start();
    await house.ended(job.jobId);
    const all = await house.jobs.events("acc_one", job.jobId, 0);
    expect(await house.jobs.events("acc_one", job.jobId, all[0]!.id)).toEqual(all.slice(1));
  });
});

describe("polls", () => {
  /** A store of a few records that counts what it is asked. */
  function countingStore(rows: Map<string, JobRecord>) {
    const asked: { read: string[][]; confirmed: string[][] } = { read: [], confirmed: [] };
    const store: Pick<JobStore, "find" | "unchanged"> = {
      async find(ids) {
        asked.read.push([...ids]);
        return ids.flatMap((id) => rows.get(id) ?? []);
      },
      async unchanged(records) {
        asked.confirmed.push(records.map(({ jobId }) => jobId));
        return new Set(records.filter((known) => rows.get(known.jobId) === known).map(({ jobId }) => jobId));
      },
    };
    return { asked, find: createBatchedFind(store) };
  }
  const rowsOf = (...ids: string[]) => new Map(ids.map((jobId) => [jobId, { jobId } as JobRecord]));

  it("share one query when they are asked in one turn of the event loop", async () => {
    const { asked, find } = countingStore(rowsOf("a", "b"));
    const answers = await Promise.all([find("a"), find("b"), find("a"), find("none")]);
    expect(answers.map((job) => job?.jobId ?? null)).toEqual(["a", "b", "a", null]);
    expect(asked).toEqual({ read: [["a", "b", "none"]], confirmed: [] });
  });

  it("read a job again only when it has changed, and never answer without asking", async () => {
    const rows = rowsOf("a", "b", "c");
    const { asked, find } = countingStore(rows);
    const [a] = await Promise.all([find("a"), find("b"), find("c")]);
    const changed = { jobId: "b" } as JobRecord;
    rows.set("b", changed).delete("c");
    const answers = await Promise.all([find("a"), find("b"), find("c"), find("d")]);
    expect(answers[0]).toBe(a);
    expect(answers[1]).toBe(changed);
    expect(answers.slice(2)).toEqual([null, null]);
    expect(asked).toEqual({ read: [["a", "b", "c"], ["d"], ["b", "c"]], confirmed: [["a", "b", "c"]] });
    await find("c");
    expect(asked.confirmed).toHaveLength(1);
  });

  it("all hear of a failing query, and the next ones ask anew", async () => {
    let calls = 0;
    const find = createBatchedFind({
      find: async (ids) => {
        if (calls++ === 0) throw new Error("no database");
        return ids.map((jobId) => ({ jobId }) as JobRecord);
      },
      unchanged: () => Promise.reject(new Error("no database")),
    });
    const outcomes = await Promise.allSettled([find("a"), find("b")]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
    expect((await find("a"))!.jobId).toBe("a");
    await expect(find("a")).rejects.toThrow("no database");
  });
});
