/** What can be asked of jobs. Every change is one move of the store, decided by the machine. */
import { problem } from "@knowhere/contract";
import type { Bell } from "../ports/bell.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { JobUpkeep } from "../ports/job-upkeep.ts";
import { createBatchedEvents } from "./batched-events.ts";
import { createBatchedFind } from "./batched-find.ts";
import { createChanges } from "./changes.ts";
import { eraseJob } from "./erasing.ts";
import { isFinal, step } from "./machine.ts";
import type { JobRecord, Jobs, NewJob } from "./types.ts";

export interface JobsOptions {
  store: JobStore;
  upkeep: JobUpkeep;
  blobs: Blobs;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  /** Life of an upload URL. */
  uploadTtlMs: number;
  /** Life of a finished job with its source and result. */
  retentionMs: number;
}

export function createJobs(options: JobsOptions): Jobs {
  const { store, clock, ids } = options;
  const find = createBatchedFind(store);
  const eventsOf = createBatchedEvents(store);
  const changes = createChanges(options);
  const retainUntil = (now: Date) => new Date(now.getTime() + options.retentionMs);

  const get: Jobs["get"] = async (accountId, jobId) => {
    const job = await find(jobId);
    return job?.accountId === accountId ? job : null;
  };

  const submit: Jobs["submit"] = async (job) => {
    const record = recordOf(job, job.storedSource?.jobId ?? job.jobId ?? ids.jobId());
    // Without a source to share it can only be refused when the row was erased between two tries: an insert of old news.
    const stored = await store.insert(record);
    if (!stored) throw problem("CONFLICT");
    return stored;
  };

  function recordOf(job: NewJob, jobId: string): JobRecord {
    const { storedSource, retriedFrom, jobId: _chosen, ...given } = job;
    const now = clock.now();
    const awaited = job.sourceType === "file" && !storedSource;
    return {
      ...given,
      jobId,
      documentId: job.documentId ?? ids.documentId(),
      status: awaited ? "waiting-file" : "pending",
      version: 1,
      sourceKey: storedSource?.key ?? (job.sourceType === "file" ? `uploads/${jobId}` : null),
      createdAt: now,
      updatedAt: now,
      uploadExpiresAt: awaited ? new Date(now.getTime() + options.uploadTtlMs) : null,
      startedAt: null,
      finishedAt: null,
      expiresAt: null,
      progress: null,
      error: null,
      result: null,
      warnings: [],
      attempts: 0,
      retriedFrom: retriedFrom ?? null,
    };
  }

  const uploaded: Jobs["uploaded"] = async (jobId) => {
    const now = clock.now();
    const moved = await store.move(jobId, (job) => {
      const next = step(job, { type: "uploaded" }, now);
      return next && { ...next, queue: { do: "enqueue", runAt: now } };
    });
    return moved.kind === "moved";
  };

  const cancel: Jobs["cancel"] = async (accountId, jobId) => {
    const now = clock.now();
    const moved = await store.move(jobId, (job) => {
      if (job.accountId !== accountId) return null;
      const next = step(job, { type: "cancelled", expiresAt: retainUntil(now) }, now);
      // With its queue item goes the worker's claim: it hears the bell, or misses the claim at its next look.
      return next && { ...next, queue: { do: "remove" }, attempt: { outcome: "cancelled", error: null } };
    });
    if (moved.kind === "absent" || moved.job?.accountId !== accountId) return null;
    return moved.job;
  };

  const retry: Jobs["retry"] = async (accountId, jobId, requestId) => {
    const old = await get(accountId, jobId);
    if (!old) return null;
    if (!isFinal(old.status))
      throw problem("CONFLICT", { message: `Job is still ${old.status}. Cancel it first, or wait for its end.` });
    const key = old.sourceKey !== null && (await options.blobs.head(old.sourceKey)) !== null ? old.sourceKey : null;
    // What was never fetched, or is gone, can be fetched again.
    if (key === null && old.sourceUrl === null) throw problem("SOURCE_GONE");
    const freshId = ids.jobId();
    const shared = key === null ? {} : { storedSource: { jobId: freshId, key } };
    return store.insert(recordOf({ ...pickInput(old), requestId, retriedFrom: jobId, ...shared }, freshId), {
      sourceOf: jobId,
    });
  };

  return {
    submit,
    get,
    uploaded,
    cancel,
    retry,
    async list(filter, { page, pageSize }) {
      const [jobs, total] = await Promise.all([
        store.list(filter, (page - 1) * pageSize, pageSize),
        store.count(filter),
      ]);
      return { jobs, total };
    },
    listAfter: (filter, cursor, limit) => store.listAfter(filter, cursor, limit),
    erase: (accountId, jobId) => eraseJob(jobId, accountId, options),
    waitForChange: (accountId, jobId, version, timeoutMs, signal) =>
      changes.wait(jobId, version, timeoutMs, signal, () => get(accountId, jobId)),
    countActive: (accountId) => store.countActive(accountId),
    async events(accountId, jobId, afterId) {
      return (await get(accountId, jobId)) ? eventsOf(jobId, afterId) : [];
    },
  };
}

/** What the caller of the old job had given. */
function pickInput(job: JobRecord): Omit<NewJob, "requestId"> {
  const {
    accountId,
    keyId,
    sourceType,
    sourceUrl,
    fileName,
    fileExtension,
    contentType,
    dataId,
    namespace,
    documentId,
    documentMetadata,
    options,
    webhookUrl,
  } = job;
  return {
    accountId,
    keyId,
    sourceType,
    sourceUrl,
    fileName,
    fileExtension,
    contentType,
    dataId,
    namespace,
    documentId,
    documentMetadata,
    options,
    webhookUrl,
  };
}
