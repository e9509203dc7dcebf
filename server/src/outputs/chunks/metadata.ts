/** The metadata of chunks. */
import type { ChunkConnection, ChunkMetadata, Place, SourceKind } from "@knowhere/contract";
import { countCharacters } from "./ids.ts";

export interface Facts {
  readonly content: string;
  readonly tokenCount: number;
  readonly summary: string;
  readonly keywords: readonly string[];
  /** Text in `content` -> id of the chunk it stands for, in order. */
  readonly embeds: readonly { ref: string; target: string }[];
  readonly places: readonly Place[];
  readonly sectionLevel: number;
  readonly file?: string | undefined;
  readonly sources: readonly (SourceKind | undefined)[];
  readonly confidences: readonly (number | undefined)[];
}

/** Keys that do not apply are left out. */
export function makeMetadata(facts: Facts): ChunkMetadata {
  const source = mostFrequent(facts.sources);
  const confidences = facts.confidences.filter((value) => value !== undefined);
  const confidence =
    confidences.length === 0 ? undefined : confidences.reduce((sum, value) => sum + value, 0) / confidences.length;
  return {
    length: countCharacters(facts.content),
    summary: facts.summary,
    keywords: [...facts.keywords],
    tokens: [],
    token_count: facts.tokenCount,
    relationships: facts.embeds.map((embed) => embed.ref),
    connect_to: connect(facts),
    page_nums: [...new Set(facts.places.map((place) => place.page))].sort((a, b) => a - b),
    ...(facts.file === undefined ? {} : { file_path: facts.file }),
    places: distinct(facts.places),
    section_level: facts.sectionLevel,
    ...(source === undefined ? {} : { source }),
    ...(confidence === undefined ? {} : { confidence: Math.round(confidence * 1000) / 1000 }),
  };
}

function connect(facts: Facts): ChunkConnection[] {
  let from = 0;
  return facts.embeds.map(({ ref, target }) => {
    const at = facts.content.indexOf(ref, from);
    if (at < 0) throw new Error(`a chunk does not hold its reference ${ref}`);
    from = at + ref.length;
    const start = countCharacters(facts.content.slice(0, at));
    return { target, relation: "embeds", ref, position: { start, end: start + countCharacters(ref) } };
  });
}

function mostFrequent(sources: readonly (SourceKind | undefined)[]): SourceKind | undefined {
  const counts = new Map<SourceKind, number>();
  for (const source of sources) if (source !== undefined) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Boxes to a hundredth of a point: more is noise of floating-point arithmetic. */
function distinct(places: readonly Place[]): Place[] {
  const seen = new Map<string, Place>();
  for (const { page, box } of places) {
    const rounded = box?.map((value) => Math.round(value * 100) / 100) as Place["box"];
    const key = `${page} ${rounded?.join(" ") ?? ""}`;
    if (!seen.has(key)) seen.set(key, rounded === undefined ? { page } : { page, box: rounded });
  }
  return [...seen.values()];
}
