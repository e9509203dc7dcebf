import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  type Block,
  ChunksFile,
  DocNavFile,
  type Document,
  DocumentFile,
  type Inline,
  type JobStage,
  Manifest,
} from "@knowhere/contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainBlocks } from "../../document/plain.ts";
import { packageInput } from "../../testing/package-input.ts";
import { randomDocument } from "../../testing/random-tree.ts";
import { checkPackage } from "./check.ts";
import type { PackageInput } from "./input.ts";
import { openPackage } from "./open.ts";
import { writePackage } from "./write.ts";

const t = (value: string): Inline => ({ type: "text", text: value });
const p = (value: string, page = 1): Block => ({
  type: "paragraph",
  content: [t(value)],
  places: [{ page, box: [10, 20, 30, 40] }],
});
const h = (level: number, value: string): Block => ({ type: "heading", level, content: [t(value)] });
const picture = new TextEncoder().encode("not really a picture");

function report(): Document {
  const asset = {
    id: "image-1",
    mediaType: "image/png",
    extension: ".png",
    bytes: picture.length,
    sha256: "00",
    width: 4,
    height: 2,
  };
  return {
    version: "1.0",
    format: "pdf",
    title: "Yields",
    metadata: {},
    pages: [1, 2].map((number) => ({ number, kind: "page", width: 595, height: 842 })),
    content: [
      p("Before any heading."),
      h(1, "Method"),
      p("We measured 😀 yields."),
      { type: "figure", asset: "image-1", caption: [t("Figure 1: The field")], places: [{ page: 1 }] },
      h(2, "Sites"),
      p("See the table.", 2),
      {
        type: "table",
        headRows: 1,
        caption: [t("Table 1")],
        places: [{ page: 2, box: [1, 2, 3, 4] }],
        rows: [{ cells: [{ text: "Site", colspan: 2 }] }, { cells: [{ text: "A & B" }, { text: "2" }] }],
      },
      p("After the table.", 2),
      h(1, "Method"),
      h(1, "__proto__"),
      {
        type: "paragraph",
        content: [
          t("A note"),
          { type: "note_ref", note: "x", label: "1" },
          { type: "image", asset: "image-1", alt: "The field again" },
        ],
      },
      h(1, "References"),
      p("Nothing."),
      { type: "note", note: "x", label: "1", kind: "footnote", content: [p("Said once.")] },
    ],
    assets: [asset],
    attachments: [],
    warnings: [{ code: "TEST", message: "just a test" }],
  };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-package-"));
});
afterAll(() => rm(folder, { recursive: true }));

function inputOf(
  document: Document,
  options: Partial<PackageInput["options"]> & Record<string, unknown> = {},
): PackageInput {
  const input = packageInput(document, { assets: new Map([["image-1", picture]]) });
  const summaries = { summaryText: true, summaryImage: true, summaryTable: true };
  return { ...input, options: { ...input.options, ...summaries, ...options } };
}

async function pack(document: Document, options = {}) {
  const path = join(folder, "result.zip");
  const written = await writePackage(inputOf(document, options), path);
  const zip = await openPackage(path);
  const members = new Map<string, string>();
  for (const name of zip.names) members.set(name, await text(await zip.open(name)));
  zip.close();
  const read = <T>(name: string) => JSON.parse(members.get(name)!) as T;
  return {
    written,
    path,
    members,
    manifest: read<Manifest>("manifest.json"),
    chunks: read<ChunksFile>("chunks.json").chunks,
    nav: read<DocNavFile>("doc_nav.json"),
  };
}

describe("the result package", () => {
  it("holds the promised members, chunks first and manifest last", async () => {
    const { members, manifest } = await pack(report());
    const names = [...members.keys()];
    expect(names.slice(0, 6)).toEqual([
      "chunks.json",
      "full.md",
      "content.md",
      "doc_nav.json",
      "hierarchy.json",
      "document.json",
    ]);
    expect(names.at(-1)).toBe("manifest.json");
    expect(names.slice(6, -1)).toEqual(
      [...manifest.files.images, ...manifest.files.tables].map((file) => file.file_path),
    );
    expect(members.get("content.md")).toBe(members.get("full.md"));
    expect(manifest).not.toHaveProperty("checksum");
  });

  it("says the checksum of the bytes on disk and of every member", async () => {
    const { written, path, members, manifest } = await pack(report());
    const zip = await readFile(path);
    expect(written.bytes).toBe(zip.length);
    expect(written.sha256).toBe(createHash("sha256").update(zip).digest("hex"));
    for (const [name, digest] of Object.entries(manifest.digests)) {
      expect(createHash("sha256").update(members.get(name)!).digest("hex")).toBe(digest);
    }
    expect(Object.keys(manifest.digests)).toHaveLength(members.size - 1);
  });

  it("is the same bytes again for the same input, and differs only in the manifest for another job", async () => {
    const first = await pack(report());
    const second = await pack(report());
    // The duration is measured; everything else is equal.
    for (const name of first.members.keys()) {
      if (name !== "manifest.json") expect(second.members.get(name)).toBe(first.members.get(name));
    }
  });

  it("puts a picture or table just before the text that embeds it, under its section", async () => {
    const { chunks } = await pack(report());
    expect(chunks.map((chunk) => [chunk.type, chunk.type === "text" ? chunk.path : ""])).toEqual([
      ["text", "Default_Root/report.pdf"],
      ["image", ""],
      ["text", "Default_Root/report.pdf-->Method"],
      ["table", ""],
      ["text", "Default_Root/report.pdf-->Method-->Sites"],
      ["text", "Default_Root/report.pdf-->Method"],
      ["image", ""],
      ["text", "Default_Root/report.pdf-->__proto__"],
      ["text", "Default_Root/report.pdf-->References"],
    ]);
    const [, image, method] = chunks;
    const placeholder = `IMAGE_${image!.chunk_id}_IMAGE`;
    expect(method!.content).toBe(`We measured 😀 yields.\n\n${placeholder}\n\nFigure 1: The field`);
    expect(method!.metadata.connect_to).toEqual([
      {
        target: image!.chunk_id,
        relation: "embeds",
        ref: placeholder,
        position: { start: 23, end: 23 + placeholder.length },
      },
    ]);
    expect(image!.content).toBe(`${placeholder}\nFigure 1: The field`);
    expect(image!.path).toBe(image!.metadata.file_path);
  });

  it("gives the table chunk the same HTML as the file", async () => {
    const { chunks, members } = await pack(report());
    const table = chunks.find((chunk) => chunk.type === "table")!;
    expect(table.content).toBe(
      '<table><caption>Table 1</caption><thead><tr><th colspan="2">Site</th></tr></thead><tbody><tr><td>A &amp; B</td><td>2</td></tr></tbody></table>',
    );
    expect(members.get(table.metadata.file_path!)).toBe(table.content);
    expect(table.metadata.page_nums).toEqual([2]);
    expect(table.metadata.summary).toBe("Table 1. 1 row × 2 columns: Site.");
  });

  it("moves notes to the section that refers to them, and shares one file between equal pictures", async () => {
    const { chunks, manifest } = await pack(report());
    const noted = chunks.find((chunk) => chunk.path.endsWith("__proto__"))!;
    expect(noted.content).toMatch(/^A note\[\^1\]\n\nIMAGE_[\w-]+_IMAGE\n\n\[\^1\]: Said once\.$/);
    expect(manifest.files.images).toHaveLength(1);
    expect(new Set(chunks.filter((chunk) => chunk.type === "image").map((chunk) => chunk.path)).size).toBe(1);
  });

  it("links pictures in the Markdown to members", async () => {
    const { members } = await pack(report());
    for (const match of members.get("full.md")!.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g))
      expect(members.has(match[1]!)).toBe(true);
  });

  it("tells how far chunks and files are, never backwards, without a piece left out", async () => {
    const stages: JobStage[] = [];
    await writePackage(
      { ...inputOf(report()), onStage: (stage) => void stages.push(stage) },
      join(folder, "stages.zip"),
    );
    expect([...new Set(stages.map(({ name }) => name))]).toEqual(["chunking", "packaging"]);
    for (const name of ["chunking", "packaging"]) {
      const told = stages.filter((stage) => stage.name === name);
      const done = told.map((stage) => stage.done);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done[0]).toBe(0);
      expect(done.at(-1)).toBeLessThan(told[0]!.total);
      expect(told.every(({ total }) => total === told[0]!.total)).toBe(true);
    }
  });

  it("nests the sections in the hierarchy and the navigation", async () => {
    const { manifest, nav, members } = await pack(report());
    expect(Object.keys(manifest.HIERARCHY)).toEqual(["Method", "Method (2)", "__proto__", "References"]);
    expect(manifest.HIERARCHY["Method"]).toEqual({ Sites: {} });
    const hierarchy = JSON.parse(members.get("hierarchy.json")!);
    expect(Object.keys(hierarchy)).toEqual(["Default_Root", "images", "tables"]);
    expect(nav.sections.map((section) => [section.title, section.level, section.chunk_count])).toEqual([
      ["Root", 1, 1],
      ["Method", 1, 4],
      ["Method", 1, 1],
      ["__proto__", 1, 2],
      ["References", 1, 1],
    ]);
    expect(nav.sections[1]!.children[0]).toMatchObject({ title: "Sites", path: "report.pdf/Method/Sites", level: 2 });
    expect(nav.stats.max_depth).toBe(2);
  });

  it("matches its own schemas, unknown keys not needed", async () => {
    const { members } = await pack(report());
    expect(Manifest.parse(JSON.parse(members.get("manifest.json")!))).toBeTruthy();
    expect(ChunksFile.parse(JSON.parse(members.get("chunks.json")!))).toBeTruthy();
    expect(DocNavFile.parse(JSON.parse(members.get("doc_nav.json")!))).toBeTruthy();
    expect(DocumentFile.parse(JSON.parse(members.get("document.json")!))).toBeTruthy();
  });

  it("never writes a password into the manifest", async () => {
    const { members, manifest } = await pack(report(), { password: "hunter2", ocrLanguages: ["eng"] });
    expect(manifest.processing.options).toMatchObject({
      kb_dir: "Default_Root",
      summary_txt: true,
      ocr_languages: ["eng"],
    });
    for (const content of members.values()) expect(content).not.toContain("hunter2");
  });

  it("uses the caller's folder in the paths", async () => {
    const { chunks } = await pack(report(), { kbDir: "/a/../b/" });
    expect(chunks[0]!.path).toBe("a/b/report.pdf");
  });

  it("writes a package even for a document without a word", async () => {
    const { chunks, manifest } = await pack({ ...report(), content: [], assets: [] });
    expect(chunks).toEqual([]);
    expect(manifest.statistics).toEqual({
      total_chunks: 0,
      text_chunks: 0,
      image_chunks: 0,
      table_chunks: 0,
      total_pages: 2,
    });
  });
});

describe("random documents", () => {
  const squeeze = (value: string) => value.replace(/\s+/g, "");
  /** Every letter and digit of the tree, sorted: order may change where notes move, nothing may be lost or doubled. */
  const letters = (value: string) =>
    [...squeeze(value)]
      .filter((sign) => /[\p{L}\p{N}]/u.test(sign))
      .sort()
      .join("");

  it("keep every letter exactly once, in a path or in the chunks, under any chunking", async () => {
    await fc.assert(
      fc.asyncProperty(randomDocument, fc.constantFrom(50, 80, 4000), async (document, maxTokens) => {
        // Code, links and tables are markup of their own; their letters are compared in the Markdown tests.
        const only = withoutMarkup(document.content);
        const { chunks } = await pack(
          { ...document, content: only },
          { chunking: { strategy: "tokens", maxTokens, overlapTokens: 0 } },
        );
        const texts = chunks.filter((chunk) => chunk.type === "text");
        const bodies = texts.map((chunk) => chunk.content).join("\n");
        expect(letters(bodies)).toBe(letters(plainBlocks(only)));
      }),
      { numRuns: 60 },
    );
  });
});

/** Paragraphs, bulleted lists and quotes of plain text. */
function withoutMarkup(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block): Block[] => {
    if (block.type === "paragraph") {
      return [
        { type: "paragraph", content: block.content.filter((node) => node.type === "text" || node.type === "break") },
      ];
    }
    if (block.type === "quote") return [{ ...block, content: withoutMarkup(block.content) }];
    if (block.type === "list") {
      return [
        { ...block, ordered: false, items: block.items.map((item) => ({ content: withoutMarkup(item.content) })) },
      ];
    }
    return [];
  });
}

describe("a package that contradicts itself", () => {
  it("is refused with every broken rule in the cause", async () => {
    const { manifest, chunks, nav, members } = await pack(report());
    const broken = structuredClone(chunks);
    broken[2]!.metadata.connect_to[0]!.position.start = 0;
    broken[3]!.metadata.file_path = "tables/../../etc/passwd";
    const parts = {
      manifest: { ...manifest, statistics: { ...manifest.statistics, text_chunks: 99 } },
      chunks: { chunks: broken },
      docNav: nav,
      hierarchy: {},
      markdown: members.get("full.md")!,
      names: [...members.keys()].slice(0, -1),
    };
    const error = (() => {
      try {
        checkPackage(parts);
        return undefined;
      } catch (thrown) {
        return thrown as Error & { problem: string };
      }
    })();
    expect(error?.problem).toBe("RESULT_CONTRACT_VIOLATION");
    const cause = String(error?.cause);
    expect(cause).toContain("counts 99 text chunks");
    expect(cause).toContain("is not where it says");
    expect(cause).toContain("passwd is not there");
  });
});
