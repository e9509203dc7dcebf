/** A parsed document -> the result ZIP. */
import { embeddingsMember, packageMembers } from "@knowhere/contract";
import { finishDocument } from "../../document/finish.ts";
import { type Chunked, type ChunkOptions, makeChunks } from "../chunks/chunks.ts";
import { makeDocumentFile } from "../json/document.ts";
import { writeMarkdown } from "../markdown/writer.ts";
import { makeDocNav } from "../nav/doc-nav.ts";
import { packageHierarchy } from "../nav/hierarchy.ts";
import { checkPackage } from "./check.ts";
import type { Member, PackageInput, WrittenPackage } from "./input.ts";
import { makeManifest } from "./manifest.ts";
import { rewriteSummaries } from "./summaries.ts";
import { writeZip } from "./zip.ts";

/**
 * Writes `result_{job_id}.zip` to `path`. Equal input gives equal bytes, but for ids, dates and timing in the manifest.
 * Throws Problem RESULT_CONTRACT_VIOLATION, and writes nothing, when the members do not agree with each other.
 */
export async function writePackage(input: PackageInput, path: string): Promise<WrittenPackage> {
  const startedMs = performance.now();
  const document = finishDocument(input.document);
  const options = chunkOptionsOf(input);
  const { onStage = () => {} } = input;
  const extracted = await makeChunks(document, options, (asset) => input.assets.has(asset), onStage);
  const chunked = input.summarize ? await rewriteSummaries(extracted, input.summarize, options, onStage) : extracted;
  const markdown = writeMarkdown(document, {
    furniture: options.furniture,
    image: (asset) => chunked.objects.fileOf(asset),
  });
  const chunks = { chunks: [...chunked.chunks] };
  const embeddings = (await input.embed?.(chunked.chunks)) ?? undefined;
  const docNav = makeDocNav(document, chunked, options.fileName);
  const hierarchy = packageHierarchy(chunked, options.kbDir, options.fileName);
  const members: Member[] = [
    json(packageMembers.chunks, chunks, 2),
    text(packageMembers.markdown, markdown),
    text(packageMembers.markdownCopy, markdown),
    json(packageMembers.docNav, docNav, 2),
    json(packageMembers.hierarchy, hierarchy, 4),
    json(
      packageMembers.document,
      makeDocumentFile(document, (asset) => chunked.objects.fileOf(asset), chunked.language),
    ),
    ...(embeddings ? [json(embeddingsMember, embeddings)] : []),
    ...pictureMembers(chunked, input.assets),
    ...chunked.objects.tables.map((table) => text(table.file, table.html)),
  ];
  const durationMs = Math.round(input.durationMs + performance.now() - startedMs);
  const manifest = makeManifest({ ...input, durationMs }, chunked, members);
  checkPackage({
    manifest,
    chunks,
    embeddings,
    docNav,
    hierarchy,
    markdown,
    names: members.map((member) => member.name),
  });
  const written = await writeZip([...members, json(packageMembers.manifest, manifest, 2)], path, (done, total) =>
    onStage({ name: "packaging", done, total }),
  );
  return { ...written, statistics: manifest.statistics };
}

function chunkOptionsOf({ options, sourceFileName }: PackageInput): ChunkOptions {
  return {
    kbDir: cleanFolder(options.kbDir),
    fileName: cleanName(sourceFileName),
    furniture: options.furniture,
    chunking: options.chunking,
    summaries: { text: options.summaryText, image: options.summaryImage, table: options.summaryTable },
  };
}

/** The folder as one path without empty or dotted segments; the usual name when nothing is left. */
function cleanFolder(kbDir: string): string {
  const segments = kbDir.split(/[/\\]/).map((segment) => segment.trim());
  return segments.filter((segment) => segment !== "" && !/^\.+$/.test(segment)).join("/") || "Default_Root";
}

/** The last part of the name, whatever path a client put before it. */
function cleanName(fileName: string): string {
  return (
    fileName
      .split(/[/\\]/)
      .at(-1)!
      .replace(/[\u0000-\u001f]/g, "")
      .trim() || "document"
  );
}

function pictureMembers({ objects }: Chunked, assets: ReadonlyMap<string, Uint8Array>): Member[] {
  const files = new Map(objects.images.map((image) => [image.file, assets.get(image.asset.id)!]));
  return [...files].map(([name, bytes]) => ({ name, bytes }));
}

function json(name: string, value: unknown, indent?: number): Member {
  return text(name, `${JSON.stringify(value, null, indent)}\n`);
}

function text(name: string, content: string): Member {
  return { name, bytes: new TextEncoder().encode(content) };
}
