/**
 * The tree -> chunks: one for each section (long ones split), one for each picture and table, just before the text chunk
 * that embeds it.
 */
import type { Chunk, Document, JobStage } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import { type Background, contentWords, findKeywords } from "../../enrich/keywords.ts";
import { identifyLanguage } from "../../enrich/language.ts";
import { clip, documentSummary, sectionSummary, summarize } from "../../enrich/summary.ts";
import { type CountTokens, loadTokenCounter } from "../../enrich/tokens.ts";
import { markdownPieces } from "../markdown/writer.ts";
import { countCharacters, makeId } from "./ids.ts";
import { makeMetadata } from "./metadata.ts";
import { type EmbeddedObject, findObjects, type ImageObject, type Objects, type TableObject } from "./objects.ts";
import { type Packed, packUnits } from "./pack.ts";
import { liftPictures } from "./pictures.ts";
import { type FlatSection, listSections } from "./sections.ts";
import { type Budget, makeUnits, type Unit } from "./units.ts";

export interface ChunkOptions {
  /** First segment of the paths: "Default_Root" unless the caller chose another. */
  readonly kbDir: string;
  readonly fileName: string;
  readonly furniture: "drop" | "keep";
  readonly chunking: { strategy: "section" | "tokens"; maxTokens?: number; overlapTokens: number };
  /** Which kinds of chunks get a summary. */
  readonly summaries: { text: boolean; image: boolean; table: boolean };
}
export const defaultChunkOptions: Omit<ChunkOptions, "fileName"> = {
  kbDir: "Default_Root",
  furniture: "drop",
  chunking: { strategy: "section", overlapTokens: 0 },
  summaries: { text: true, image: true, table: true },
};

export interface ChunkedSection {
  readonly titles: readonly string[];
  readonly depth: number;
  /** Its own text chunks and those of the objects they embed, in order. */
  readonly chunks: readonly Chunk[];
  /** What the section says in short, for navigation; "" for one without text. */
  readonly summary: string;
}
export interface Chunked {
  readonly chunks: readonly Chunk[];
  readonly sections: readonly ChunkedSection[];
  readonly objects: Objects;
  readonly language: string | undefined;
  readonly summary: string;
  readonly keywords: readonly string[];
}

/** A section chunk stays below this many characters; only sections longer than that are split, at paragraph ends. */
const sectionCharacters = 8000;
const defaultTokens = 512;
/** Shorter texts have no keywords of their own worth telling. */
const fewestCharacters = 160;
const keywordsPerChunk = 5;
/** What the document is about is told from this much of it. */
const overviewCharacters = 200_000;

/**
 * Cuts a document into chunks. Deterministic: equal trees and options give equal chunks, ids included.
 * `has` says which assets have bytes; others are written as their description. `onStage` hears how many blocks are in chunks.
 */
export async function makeChunks(
  document: Document,
  options: ChunkOptions,
  has: (asset: string) => boolean,
  onStage: (stage: JobStage) => void = () => {},
): Promise<Chunked> {
  const countTokens = await loadTokenCounter();
  const root = `${options.kbDir}/${options.fileName}`;
  const content = liftPictures(
    options.furniture === "keep" ? document.content : document.content.filter((block) => block.type !== "furniture"),
    has,
  );
  const objects = findObjects(document, content, root, has);
  const pieces = markdownPieces(
    { content },
    {
      furniture: options.furniture,
      image: (asset) => objects.fileOf(asset),
      replace: (block) => objects.of(block)?.placeholder,
    },
  );
  const budget = budgetOf(options, countTokens);
  const sections = listSections({ content }).map((section) => {
    const units = makeUnits(section.body, pieces, objects, budget);
    return { section, units: units.length > 0 || !section.leaf ? units : titleUnits(section, budget) };
  });
  // From the tree alone: the language must not depend on how it is cut.
  const whole = plainBlocks(content, { maxCharacters: overviewCharacters });
  const language = document.language ?? (await identifyLanguage(whole));
  const background = backgroundOf(
    sections.map(({ units }) => plainOf(units)),
    language,
  );
  const writer = new ChunkWriter(options, root, language, background, countTokens);
  const total = sections.reduce((sum, { units }) => sum + units.length, 0);
  let done = 0;
  const chunkedSections = sections.map(({ section, units }): ChunkedSection => {
    const packed = packUnits(units, {
      ...budget,
      overlap: options.chunking.strategy === "tokens" ? options.chunking.overlapTokens : 0,
    });
    const chunks = packed.flatMap((part) => {
      onStage({ name: "chunking", done, total });
      done += part.units.length;
      return writer.write(part, section);
    });
    return {
      titles: section.titles,
      depth: section.depth,
      chunks,
      summary: navSummary(plainOf(units), chunks, language),
    };
  });
  return {
    chunks: chunkedSections.flatMap((section) => section.chunks),
    sections: chunkedSections,
    objects,
    language,
    summary: summarize(whole, { ...documentSummary, language }) || clip(whole, documentSummary.maxCharacters),
    keywords: findKeywords(whole, { language, count: 8 }),
  };
}

function budgetOf(options: ChunkOptions, countTokens: CountTokens): Budget {
  const { strategy, maxTokens } = options.chunking;
  if (strategy === "section" && maxTokens === undefined) return { measure: countCharacters, limit: sectionCharacters };
  // A placeholder alone takes some forty tokens.
  return { measure: countTokens, limit: Math.max(48, maxTokens ?? defaultTokens) };
}

/** A heading with nothing under it is still said: its title is its content. */
function titleUnits(section: FlatSection, budget: Budget): Unit[] {
  const title = section.titles[section.titles.length - 1];
  if (title === undefined) return [];
  const nothing = { embeds: [], places: section.places, source: section.source, confidence: undefined };
  return [{ text: title, plain: title, joint: "\n\n", size: budget.measure(title), ...nothing }];
}

function backgroundOf(texts: readonly string[], language: string | undefined): Background {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of contentWords(text, language)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { sections: texts.length, counts };
}

function plainOf(units: readonly Unit[]): string {
  return units
    .map((unit) => unit.plain)
    .filter((plain) => plain !== "")
    .join("\n");
}

/** The summary of the chunk, else the text itself when it is short, else its beginning. */
function navSummary(plain: string, chunks: readonly Chunk[], language: string | undefined): string {
  const made = chunks.find((chunk) => chunk.type === "text" && chunk.metadata.summary !== "")?.metadata.summary;
  return made ?? (summarize(plain, { ...sectionSummary, language }) || clip(plain, sectionSummary.maxCharacters));
}

class ChunkWriter {
  readonly #written = new Set<EmbeddedObject>();
  readonly #ordinals = new Map<string, number>();

  constructor(
    readonly options: ChunkOptions,
    readonly root: string,
    readonly language: string | undefined,
    readonly background: Background,
    readonly countTokens: CountTokens,
  ) {}

  /** The chunks of the objects that are new here, then the text chunk. */
  write(part: Packed, section: FlatSection): Chunk[] {
    const chunks: Chunk[] = [];
    const embeds = part.units.flatMap((unit) => unit.embeds);
    for (const object of embeds) {
      if (object.type === "table") for (const image of object.images) this.#once(image, section, chunks);
      this.#once(object, section, chunks);
    }
    chunks.push(this.#text(part, section, embeds));
    return chunks;
  }

  #once(object: EmbeddedObject, section: FlatSection, chunks: Chunk[]): void {
    if (this.#written.has(object)) return;
    this.#written.add(object);
    chunks.push(object.type === "image" ? this.#image(object, section) : this.#table(object, section));
  }

  #text(part: Packed, section: FlatSection, embeds: readonly EmbeddedObject[]): Chunk {
    const path = [this.root, ...section.titles].join("-->");
    const ordinal = this.#ordinals.get(path) ?? 0;
    this.#ordinals.set(path, ordinal + 1);
    const plain = plainOf(part.units);
    const summary = this.options.summaries.text ? summarize(plain, { ...sectionSummary, language: this.language }) : "";
    return {
      chunk_id: makeId("text", path, ordinal, part.content),
      type: "text",
      content: part.content,
      path,
      metadata: makeMetadata({
        content: part.content,
        tokenCount: this.countTokens(part.content),
        summary,
        keywords: this.#keywords(plain, fewestCharacters),
        embeds: embeds.map((object) => ({ ref: object.placeholder, target: object.id })),
        places: part.units.flatMap((unit) => unit.places),
        sectionLevel: section.depth,
        sources: part.units.map((unit) => unit.source),
        confidences: part.units.map((unit) => unit.confidence),
      }),
    };
  }

  #image(image: ImageObject, section: FlatSection): Chunk {
    const content = `${image.placeholder}\n${image.description}`;
    return this.#object(
      image,
      section,
      content,
      this.options.summaries.image ? image.description : "",
      image.description,
      [],
    );
  }

  #table(table: TableObject, section: FlatSection): Chunk {
    const embeds = table.images
      .map((image) => ({ ref: image.file, target: image.id, at: table.html.indexOf(image.file) }))
      .filter((embed) => embed.at >= 0)
      .sort((a, b) => a.at - b.at);
    const summary = this.options.summaries.table ? table.summary : "";
    return this.#object(table, section, table.html, summary, table.summary, embeds);
  }

  #object(
    object: EmbeddedObject,
    section: FlatSection,
    content: string,
    summary: string,
    about: string,
    embeds: readonly { ref: string; target: string }[],
  ): Chunk {
    return {
      chunk_id: object.id,
      type: object.type,
      content,
      path: object.file,
      metadata: makeMetadata({
        content,
        tokenCount: this.countTokens(content),
        summary,
        keywords: this.#keywords(about, 1),
        embeds,
        places: object.places,
        sectionLevel: section.depth,
        file: object.file,
        sources: [object.source],
        confidences: [object.confidence],
      }),
    };
  }

  #keywords(text: string, fewest: number): string[] {
    if (text.length < fewest) return [];
    return findKeywords(text, { language: this.language, count: keywordsPerChunk, background: this.background });
  }
}
