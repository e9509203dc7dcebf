/** A parse that first looks whether the account has had the same result before. Whatever goes wrong with that, it parses. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { JobRecord, ParseFunction, ParseOutcome, ParseTask } from "../jobs/types.ts";
import { readdressPackage } from "../outputs/package/readdress.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { EarlierResults } from "../ports/earlier-results.ts";
import type { Log } from "../ports/log.ts";

export interface ReuseOptions {
  parse: ParseFunction;
  earlier: EarlierResults;
  blobs: Pick<Blobs, "download">;
  clock: Clock;
  log: Log;
  /** Everything about this server that shapes results: its build, its engines, its models. */
  engine: string;
}

export function createReusingParse({ parse, earlier, blobs, clock, log, engine }: ReuseOptions): ParseFunction {
  async function reuse(task: ParseTask, fingerprint: string): Promise<ParseOutcome | null> {
    const { job, resultPath, signal } = task;
    const begun = clock.now();
    const found = await earlier.find(job.accountId, fingerprint, begun);
    if (!found?.result || found.jobId === job.jobId) return null;
    const copyPath = `${resultPath}.earlier`;
    try {
      await blobs.download(found.result.key, copyPath, signal);
      const { manifest, ...written } = await readdressPackage(copyPath, resultPath, {
        jobId: job.jobId,
        dataId: job.dataId,
        startedAt: begun.toISOString(),
        durationMs: clock.now().getTime() - begun.getTime(),
      });
      log.info({ jobId: job.jobId, earlier: found.jobId }, "the result of an earlier job is used again");
      const { statistics } = found.result;
      task.onProgress(statistics.total_pages, statistics.total_pages);
      const billablePages = manifest.processing.page_count;
      return { ...written, resultPath, statistics, warnings: found.warnings, billablePages };
    } finally {
      await rm(copyPath, { force: true });
    }
  }

  return async (task) => {
    const { job, sourcePath, signal } = task;
    if (job.options.reuse === false) return parse(task);
    let fingerprint: string | undefined;
    try {
      fingerprint = await fingerprintOf(job, sourcePath, engine);
      const outcome = await reuse(task, fingerprint);
      if (outcome) {
        await earlier.note(job.jobId, job.accountId, fingerprint);
        return outcome;
      }
    } catch (error) {
      // Erased a moment ago, say.
      log.debug({ jobId: job.jobId, err: error }, "no earlier result could be used");
      await rm(task.resultPath, { force: true });
    }
    signal.throwIfAborted();
    const outcome = await parse(task);
    // What a model did not answer today it may answer tomorrow.
    const isWhole = !outcome.warnings.some(({ code }) => code === "MODEL_NOT_AVAILABLE");
    if (fingerprint !== undefined && isWhole) {
      await earlier
        .note(job.jobId, job.accountId, fingerprint)
        .catch((error) => log.debug({ jobId: job.jobId, err: error }, "a result will not be used again"));
    }
    return outcome;
  };
}

/** Names are in it because results name their source; a password only as part of the digest. */
async function fingerprintOf(
  { fileName, fileExtension, options }: JobRecord,
  sourcePath: string,
  engine: string,
): Promise<string> {
  const content = createHash("sha256");
  await pipeline(createReadStream(sourcePath), content);
  const sorted = Object.entries(options)
    .filter(([name, value]) => name !== "reuse" && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const facts = [engine, content.digest("hex"), fileName, fileExtension, sorted];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
