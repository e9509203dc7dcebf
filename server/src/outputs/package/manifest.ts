/** `manifest.json`: the table of contents of the package. Written last, when everything else is known. */
import { createHash } from "node:crypto";
import {
  type Chunk,
  type Document,
  embeddingsMember,
  type Manifest,
  type PackageStatistics,
  packageMembers,
} from "@knowhere/contract";
import type { Chunked } from "../chunks/chunks.ts";
import { sectionHierarchy } from "../nav/hierarchy.ts";
import type { Member, PackageInput } from "./input.ts";
import { reportQuality } from "./report.ts";

export function makeManifest(input: PackageInput, chunked: Chunked, members: readonly Member[]): Manifest {
  const digests: Record<string, string> = {};
  for (const member of members) digests[member.name] = sha256Of(member.bytes);
  const startedMs = Date.parse(input.startedAt);
  return {
    version: "1.0",
    job_id: input.jobId,
    data_id: input.dataId,
    source_file_name: input.sourceFileName,
    processing_date: new Date(startedMs).toISOString(),
    statistics: countChunks(chunked.chunks, input.document),
    files: {
      chunks: packageMembers.chunks,
      markdown: packageMembers.markdown,
      hierarchy: packageMembers.hierarchy,
      doc_nav: packageMembers.docNav,
      document: packageMembers.document,
      ...(embeddingsMember in digests ? { embeddings: embeddingsMember } : {}),
      ...listFiles(chunked, members, digests),
    },
    digests,
    processing: {
      page_count: input.billablePages ?? input.document.pages.length,
      timing: {
        started_at: new Date(startedMs).toISOString(),
        completed_at: new Date(startedMs + input.durationMs).toISOString(),
        duration_ms: input.durationMs,
      },
      engine: input.engine,
      options: wireOptions(input.options),
      quality: reportQuality(input.document),
      ...(input.reportModel === undefined ? {} : { model: input.reportModel() }),
    },
    HIERARCHY: sectionHierarchy(chunked),
    warnings: input.document.warnings,
  };
}

export function countChunks(chunks: readonly Chunk[], document: Document): PackageStatistics {
  const count = (type: Chunk["type"]) => chunks.filter((chunk) => chunk.type === type).length;
  return {
    total_chunks: chunks.length,
    text_chunks: count("text"),
    image_chunks: count("image"),
    table_chunks: count("table"),
    total_pages: document.pages.length,
  };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** One entry for each file: a picture that several chunks show is listed under the first of them. */
function listFiles(
  { objects }: Chunked,
  members: readonly Member[],
  digests: Readonly<Record<string, string>>,
): Pick<Manifest["files"], "images" | "tables"> {
  const sizes = new Map(members.map((member) => [member.name, member.bytes.length]));
  const seen = new Set<string>();
  const common = (object: { id: string; file: string; places: readonly { page: number }[] }) => ({
    id: object.id,
    file_path: object.file,
    size_bytes: sizes.get(object.file) ?? 0,
    sha256: digests[object.file] ?? "",
    ...(object.places[0] === undefined ? {} : { page: object.places[0].page }),
  });
  return {
    images: objects.images
      .filter((image) => !seen.has(image.file) && seen.add(image.file))
      .map((image) => ({
        ...common(image),
        format: image.file.slice(image.file.lastIndexOf(".") + 1),
        ...(image.asset.width === undefined ? {} : { width: image.asset.width }),
        ...(image.asset.height === undefined ? {} : { height: image.asset.height }),
      })),
    tables: objects.tables.map((table) => ({
      ...common(table),
      format: "html",
      rows: table.rows,
      columns: table.columns,
    })),
  };
}

/** snake_case as on the wire, without the password. */
function wireOptions(options: object): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (key === "password" || value === undefined) continue;
    const name = key === "summaryText" ? "summary_txt" : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    wire[name] = typeof value === "object" && value !== null && !Array.isArray(value) ? wireOptions(value) : value;
  }
  return wire;
}
