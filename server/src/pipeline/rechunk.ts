/** The same document cut in another way: the stored tree of an earlier package in, a package of the new options out. */
import type { ParseOutcome } from "../jobs/types.ts";
import { readStoredTree } from "../outputs/package/index.ts";
import { handOver } from "./hand-over.ts";
import type { ParsePorts } from "./run.ts";
import { stageReport } from "./stage-report.ts";
import type { ParseInput } from "./task.ts";

/**
 * Equal to a parse with the new options, but for ids, dates and timing: reading had nothing to do with the options that
 * may differ (see `fingerprints.ts`).
 */
export async function rechunk(
  input: ParseInput,
  earlierPackagePath: string,
  ports: Pick<ParsePorts, "onProgress">,
): Promise<ParseOutcome> {
  const startedMs = performance.now();
  const { document, assets, manifest } = await readStoredTree(earlierPackagePath);
  const { engine, page_count: billablePages } = manifest.processing;
  return handOver(input, startedMs, { document, assets, engine, billablePages, onStage: stageReport(document, ports) });
}
