/** What an embedding server answered -> one vector a text. */

export interface Embeddings {
  vectors: number[][];
  totalTokens: number;
}

const mostDimensions = 16_384;

/** In the order of the texts, whatever order the server chose; null unless there is exactly one vector of one length for each. */
export function readEmbeddings(body: unknown, count: number): Embeddings | null {
  if (typeof body !== "object" || body === null) return null;
  const { data, usage } = body as { data?: unknown; usage?: { total_tokens?: unknown } };
  if (!Array.isArray(data) || data.length !== count) return null;
  const vectors = new Array<number[] | undefined>(count);
  for (const [at, entry] of data.entries()) {
    const { index, embedding } = (entry ?? {}) as { index?: unknown; embedding?: unknown };
    const place = typeof index === "number" ? index : at;
    if (!Array.isArray(embedding) || embedding.length === 0 || embedding.length > mostDimensions) return null;
    if (!embedding.every((value) => typeof value === "number" && Number.isFinite(value))) return null;
    if (place < 0 || place >= count || vectors[place] !== undefined) return null;
    vectors[place] = embedding as number[];
  }
  if (vectors.some((vector) => vector === undefined || vector.length !== vectors[0]!.length)) return null;
  const tokens = usage?.total_tokens;
  return { vectors: vectors as number[][], totalTokens: typeof tokens === "number" && tokens > 0 ? tokens : 0 };
}
