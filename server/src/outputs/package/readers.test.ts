/**
 * Reads a package the way the published clients do: strictly typed where they are strict, tolerant where they are not.
 * The Python client refuses integers for `metadata.tokens`, strings in `connect_to`, and any manifest checksum that is
 * not that of the ZIP itself; the Node client refuses an image or table chunk whose file is missing.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import type { Document } from "@knowhere/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageInput } from "../../testing/package-input.ts";
import { openPackage } from "./open.ts";
import { writePackage } from "./write.ts";

const picture = Uint8Array.from({ length: 3000 }, (_, at) => (at * 31) % 256);
const document: Document = {
  version: "1.0",
  format: "docx",
  metadata: {},
  pages: [{ number: 1, kind: "section", width: 0, height: 0 }],
  content: [
    { type: "heading", level: 1, content: [{ type: "text", text: "One / two" }], places: [{ page: 1 }] },
    { type: "figure", asset: "image-1" },
    {
      type: "table",
      headRows: 0,
      rows: [{ cells: [{ content: [{ type: "figure", asset: "image-2", alt: "Inside" }] }, { text: "x" }] }],
    },
    { type: "paragraph", content: [{ type: "text", text: "The end." }] },
  ],
  assets: [
    { id: "image-1", mediaType: "image/jpeg", extension: ".jpg", bytes: 3000, sha256: "1" },
    { id: "image-2", mediaType: "image/png", extension: "/../x.png", bytes: 3000, sha256: "2" },
  ],
  attachments: [],
  warnings: [],
};

type Json = Record<string, unknown>;
let folder: string;
let path: string;
const members = new Map<string, Buffer>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-readers-"));
  path = join(folder, "result.zip");
  const assets = new Map([
    ["image-1", picture],
    ["image-2", picture],
  ]);
  const sourceFileName = "C:\\docs\\a b.docx";
  await writePackage(packageInput(document, { assets, dataId: "my-1", sourceFileName }), path);
  const zip = await openPackage(path);
  for (const name of zip.names) members.set(name, await buffer(await zip.open(name)));
  zip.close();
});
afterAll(() => rm(folder, { recursive: true }));

const json = (name: string) => JSON.parse(members.get(name)!.toString("utf8")) as Json;
const chunks = () => (json("chunks.json")["chunks"] ?? []) as Json[];
const isListOf = (value: unknown, type: string) =>
  Array.isArray(value) && value.every((item) => typeof item === type && item !== null);

describe("a strictly typed reader", () => {
  it("finds the types it asks for in every chunk", () => {
    for (const chunk of chunks()) {
      const metadata = chunk["metadata"] as Json;
      expect(chunk).toMatchObject({
        chunk_id: expect.any(String),
        type: expect.any(String),
        content: expect.any(String),
        path: expect.any(String),
      });
      expect(Object.keys(chunk)).toHaveLength(5);
      expect(Number.isInteger(metadata["length"])).toBe(true);
      expect(typeof metadata["summary"]).toBe("string");
      for (const list of ["tokens", "keywords", "relationships"]) expect(isListOf(metadata[list], "string")).toBe(true);
      expect(isListOf(metadata["page_nums"], "number")).toBe(true);
      expect(isListOf(metadata["connect_to"], "object")).toBe(true);
      // A key that does not apply is absent, never null.
      expect(Object.values(metadata)).not.toContain(null);
    }
  });

  it("finds ids and paths of all files in the manifest, whole counts, and no checksum of the ZIP in itself", () => {
    const manifest = json("manifest.json");
    expect(manifest).toMatchObject({
      version: "1.0",
      job_id: "job_0123456789ab",
      data_id: "my-1",
      source_file_name: "C:\\docs\\a b.docx",
    });
    expect(manifest).not.toHaveProperty("checksum");
    const files = manifest["files"] as Record<string, Json[]>;
    for (const file of [...files["images"]!, ...files["tables"]!]) {
      expect(typeof file["id"]).toBe("string");
      expect(typeof file["file_path"]).toBe("string");
    }
    for (const count of Object.values(manifest["statistics"] as Json)) expect(Number.isInteger(count)).toBe(true);
  });

  it("finds whole levels and paths in the navigation", () => {
    const nav = json("doc_nav.json") as { sections: Json[]; resources: Record<string, Json[]> };
    for (const section of nav.sections) expect(Number.isInteger(section["level"])).toBe(true);
    for (const resource of [...nav.resources["images"]!, ...nav.resources["tables"]!])
      expect(typeof resource["path"]).toBe("string");
  });
});

describe("a reader that joins chunks with their files", () => {
  it("finds a member for every picture and table, after cleaning the path as clients do", () => {
    for (const chunk of chunks().filter((candidate) => candidate["type"] !== "text")) {
      const file = (chunk["metadata"] as Json)["file_path"] as string;
      expect(members.has(file.replace(/^(?:\/|\.\.\/)+/, ""))).toBe(true);
      expect(chunk["path"]).toBe(file);
    }
  });

  it("finds the very bytes of the pictures, under names that cannot leave the folder", () => {
    const images = [...members.keys()].filter((name) => name.startsWith("images/"));
    expect(images).toHaveLength(2);
    for (const name of images) {
      expect(name).toMatch(/^images\/IMAGE_[0-9a-f-]{36}\.(?:jpg|bin)$/);
      expect(members.get(name)!.equals(picture)).toBe(true);
    }
  });

  it("takes the file name without the path a client put before it", () => {
    expect(chunks().at(-1)!["path"]).toBe("Default_Root/a b.docx-->One / two");
  });
});

describe("the container", () => {
  it("is deflated, with fixed times, without directories, and equal in any time zone", async () => {
    const bytes = await readFile(path);
    let at = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    let entries = 0;
    while (at >= 0 && bytes.readUInt32LE(at) === 0x02014b50) {
      expect(bytes.readUInt16LE(at + 10)).toBe(8);
      expect(bytes.readUInt16LE(at + 12)).toBe(0);
      expect(bytes.readUInt16LE(at + 14)).toBe((1 << 5) | 1);
      const nameLength = bytes.readUInt16LE(at + 28);
      expect(bytes.subarray(at + 46, at + 46 + nameLength).toString()).not.toMatch(/\/$/);
      at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
      entries++;
    }
    expect(entries).toBe(members.size);
  });

  it("refuses to open a member that is not there", async () => {
    const zip = await openPackage(path);
    await expect(zip.open("nothing.json")).rejects.toThrow("nothing.json");
    expect(await text(await zip.open("full.md"))).toContain("# One / two");
    zip.close();
  });
});
