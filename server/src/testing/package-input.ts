import type { Document } from "@knowhere/contract";
import type { PackageInput } from "../outputs/package/input.ts";

/** What a package is made of, around a document: a section chunk of up to 512 tokens, no summaries. */
export function packageInput(document: Document, fields: Partial<PackageInput> = {}): PackageInput {
  return {
    document,
    assets: new Map(),
    jobId: "job_0123456789ab",
    dataId: null,
    sourceFileName: "report.pdf",
    startedAt: "2030-01-02T03:04:05.678Z",
    durationMs: 12,
    engine: { name: "knowhere", version: "0" },
    options: {
      kbDir: "Default_Root",
      furniture: "drop",
      chunking: { strategy: "section", maxTokens: 512, overlapTokens: 0 },
      summaryText: false,
      summaryImage: false,
      summaryTable: false,
    },
    ...fields,
  };
}
