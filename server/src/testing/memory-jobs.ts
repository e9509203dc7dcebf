/** Jobs in memory for tests of the border: the states are set by the test, the promises about them are kept. */
import { problem } from "@knowhere/contract";
import { finalStatuses, type JobEventRow, type JobFilter, type JobRecord, type Jobs } from "../jobs/types.ts";
import type { Clock } from "../ports/clock.ts";
import { jobRecord } from "./job-records.ts";

export interface MemoryJobs extends Jobs {
  /** Changes a job as a worker would: raises its version, writes events, wakes whoever waits. */
  change(jobId: string, fields: Partial<JobRecord>, event?: Pick<JobEventRow, "type" | "data">): JobRecord;
  all(): JobRecord[];
  /** How many calls of waitForChange are open. */
  waiting(): number;
}

export function createMemoryJobs(clock: Clock, uploadTtlMs = 3_600_000): MemoryJobs {
  const rows = new Map<string, JobRecord>();
  const events: JobEventRow[] = [];
  const waiters = new Set<() => void>();
  let made = 0;
  const own = (accountId: string, jobId: string) => {
    const job = rows.get(jobId);
    return job?.accountId === accountId ? job : null;
  };
  const isActive = (job: JobRecord) => !finalStatuses.includes(job.status);
  const note = (job: JobRecord, type: JobEventRow["type"], data: Record<string, unknown>) => {
    events.push({ id: events.length + 1, jobId: job.jobId, type, data, at: clock.now() });
  };
  const change: MemoryJobs["change"] = (jobId, fields, event) => {
    const before = rows.get(jobId)!;
    const after = { ...before, ...fields, version: before.version + 1, updatedAt: clock.now() };
    rows.set(jobId, after);
    if (after.status !== before.status) {
      note(after, "state", {
        status: after.status,
        version: after.version,
        ...(after.error ? { error: after.error } : {}),
      });
    }
    if (event) note(after, event.type, event.data);
    for (const wake of [...waiters]) wake();
    return after;
  };
  const fail = (jobId: string) =>
    change(jobId, {
      status: "failed",
      finishedAt: clock.now(),
      error: { code: "CANCELLED", message: "The job was cancelled" },
    });
  const matches = (job: JobRecord, filter: JobFilter) =>
    job.accountId === filter.accountId &&
    (filter.status === undefined || job.status === filter.status) &&
    (filter.namespace === undefined || job.namespace === filter.namespace) &&
    (filter.since === undefined || job.createdAt >= filter.since) &&
    (filter.until === undefined || job.createdAt <= filter.until);
  const newestFirst = (filter: JobFilter) => [...rows.values()].filter((job) => matches(job, filter)).reverse();

  return {
    change,
    all: () => [...rows.values()],
    waiting: () => waiters.size,
    async submit(job) {
      const number = (++made).toString(16).padStart(12, "0");
      const jobId = job.storedSource?.jobId ?? job.jobId ?? `job_${number}`;
      const there = rows.get(jobId);
      if (there) return there;
      const waits = job.sourceType === "file" && !job.storedSource;
      const row = jobRecord({
        ...job,
        jobId,
        documentId: job.documentId ?? `doc_${number}`,
        status: waits ? "waiting-file" : "pending",
        sourceKey: job.storedSource?.key ?? (job.sourceType === "file" ? `uploads/${jobId}` : null),
        createdAt: clock.now(),
        updatedAt: clock.now(),
        uploadExpiresAt: waits ? new Date(clock.now().getTime() + uploadTtlMs) : null,
        retriedFrom: job.retriedFrom ?? null,
      });
      rows.set(jobId, row);
      note(row, "state", { status: row.status, version: row.version });
      return row;
    },
    get: async (accountId, jobId) => own(accountId, jobId),
    async list(filter, { page, pageSize }) {
      const found = newestFirst(filter);
      return { jobs: found.slice((page - 1) * pageSize, page * pageSize), total: found.length };
    },
    async listAfter(filter, cursor, limit) {
      const found = newestFirst(filter);
      const start = cursor ? found.findIndex(({ jobId }) => jobId === cursor.jobId) + 1 : 0;
      return found.slice(start, start + limit);
    },
    async uploaded(jobId) {
      if (rows.get(jobId)?.status !== "waiting-file") return false;
      change(jobId, { status: "pending", uploadExpiresAt: null });
      return true;
    },
    async cancel(accountId, jobId) {
      const job = own(accountId, jobId);
      return job && isActive(job) ? fail(jobId) : job;
    },
    async retry(accountId, jobId, requestId) {
      const job = own(accountId, jobId);
      if (!job) return null;
      if (job.status === "waiting-file") throw problem("SOURCE_GONE");
      const { jobId: _old, ...rest } = job;
      const retried = await this.submit({ ...rest, requestId, retriedFrom: jobId });
      return retried.status === "pending"
        ? retried
        : change(retried.jobId, { status: "pending", uploadExpiresAt: null });
    },
    async erase(accountId, jobId) {
      const job = own(accountId, jobId);
      if (!job) return null;
      rows.delete(jobId);
      for (const wake of [...waiters]) wake();
      return { job, erased: { source: job.sourceKey !== null, result: job.result !== null } };
    },
    waitForChange(accountId, jobId, version, timeoutMs, signal) {
      return new Promise((resolve, reject) => {
        const settle = () => {
          clearTimeout(timer);
          waiters.delete(look);
          signal.removeEventListener("abort", leave);
        };
        const look = () => {
          const job = own(accountId, jobId);
          if (job?.version === version) return;
          settle();
          resolve(job);
        };
        const leave = () => {
          settle();
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          settle();
          resolve(own(accountId, jobId));
        }, timeoutMs);
        waiters.add(look);
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave);
        look();
      });
    },
    countActive: async (accountId) =>
      [...rows.values()].filter((job) => job.accountId === accountId && isActive(job)).length,
    events: async (accountId, jobId, afterId) =>
      own(accountId, jobId) ? events.filter((row) => row.jobId === jobId && row.id > afterId) : [],
  };
}
