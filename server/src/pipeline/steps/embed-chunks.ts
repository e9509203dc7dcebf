/** Vectors of a document's chunks, for whoever searches in them by meaning. */
import type { Chunk, EmbeddingsFile } from "@knowhere/contract";
import type { ModelWork } from "./model-work.ts";

/** Texts in one request: what servers take without their memory growing. */
const batchSize = 32;
/** Longer chunks are embedded by their beginning; most models read no more. */
const longestText = 8000;

/** One vector for each chunk whose batch was answered; null when there is none at all, or their lengths differ. */
export async function embedChunks(
  chunks: readonly Chunk[],
  work: ModelWork,
  model: string,
): Promise<EmbeddingsFile | null> {
  const made: EmbeddingsFile["embeddings"] = [];
  const batches: Chunk[][] = [];
  for (let at = 0; at < chunks.length; at += batchSize) batches.push(chunks.slice(at, at + batchSize));
  await work.each("embedding", 1, batches, async (batch) => {
    const vectors = await work.embed(batch.map(textOf));
    vectors?.forEach((vector, index) => {
      made.push({ chunk_id: batch[index]!.chunk_id, vector });
    });
  });
  const dimensions = made[0]?.vector.length ?? 0;
  // Vectors of another length come from another model: they would be compared with each other.
  const whole = made.length > 0 && made.every(({ vector }) => vector.length === dimensions);
  if (made.length > 0) work.count("embeddings", whole, made.length);
  return whole ? { model, dimensions, embeddings: made } : null;
}

/** Where the chunk stands and what it says, without the marks of a table. */
function textOf({ type, path, content }: Chunk): string {
  const headings = type === "text" ? path.split("-->").slice(1).join(" > ") : "";
  const said = content.replace(/<\/(?:t[dh]|tr|caption)>/g, " ").replace(/<[^>]*>/g, "");
  return `${headings}\n${said}`.trim().slice(0, longestText) || path;
}
