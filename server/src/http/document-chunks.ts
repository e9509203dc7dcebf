/** The chunks of a document's version, read from its result package; as long as they are asked for they stay in memory. */
import { text } from "node:stream/consumers";
import type { Chunk } from "@knowhere/contract";
import { problem } from "@knowhere/contract";
import type { ResultPackages } from "../ports/packages.ts";

export interface VersionChunks {
  chunks: readonly Chunk[];
  /** Beside each chunk: FILE/HEADING/…; undefined for a picture or table that nothing embeds. */
  sectionPaths: readonly (string | undefined)[];
}

const keptVersions = 16;
/** A version larger than this is read anew for every page. */
const keptBytes = 8 * 1024 * 1024;
/** Packages never change under their key. */
const kept = new WeakMap<ResultPackages, Map<string, VersionChunks>>();

/** @throws NOT_FOUND when the package is gone. */
export async function readVersionChunks(packages: ResultPackages, resultKey: string): Promise<VersionChunks> {
  let versions = kept.get(packages);
  if (!versions) kept.set(packages, (versions = new Map()));
  const known = versions.get(resultKey);
  if (known) {
    // Set again: the order is that of the latest use.
    versions.delete(resultKey);
    versions.set(resultKey, known);
    return known;
  }
  const member = await packages.member(resultKey, "chunks.json");
  if (!member) throw problem("NOT_FOUND", { resource: "Result member", id: "chunks.json" });
  const { chunks } = JSON.parse(await text(await member.open())) as { chunks: Chunk[] };
  const read = { chunks, sectionPaths: findSections(chunks) };
  if (member.bytes <= keptBytes) {
    versions.set(resultKey, read);
    if (versions.size > keptVersions) versions.delete(versions.keys().next().value!);
  }
  return read;
}

function findSections(chunks: readonly Chunk[]): (string | undefined)[] {
  const owners = new Map<string, Chunk>();
  for (const chunk of chunks)
    for (const { target } of chunk.metadata.connect_to) if (!owners.has(target)) owners.set(target, chunk);
  return chunks.map((chunk) => {
    const textual = chunk.type === "text" ? chunk : owners.get(chunk.chunk_id);
    return textual && sectionOf(textual.path);
  });
}

/** "Default_Root/FILE-->H1-->H2" as "FILE/H1/H2", the form of doc_nav.json. */
function sectionOf(path: string): string {
  const [head, ...headings] = path.split("-->");
  return [head!.slice(head!.indexOf("/") + 1), ...headings].join("/");
}
