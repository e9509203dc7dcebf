/** The end of every parse: the package written where the job expects it, and what the worker is told of it. */
import type { ParseOutcome } from "../jobs/types.ts";
import { type PackageInput, writePackage } from "../outputs/package/index.ts";
import type { ParseInput } from "./task.ts";

/** What a parse found; the rest of a package's input says whose it is. */
export type Findings = Omit<
  PackageInput,
  "jobId" | "dataId" | "sourceFileName" | "startedAt" | "durationMs" | "options" | "billablePages"
> & { billablePages: number };

/** @param startedMs When the work began, by `performance.now()`. */
export async function handOver(input: ParseInput, startedMs: number, findings: Findings): Promise<ParseOutcome> {
  const { jobId, dataId, fileName: sourceFileName, startedAt, options, resultPath } = input;
  const durationMs = Math.round(performance.now() - startedMs);
  const written = await writePackage(
    { ...findings, jobId, dataId, sourceFileName, startedAt, durationMs, options },
    resultPath,
  );
  const { document, billablePages } = findings;
  return { ...written, resultPath, warnings: document.warnings, billablePages };
}
