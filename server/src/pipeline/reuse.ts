/**
 * A parse that first looks whether the account has had the same before: the same input gets the earlier result again,
 * input that differs only in how the tree is cut gets chunks from the earlier tree. Whatever goes wrong with that, it parses.
 */
import { rm } from "node:fs/promises";
import type { JobRecord, ParseFunction, ParseOutcome, ParseTask } from "../jobs/types.ts";
import { readdressPackage } from "../outputs/package/readdress.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { EarlierResults, Fingerprints } from "../ports/earlier-results.ts";
import type { Log } from "../ports/log.ts";
import { fingerprintsOf } from "./fingerprints.ts";

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
  /** Null when there is nothing to use. */
  async function reuse(task: ParseTask, prints: Fingerprints): Promise<ParseOutcome | null> {
    for (const kind of ["result", "tree"] as const) {
      const print = prints[kind];
      const found = print === null ? null : await earlier.find(task.job.accountId, kind, print, clock.now());
      if (found?.result && found.jobId !== task.job.jobId) {
        const outcome = await useEarlier(task, found, kind);
        log.info({ jobId: task.job.jobId, earlier: found.jobId, used: kind }, "an earlier job is used again");
        return outcome;
      }
    }
    return null;
  }

  async function useEarlier(task: ParseTask, found: JobRecord, kind: keyof Fingerprints): Promise<ParseOutcome> {
    const copyPath = `${task.resultPath}.earlier`;
    const begun = clock.now();
    try {
      await blobs.download(found.result!.key, copyPath, task.signal);
      if (kind === "tree") {
        const outcome = await parse({ ...task, earlierPackagePath: copyPath });
        task.onProgress(outcome.statistics.total_pages, outcome.statistics.total_pages);
        return outcome;
      }
      const { manifest, ...written } = await readdressPackage(copyPath, task.resultPath, {
        jobId: task.job.jobId,
        dataId: task.job.dataId,
        startedAt: begun.toISOString(),
        durationMs: clock.now().getTime() - begun.getTime(),
      });
      const { statistics } = found.result!;
      task.onProgress(statistics.total_pages, statistics.total_pages);
      const billablePages = manifest.processing.page_count;
      return { ...written, resultPath: task.resultPath, statistics, warnings: found.warnings, billablePages };
    } finally {
      await rm(copyPath, { force: true });
    }
  }

  return async (task) => {
    const { job, sourcePath, signal } = task;
    if (job.options.reuse === false) return parse(task);
    let prints: Fingerprints | undefined;
    try {
      prints = await fingerprintsOf(job, sourcePath, engine);
      const outcome = await reuse(task, prints);
      if (outcome) {
        await earlier.note(job.jobId, job.accountId, prints);
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
    if (prints !== undefined && isWhole) {
      await earlier
        .note(job.jobId, job.accountId, prints)
        .catch((error) => log.debug({ jobId: job.jobId, err: error }, "a result will not be used again"));
    }
    return outcome;
  };
}
