/** What every `JobStore` with its `JobQueue` and `JobUpkeep` promises. */
import { beforeEach, describe, expect, it } from "vitest";
import type { JobRecord } from "../jobs/types.ts";
import type { JobQueue } from "../ports/job-queue.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { JobUpkeep } from "../ports/job-upkeep.ts";
import { jobRecord, jobResult } from "./job-records.ts";

export interface StoreUnderTest {
  store: JobStore;
  queue: JobQueue;
  upkeep: JobUpkeep;
}

const start = new Date("2026-01-02T03:04:05.678Z");
const after = (ms: number) => new Date(start.getTime() + ms);
const leaseEnd = after(30_000);
const idOf = (n: number) => `job_${n.toString(16).padStart(12, "0")}`;

export function describeJobStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let store: JobStore;
    let queue: JobQueue;
    let upkeep: JobUpkeep;
    beforeEach(async () => {
      ({ store, queue, upkeep } = await open());
    });
    const put = (n: number, fields: Partial<JobRecord> = {}) =>
      store.insert(jobRecord({ jobId: idOf(n), sourceKey: `uploads/${idOf(n)}`, createdAt: start, ...fields }));
    const statuses = async (n: number) => (await store.events(idOf(n), 0)).map((event) => event.data.status);

    it("gives back what was put in, to the millisecond and the member order", async () => {
      const job = jobRecord({
        createdAt: start,
        documentMetadata: { zebra: 1, apple: ["\u0000", "héllo"] },
        progress: { totalPages: 3, processedPages: 3, stage: { name: "chunking", done: 1, total: 7 } },
        warnings: [{ code: "PAGE_UNREADABLE", message: "x", page: 2 }] as never,
        status: "running",
        startedAt: after(1),
      });
      await store.insert(job);
      const [found] = await store.find([job.jobId]);
      expect(found).toEqual(job);
      expect(Object.keys(found!.documentMetadata as object)).toEqual(["zebra", "apple"]);
    });

    it("tells which records still stand: not those that moved, are gone, or came again under the same id", async () => {
      const [stays, moves, goes, returns] = (await Promise.all([1, 2, 3, 4].map((n) => put(n)))) as JobRecord[];
      const all = [stays!, moves!, goes!, returns!];
      expect((await store.unchanged(all)).size).toBe(4);
      await store.move(moves!.jobId, (job) => ({ job: { ...job, version: job.version + 1 }, events: [] }));
      for (const { jobId } of [goes!, returns!]) await store.erase(jobId, null, start);
      await put(4, { createdAt: after(1) });
      expect(await store.unchanged(all)).toEqual(new Set([stays!.jobId]));
      expect(await store.unchanged([goes!])).toEqual(new Set());
    });

    it("inserts a job id once, however often it is asked", async () => {
      await put(1);
      const again = await put(1, { fileName: "other.pdf" });
      expect(again!.fileName).toBe("report.pdf");
      expect(await statuses(1)).toEqual(["pending"]);
    });

    it("writes the move, its events, the attempt and the bill together, or nothing when the move throws", async () => {
      await put(1);
      const claim = (await queue.claim("w", start, leaseEnd))!;
      const finished = {
        ...claim.job,
        status: "done" as const,
        version: 2,
        finishedAt: after(5),
        updatedAt: after(5),
        result: jobResult(),
      };
      await expect(
        store.move(idOf(1), () => ({
          job: { ...finished, result: null },
          events: [{ type: "state", data: { status: "done" } }],
          queue: { do: "remove" },
        })),
      ).rejects.toThrow();
      expect(await statuses(1)).toEqual(["pending"]);
      expect(await queue.claimed(10)).toHaveLength(1);
      const moved = await store.move(
        idOf(1),
        () => ({
          job: finished,
          events: [{ type: "state", data: { status: "done" } }],
          queue: { do: "remove" },
          attempt: { outcome: "done", error: null },
          usage: { pages: 1 },
        }),
        { token: claim.token },
      );
      expect(moved.kind).toBe("moved");
      expect(await statuses(1)).toEqual(["pending", "done"]);
      expect(await queue.claimed(10)).toEqual([]);
    });

    it("refuses a move under a claim that is not the latest", async () => {
      await put(1);
      const first = (await queue.claim("w1", start, leaseEnd))!;
      await store.move(idOf(1), (job) => ({
        job: { ...job, version: job.version + 1 },
        events: [],
        queue: { do: "release", runAt: start, strike: true },
      }));
      const fail = (token: number) =>
        store.move(idOf(1), (job) => ({ job: { ...job, version: job.version + 1 }, events: [] }), { token });
      expect((await fail(first.token)).kind).toBe("lost");
      const second = (await queue.claim("w2", start, leaseEnd))!;
      expect(second).toMatchObject({ attempt: 2, strikes: 1 });
      expect(second.token).toBeGreaterThan(first.token);
      expect((await fail(first.token)).kind).toBe("lost");
      expect((await fail(second.token)).kind).toBe("moved");
    });

    it("puts moves of one job in a row: none is lost among many at once", async () => {
      await put(1);
      await Promise.all(
        Array.from({ length: 40 }, () =>
          store.move(idOf(1), (job) => ({
            job: { ...job, version: job.version + 1, attempts: job.attempts + 1 },
            events: [],
          })),
        ),
      );
      expect((await store.find([idOf(1)]))[0]).toMatchObject({ version: 41, attempts: 40 });
    });

    it("hands a job to one of many workers that race for it", async () => {
      await put(1);
      const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => queue.claim(`w${i}`, start, leaseEnd)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    it("serves keys in turn, whatever the length of their queues", async () => {
      for (let n = 0; n < 50; n++) await put(n, { keyId: "key_busy", createdAt: after(n) });
      await put(90, { keyId: "key_single", createdAt: after(1000) });
      await put(91, { keyId: "key_other", createdAt: after(2000) });
      const served: string[] = [];
      for (let n = 0; n < 5; n++) {
        const claim = (await queue.claim("w", after(5000), leaseEnd))!;
        served.push(claim.job.keyId);
        // One slot: each job ends before the next is taken.
        await store.move(claim.job.jobId, (job) => ({
          job: { ...job, version: job.version + 1 },
          events: [],
          queue: { do: "remove" },
        }));
      }
      expect(served).toEqual(["key_busy", "key_single", "key_other", "key_busy", "key_busy"]);
    });

    it("gives a free slot to the key with the fewest running jobs", async () => {
      for (let n = 0; n < 10; n++) await put(n, { keyId: "key_busy" });
      for (let n = 0; n < 3; n++) await queue.claim("w", start, leaseEnd);
      await put(90, { keyId: "key_late", createdAt: after(10) });
      expect((await queue.claim("w", after(20), leaseEnd))!.job.keyId).toBe("key_late");
    });

    it("leaves a job alone until its time, but not one dated far ahead by a wrong clock", async () => {
      await put(1);
      await queue.claim("w", start, leaseEnd);
      const release = (runAt: Date) =>
        store.move(idOf(1), (job) => ({
          job: { ...job, version: job.version + 1 },
          events: [],
          queue: { do: "release", runAt, strike: false },
        }));
      await release(after(5000));
      expect(await queue.claim("w", after(4999), leaseEnd)).toBeNull();
      expect(await queue.claim("w", after(5000), leaseEnd)).not.toBeNull();
      await release(after(2 * 3600_000));
      expect(await queue.claim("w", start, leaseEnd)).not.toBeNull();
    });

    it("tells a worker of the claims that it does not know, with new leases", async () => {
      for (const n of [1, 2, 3]) await put(n);
      const known = (await queue.claim("w", start, leaseEnd))!;
      const unknown = (await queue.claim("w", start, leaseEnd))!;
      await queue.claim("other", start, leaseEnd);
      expect(await queue.unanswered("w", [known.token], after(60_000))).toEqual([unknown]);
      expect(await queue.unanswered("w", [known.token, unknown.token], after(60_000))).toEqual([]);
      const overdue = await queue.expired(after(59_000), after(120_000), 10);
      expect(overdue.map(({ jobId }) => jobId)).not.toContain(unknown.job.jobId);
      expect(overdue).toHaveLength(2);
    });

    it("renews and tells only the claims that are still the worker's", async () => {
      await put(1);
      await put(2);
      const one = (await queue.claim("w", start, leaseEnd))!;
      const two = (await queue.claim("w", start, leaseEnd))!;
      await store.move(two.job.jobId, (job) => ({
        job: { ...job, version: job.version + 1 },
        events: [],
        queue: { do: "remove" },
      }));
      const held = [one, two].map(({ job, token }) => ({ jobId: job.jobId, token }));
      expect(await queue.stillHeld(held)).toEqual(new Set([one.job.jobId]));
      expect(await queue.renew("w", held, after(60_000))).toEqual(new Set([one.job.jobId]));
      expect(await queue.renew("other", held, after(60_000))).toEqual(new Set());
      expect(await queue.expired(after(59_000), after(120_000), 10)).toEqual([]);
      expect(await queue.expired(after(61_000), after(120_000), 10)).toEqual([
        { jobId: one.job.jobId, token: one.token },
      ]);
      // The clock was set back: a lease that ends in an hour is nobody's.
      expect(await queue.expired(after(-3600_000), after(-3500_000), 10)).toHaveLength(1);
    });

    it("lists newest first, by page and by cursor, within the account and the filter", async () => {
      for (let n = 1; n <= 5; n++) await put(n, { createdAt: after(n), namespace: n % 2 ? "odd" : "even" });
      await put(9, { accountId: "acc_two", createdAt: after(9) });
      const filter = { accountId: "acc_one" };
      const ids = (jobs: JobRecord[]) => jobs.map((job) => Number.parseInt(job.jobId.slice(4), 16));
      expect(ids(await store.list(filter, 1, 2))).toEqual([4, 3]);
      expect(await store.count(filter)).toBe(5);
      const first = await store.listAfter(filter, null, 3);
      expect(ids(first)).toEqual([5, 4, 3]);
      expect(ids(await store.listAfter(filter, first[2]!, 3))).toEqual([2, 1]);
      expect(ids(await store.list({ ...filter, namespace: "odd", since: after(2), until: after(5) }, 0, 9))).toEqual([
        3,
      ]);
      expect(ids(await store.list({ ...filter, status: "done" }, 0, 9))).toEqual([]);
      expect(await store.countActive("acc_one")).toBe(5);
    });

    it("erases every row, keeps a source that another job shares and names the blobs to delete until they are", async () => {
      await put(1);
      const copy = jobRecord({ jobId: idOf(2), sourceKey: `uploads/${idOf(1)}`, createdAt: start });
      await store.insert(copy, { sourceOf: idOf(1) });
      expect(await store.erase(idOf(1), "acc_two", start)).toBeNull();
      expect((await store.erase(idOf(1), "acc_one", start))!.doomed).toEqual({ source: null, result: null });
      expect(await store.find([idOf(1)])).toEqual([]);
      expect(await store.events(idOf(1), 0)).toEqual([]);
      expect(await store.insert(jobRecord({ jobId: idOf(3) }), { sourceOf: idOf(1) })).toBeNull();
      expect((await store.erase(idOf(2), null, start))!.doomed.source).toBe(`uploads/${idOf(1)}`);
      expect(await upkeep.doomedBlobs(10)).toEqual([`uploads/${idOf(1)}`]);
      await upkeep.forgetDoomed([`uploads/${idOf(1)}`]);
      expect(await upkeep.doomedBlobs(10)).toEqual([]);
      expect(await queue.claim("w", after(1), leaseEnd)).toBeNull();
    });

    it("finds uploads to look for, ever more rarely, and tells when they are too late", async () => {
      await put(1, { status: "waiting-file", uploadExpiresAt: after(60_000) });
      expect(await upkeep.uploadsToCheck(after(1000), 10)).toEqual([]);
      expect(await upkeep.uploadsToCheck(after(2000), 10)).toEqual([
        { jobId: idOf(1), sourceKey: `uploads/${idOf(1)}`, expired: false },
      ]);
      expect(await upkeep.uploadsToCheck(after(2001), 10)).toEqual([]);
      expect((await upkeep.uploadsToCheck(after(60_000), 10)).map((due) => due.expired)).toEqual([true]);
    });

    it("tells wanted results from losing ones", async () => {
      await put(1);
      const claim = (await queue.claim("w", start, leaseEnd))!;
      const blob = (token: number) => ({ key: `results/${idOf(1)}.${token}.zip`, jobId: idOf(1), token });
      expect(await upkeep.unwantedResults([blob(claim.token - 1), blob(claim.token)])).toEqual([
        blob(claim.token - 1).key,
      ]);
      await store.move(idOf(1), (job) => ({
        job: {
          ...job,
          version: 2,
          status: "done",
          finishedAt: start,
          result: jobResult({ key: blob(claim.token).key }),
        },
        events: [],
        queue: { do: "remove" },
      }));
      const foreign = { key: `results/${idOf(7)}.1.zip`, jobId: idOf(7), token: 1 };
      expect(await upkeep.unwantedResults([blob(claim.token), blob(claim.token + 1), foreign])).toEqual([
        blob(claim.token + 1).key,
        foreign.key,
      ]);
      expect(await upkeep.unwantedSources([`uploads/${idOf(1)}`, "uploads/none"])).toEqual(["uploads/none"]);
    });
  });
}
