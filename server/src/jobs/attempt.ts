/**
 * One attempt at a job: fetch the source, parse, store the package, record the end. Every move carries the fencing
 * number of the claim, so an attempt that has lost its claim changes nothing, however late it wakes up.
 */
import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { problem } from "@knowhere/contract";
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetched, Fetcher } from "../ports/fetcher.ts";
import type { Claim } from "../ports/job-queue.ts";
import type { JobStore } from "../ports/job-store.ts";
import type { Log } from "../ports/log.ts";
import { type JobEvent, type ResolvedSource, stepAll } from "./machine.ts";
import { createProgressReport, type ProgressReport } from "./progress-report.ts";
import { type AttemptEnd, ClaimLost, record, recordFault } from "./record.ts";
import { fetchedSourceKey, resultKey } from "./result-keys.ts";
import type { JobRecord, ParseFunction, ParseOutcome } from "./types.ts";

export interface AttemptTools {
  store: JobStore;
  blobs: Blobs;
  fetcher: Fetcher;
  clock: Clock;
  log: Log;
  parse: ParseFunction;
  /** What a fetched URL is, by its answer and its bytes. Throws a Problem (UNSUPPORTED_TYPE, …). */
  resolveSource(job: JobRecord, fetched: Fetched, path: string): Promise<ResolvedSource>;
  maxSourceBytes: number;
  downloadTimeoutMs: number;
  retentionMs: number;
}

const progressEveryMs = 1000;
/** A parse that says nothing for this long is shown as running. */
const startedAfterMs = 2000;
/** A parse that does not heed its signal is left to itself after this. */
const abandonAfterMs = 1500;
const storeTries = 3;

/** Never rejects. `abort.signal` ends the work; the attempt itself aborts it when a move tells that the claim is lost. */
export async function runAttempt(
  claim: Claim,
  folder: string,
  abort: AbortController,
  tools: AttemptTools,
): Promise<AttemptEnd> {
  const { log } = tools;
  const about = { jobId: claim.job.jobId, attempt: claim.attempt, requestId: claim.job.requestId };
  const report = reportOf(claim, abort, tools);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const begunAt = tools.clock.now();
    const { job, sourcePath, sourceBytes } = await fetchSource(claim, folder, abort.signal, tools);
    const outcome = await parse(job, sourcePath, folder, report, abort.signal, tools, claim.attempt);
    await report.finish();
    abort.signal.throwIfAborted();
    const seconds = Math.max(0, tools.clock.now().getTime() - begunAt.getTime()) / 1000;
    await publish(claim, outcome, { sourceBytes, seconds }, abort.signal, tools);
    log.info({ ...about, bytes: outcome.bytes, pages: outcome.statistics.total_pages }, "job done");
    return "ended";
  } catch (error) {
    await report.finish();
    return await recordFault(claim, error, abort.signal, tools).catch((second): AttemptEnd => {
      log.error({ ...about, err: second }, "the end of an attempt could not be recorded");
      return "outage";
    });
  } finally {
    await rm(folder, { recursive: true, force: true }).catch((error) =>
      log.warn({ ...about, err: error.message }, "temporary files were not removed"),
    );
  }
}

async function fetchSource(
  claim: Claim,
  folder: string,
  signal: AbortSignal,
  tools: AttemptTools,
): Promise<{ job: JobRecord; sourcePath: string; sourceBytes: number }> {
  const { job } = claim;
  const sourcePath = join(folder, "source");
  if (job.sourceKey !== null) {
    const info = await tools.blobs.head(job.sourceKey);
    if (!info) throw new Error("the stored source is gone");
    if (info.bytes > tools.maxSourceBytes)
      throw problem("SOURCE_TOO_LARGE", { limit_bytes: tools.maxSourceBytes, size_bytes: info.bytes });
    await tools.blobs.download(job.sourceKey, sourcePath, signal);
    return { job, sourcePath, sourceBytes: info.bytes };
  }
  if (job.sourceUrl === null) throw new Error("a job without a source");
  const fetched = await tools.fetcher.download(job.sourceUrl, sourcePath, {
    maxBytes: tools.maxSourceBytes,
    timeoutMs: tools.downloadTimeoutMs,
    signal,
  });
  const source = await tools.resolveSource(job, fetched, sourcePath);
  // Kept like an upload: a later attempt, a retried job and the document's file are of these bytes.
  const sourceKey = fetchedSourceKey(job.jobId, claim.token);
  await tools.blobs.put(sourceKey, createReadStream(sourcePath), { contentType: source.contentType, signal });
  const moved = await record(claim, [{ type: "source-resolved", source, sourceKey }], tools);
  if (moved.kind === "lost") {
    if (moved.job?.sourceKey !== sourceKey) await tools.blobs.delete(sourceKey);
    throw new ClaimLost();
  }
  return { job: { ...job, ...source, sourceKey }, sourcePath, sourceBytes: fetched.bytes };
}

async function parse(
  job: JobRecord,
  sourcePath: string,
  folder: string,
  report: ProgressReport & { move(event: JobEvent): void },
  signal: AbortSignal,
  { clock, parse }: AttemptTools,
  attempt: number,
): Promise<ParseOutcome> {
  // Broken off while the source was fetched: nobody would hear of it again.
  signal.throwIfAborted();
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  clock.sleep(startedAfterMs, end).then(
    () => report.move({ type: "started", attempt }),
    () => {},
  );
  const abandoned = new Promise<never>((_, reject) => {
    signal.addEventListener(
      "abort",
      () =>
        clock.sleep(abandonAfterMs, over.signal).then(
          () => reject(signal.reason),
          () => {},
        ),
      { once: true },
    );
  });
  try {
    const parsing = parse({
      job,
      sourcePath,
      resultPath: join(folder, "result.zip"),
      signal,
      onProgress: (totalPages, processedPages, stage) => report.offer({ totalPages, processedPages, stage }),
      onConverting: (active) => report.move(active ? { type: "converting", attempt } : { type: "started", attempt }),
    });
    return await Promise.race([parsing, abandoned]);
  } finally {
    over.abort();
  }
}

/** What the job says while it is worked on. */
function reportOf(claim: Claim, abort: AbortController, tools: AttemptTools) {
  const { attempt, token } = claim;
  async function tell(event: JobEvent): Promise<void> {
    if (abort.signal.aborted) return;
    const now = tools.clock.now();
    const moved = await tools.store.move(claim.job.jobId, (job) => stepAll(job, [event], now), { token });
    if (moved.kind === "lost") abort.abort(new ClaimLost());
  }
  const report = createProgressReport({
    clock: tools.clock,
    everyMs: progressEveryMs,
    write: (progress) => tell({ type: "progressed", attempt, ...progress }),
    onTrouble: (error) => tools.log.debug({ jobId: claim.job.jobId, err: error }, "progress was not recorded"),
  });
  return { ...report, move: (event: JobEvent) => report.inLine(() => tell(event)) };
}

/** The package first, under a name of this claim; then the one transaction that makes it the job's result. */
async function publish(
  claim: Claim,
  outcome: ParseOutcome,
  work: { sourceBytes: number; seconds: number },
  signal: AbortSignal,
  tools: AttemptTools,
): Promise<void> {
  const { token, attempt } = claim;
  const key = resultKey(claim.job.jobId, token);
  const stored = await storePackage(key, outcome, signal, tools);
  const expiresAt = new Date(tools.clock.now().getTime() + tools.retentionMs);
  const finished: JobEvent = {
    type: "finished",
    attempt,
    result: { key, bytes: stored.bytes, sha256: stored.sha256, statistics: outcome.statistics },
    warnings: outcome.warnings,
    expiresAt,
  };
  const moved = await record(claim, [{ type: "started", attempt }, finished], tools, (next) => ({
    ...next,
    queue: { do: "remove" },
    attempt: { outcome: "done", error: null },
    usage: { pages: outcome.billablePages, ...work },
  }));
  // A commit whose answer was lost looks like a lost claim when it is repeated; the row tells.
  if (moved.kind === "moved" || (moved.kind === "lost" && moved.job?.result?.key === key)) return;
  await tools.blobs.delete(key);
  throw new ClaimLost();
}

async function storePackage(key: string, outcome: ParseOutcome, signal: AbortSignal, { blobs, clock }: AttemptTools) {
  for (let attempt = 1; ; attempt++) {
    try {
      const stored = await blobs.put(key, createReadStream(outcome.resultPath), {
        contentType: "application/zip",
        signal,
      });
      if (stored.sha256 === outcome.sha256 && stored.bytes === outcome.bytes) return stored;
      throw new Error("the package changed on its way to storage");
    } catch (error) {
      if (attempt === storeTries || signal.aborted) throw error;
      await clock.sleep(500 * attempt, signal);
    }
  }
}
