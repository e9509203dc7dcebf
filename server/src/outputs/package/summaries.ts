/** Written summaries in the place of extracted ones, where somebody writes better ones. */
import type { Chunk, JobStage } from "@knowhere/contract";
import { sectionSummary } from "../../enrich/summary.ts";
import type { Chunked, ChunkOptions } from "../chunks/chunks.ts";
import type { PackageInput } from "./input.ts";

/** Asked side by side; whoever writes them makes them wait their turn. */
const batchSize = 4;
const overviewCharacters = 16_000;

/** The same chunks with the summaries that were written, in chunks, sections and the whole. Short texts stay without. */
export async function rewriteSummaries(
  chunked: Chunked,
  summarize: NonNullable<PackageInput["summarize"]>,
  { summaries, fileName }: Pick<ChunkOptions, "summaries" | "fileName">,
  onStage: (stage: JobStage) => void,
): Promise<Chunked> {
  const wanted = chunked.chunks.filter(
    (chunk) =>
      (chunk.type === "table" && summaries.table) ||
      (chunk.type === "text" && summaries.text && chunk.content.length >= sectionSummary.minCharacters),
  );
  const written = new Map<Chunk, Chunk>();
  const bySummary = new Map<string, string>();
  for (let at = 0; at < wanted.length; at += batchSize) {
    onStage({ name: "summarizing", done: at, total: wanted.length });
    await Promise.all(
      wanted.slice(at, at + batchSize).map(async (chunk) => {
        const kind = chunk.type === "table" ? "table" : "text";
        const summary = await summarize({ kind, title: chunk.path, text: chunk.content });
        if (summary === null) return;
        written.set(chunk, { ...chunk, metadata: { ...chunk.metadata, summary, summary_source: "model" } });
        if (kind === "text" && chunk.metadata.summary !== "") bySummary.set(chunk.metadata.summary, summary);
      }),
    );
  }
  const text = chunked.chunks
    .map(({ content }) => content)
    .join("\n\n")
    .slice(0, overviewCharacters);
  const whole =
    summaries.text && text.length >= sectionSummary.minCharacters
      ? await summarize({ kind: "document", title: fileName, text })
      : null;
  const replaced = (chunk: Chunk) => written.get(chunk) ?? chunk;
  return {
    ...chunked,
    chunks: chunked.chunks.map(replaced),
    sections: chunked.sections.map((section) => ({
      ...section,
      chunks: section.chunks.map(replaced),
      summary: bySummary.get(section.summary) ?? section.summary,
    })),
    summary: whole ?? chunked.summary,
  };
}
