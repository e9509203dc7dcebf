/** Progress after the last page: all pages are read, and a stage goes on. */
import type { Document, JobStage } from "@knowhere/contract";
import type { ParsePorts } from "./run.ts";

/** Tells of a stage when a hundredth more of it is done: there may be a million pieces. */
export function stageReport({ pages }: Document, { onProgress }: Pick<ParsePorts, "onProgress">) {
  let told = "";
  return (stage: JobStage): void => {
    const mark = `${stage.name} ${Math.floor((100 * stage.done) / Math.max(1, stage.total))}`;
    if (mark === told) return;
    told = mark;
    onProgress(pages.length, pages.length, stage);
  };
}
