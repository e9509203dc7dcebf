/** The rules between the members of a package, checked before it is published. */
import {
  type Chunk,
  ChunksFile,
  DocNavFile,
  EmbeddingsFile,
  Hierarchy,
  Manifest,
  packageMembers,
  problem,
} from "@knowhere/contract";
import { countCharacters } from "../chunks/ids.ts";

export interface PackageParts {
  readonly manifest: Manifest;
  readonly chunks: ChunksFile;
  readonly embeddings?: EmbeddingsFile | undefined;
  readonly docNav: DocNavFile;
  readonly hierarchy: Hierarchy;
  readonly markdown: string;
  /** Names of all members but the manifest, in order. */
  readonly names: readonly string[];
}

/** More would only repeat the first ones in the log. */
const mostViolations = 20;

/** Throws Problem RESULT_CONTRACT_VIOLATION with every broken rule in its cause (for the log). */
export function checkPackage(parts: PackageParts): void {
  const violations = [
    ...shapes(parts),
    ...names(parts.names),
    ...counts(parts),
    ...references(parts),
    ...vectors(parts),
    ...files(parts),
  ];
  if (violations.length === 0) return;
  const shown = violations.slice(0, mostViolations).join("; ");
  throw problem("RESULT_CONTRACT_VIOLATION", {}, { cause: new Error(`${violations.length} violation(s): ${shown}`) });
}

function* shapes(parts: PackageParts): Generator<string> {
  const schemas = [
    [packageMembers.manifest, Manifest, parts.manifest],
    [packageMembers.chunks, ChunksFile, parts.chunks],
    [packageMembers.docNav, DocNavFile, parts.docNav],
    [packageMembers.hierarchy, Hierarchy, parts.hierarchy],
    ["embeddings.json", EmbeddingsFile.optional(), parts.embeddings],
  ] as const;
  for (const [name, schema, value] of schemas) {
    const result = schema.safeParse(value);
    for (const issue of result.error?.issues ?? []) yield `${name} ${issue.path.join(".")}: ${issue.message}`;
  }
}

function* names(all: readonly string[]): Generator<string> {
  const seen = new Set<string>();
  for (const name of all) {
    const folded = name.toLowerCase();
    if (seen.has(folded)) yield `two members are called ${name}`;
    seen.add(folded);
    if (!/^(?:(?:images|tables)\/)?[\w-]+(?:\.[\w-]+)+$/.test(name)) yield `unsafe member name ${JSON.stringify(name)}`;
  }
  if (all[0] !== packageMembers.chunks) yield `${packageMembers.chunks} is not the first member`;
}

function* counts({ manifest, chunks, docNav }: PackageParts): Generator<string> {
  const real = { total: chunks.chunks.length, text: 0, image: 0, table: 0 };
  for (const chunk of chunks.chunks) real[chunk.type]++;
  for (const [name, stats] of [
    [packageMembers.manifest, manifest.statistics],
    [packageMembers.docNav, docNav.stats],
  ] as const) {
    for (const kind of ["total", "text", "image", "table"] as const) {
      if (stats[`${kind}_chunks`] !== real[kind])
        yield `${name} counts ${stats[`${kind}_chunks`]} ${kind} chunks, there are ${real[kind]}`;
    }
  }
  const navigated = docNav.sections.reduce((sum, section) => sum + section.chunk_count, 0);
  if (navigated !== real.total) yield `${packageMembers.docNav} sections hold ${navigated} chunks of ${real.total}`;
}

function* references({ chunks }: PackageParts): Generator<string> {
  const byId = new Map<string, { chunk: Chunk; at: number }>();
  for (const [at, chunk] of chunks.chunks.entries()) {
    if (byId.has(chunk.chunk_id)) yield `two chunks have the id ${chunk.chunk_id}`;
    byId.set(chunk.chunk_id, { chunk, at });
  }
  for (const [at, chunk] of chunks.chunks.entries()) {
    const { connect_to: connections, relationships, length } = chunk.metadata;
    if (length !== countCharacters(chunk.content)) yield `chunk ${at}: length ${length} is wrong`;
    if (connections.length !== relationships.length) yield `chunk ${at}: relationships and connect_to differ`;
    const characters = connections.length > 0 ? [...chunk.content] : [];
    for (const { target, ref, position } of connections) {
      const found = byId.get(target);
      if (found === undefined) yield `chunk ${at}: connects to ${target}, which is not there`;
      else if (found.at > at) yield `chunk ${at}: embeds ${target}, which comes later`;
      if (characters.slice(position.start, position.end).join("") !== ref)
        yield `chunk ${at}: ${ref} is not where it says`;
    }
  }
}

function* vectors({ chunks, embeddings }: PackageParts): Generator<string> {
  const ids = new Set(chunks.chunks.map((chunk) => chunk.chunk_id));
  for (const { chunk_id: id, vector } of embeddings?.embeddings ?? []) {
    if (!ids.delete(id)) yield `a vector of ${id}, which is not there or has one already`;
    if (vector.length !== embeddings!.dimensions) yield `the vector of ${id} has ${vector.length} dimensions`;
  }
}

function* files({ manifest, chunks, markdown, names: all, docNav }: PackageParts): Generator<string> {
  const members = new Set(all);
  for (const name of all) if (!(name in manifest.digests)) yield `no digest of ${name}`;
  for (const name of Object.keys(manifest.digests))
    if (!members.has(name)) yield `digest of ${name}, which is not there`;
  for (const chunk of chunks.chunks) {
    if (chunk.type === "text") continue;
    const file = chunk.metadata.file_path;
    if (file === undefined || !members.has(file)) yield `chunk ${chunk.chunk_id}: its file ${file} is not there`;
    if (chunk.path !== file) yield `chunk ${chunk.chunk_id}: path and file_path differ`;
    if (file !== undefined && !file.startsWith(`${chunk.type}s/`))
      yield `chunk ${chunk.chunk_id}: ${file} is in the wrong folder`;
  }
  const listed = [
    ...manifest.files.images,
    ...manifest.files.tables,
    ...docNav.resources.images,
    ...docNav.resources.tables,
  ];
  for (const entry of listed) {
    const file = "file_path" in entry ? entry.file_path : entry.path;
    if (!members.has(file)) yield `${file} is listed and not there`;
  }
  for (const match of markdown.matchAll(/(?:images\/IMAGE|tables\/TABLE)_[0-9a-f-]{36}\.[a-z0-9]{1,8}/g)) {
    if (!members.has(match[0])) yield `${packageMembers.markdown} links to ${match[0]}, which is not there`;
  }
}
