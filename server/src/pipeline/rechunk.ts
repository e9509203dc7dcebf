/** The same document cut in another way: the stored tree of an earlier package in, a package of the new options out. */
import type { ParseOutcome } from "../jobs/types.ts";
import { readStoredTree, writePackage } from "../outputs/package/index.ts";
import type { ParseInput } from "./task.ts";

/**
 * Equal to a parse with the new options, but for ids, dates and timing: reading had nothing to do with the options that
 * may differ (see `fingerprints.ts`).
 */
export async function rechunk(input: ParseInput, earlierPackagePath: string): Promise<ParseOutcome> {
  const startedMs = performance.now();
  const { document, assets, manifest } = await readStoredTree(earlierPackagePath);
  const { engine, page_count: billablePages } = manifest.processing;
  const written = await writePackage(
    {
      document,
      assets,
      jobId: input.jobId,
      dataId: input.dataId,
      sourceFileName: input.fileName,
      startedAt: input.startedAt,
      durationMs: Math.round(performance.now() - startedMs),
      engine,
      options: input.options,
      billablePages,
    },
    input.resultPath,
  );
  return { ...written, resultPath: input.resultPath, warnings: document.warnings, billablePages };
}
