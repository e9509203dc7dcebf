/** What tells two parses of one account apart: a digest over everything that shapes the result. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { JobRecord, ParseOptions } from "../jobs/types.ts";
import type { Fingerprints } from "../ports/earlier-results.ts";

/** Options that no reader sees: they say how a finished tree becomes chunks. */
const chunkOptionNames: ReadonlySet<string> = new Set<keyof ParseOptions>([
  "chunking",
  "kbDir",
  "summaryText",
  "summaryImage",
  "summaryTable",
]);

/** Names are in it because results name their source; a password only as part of the digest. */
export async function fingerprintsOf(
  { fileName, fileExtension, options }: Pick<JobRecord, "fileName" | "fileExtension" | "options">,
  sourcePath: string,
  engine: string,
): Promise<Fingerprints> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(sourcePath), hash);
  const content = hash.digest("hex");
  const sorted = Object.entries(options)
    .filter(([name, value]) => name !== "reuse" && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const print = (...facts: unknown[]) => createHash("sha256").update(JSON.stringify(facts)).digest("hex");
  const forTree = sorted.filter(([name]) => !chunkOptionNames.has(name));
  // A model writes its summaries chunk by chunk: other chunks ask it anew, and what it may write to depends on the options.
  const byModel = options.model === "advanced" || options.summaryUseLlm;
  return {
    result: print(engine, content, fileName, fileExtension, sorted),
    tree: byModel ? null : print("tree", engine, content, fileName, fileExtension, forTree),
  };
}
