import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { docxOf, p, pptxOf, shape } from "./ooxml-builder.ts";
import { readSource, rowOf, workbookOf, zipOf } from "./read-source.ts";

const formats = fileURLToPath(new URL("../formats", import.meta.url));
/** Larger fixtures take too long to be read again and again. */
const largestBytes = 60_000;
const rounds = 6;
const limits = { maxPages: 20 };

/** Numbers from 0 below 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Cut off, flipped here and there, a stretch said many times over, or a stretch of noise. */
function damage(whole: Uint8Array, round: number): Uint8Array {
  const random = randomOf(round);
  const at = Math.floor(random() * whole.length);
  const stretch = whole.subarray(at, at + 1 + Math.floor(random() * 200));
  const bytes = Uint8Array.from(whole);
  switch (round % 4) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      for (let flip = 0; flip < 8; flip++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      return bytes;
    case 2:
      return Buffer.concat([whole.subarray(0, at), ...Array.from({ length: 500 }, () => stretch), whole.subarray(at)]);
    default:
      for (let offset = 0; offset < stretch.length; offset++) bytes[at + offset] = Math.floor(random() * 256);
      return bytes;
  }
}

async function listFixtures(): Promise<[string, () => Promise<Uint8Array>][]> {
  const found: [string, () => Promise<Uint8Array>][] = [];
  for (const entry of await readdir(formats, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !entry.parentPath.endsWith("fixtures") || /\.(golden|tree)?\.?json$/.test(entry.name))
      continue;
    if ((await stat(path)).size <= largestBytes) found.push([entry.name, () => readFile(path)]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

const built: [string, () => Promise<Uint8Array>][] = [
  ["built.docx", () => docxOf({ body: p("one") + p("two") })],
  ["built.pptx", () => pptxOf({ slides: [{ shapes: shape("T", '<p:ph type="title"/>') + shape("x") }] })],
  ["built.xlsx", () => workbookOf([{ rows: rowOf(1, ["a", 1]) + rowOf(2, ["b", 2]) }])],
];

const endingOf = (name: string, bytes: Uint8Array) =>
  readSource(name, bytes, { limits }).then(
    () => "read",
    (error: unknown) => (error instanceof Problem ? "problem" : `${(error as Error).stack}`),
  );

const fixtures = await listFixtures();

describe("hostile input", () => {
  it.each([...fixtures, ...built])(
    "%s ends in a tree or a named problem, however it is damaged",
    async (name, load) => {
      const whole = await load();
      for (let round = 0; round < rounds; round++) {
        const ending = await endingOf(name, damage(whole, round));
        expect(`round ${round}: ${ending}`).toMatch(/: (read|problem)$/);
      }
    },
  );

  it.each([
    ["deep.html", `${"<div>".repeat(50_000)}x`],
    ["deep.md", `${">".repeat(20_000)} x`],
    ["lists.md", Array.from({ length: 500 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n")],
    ["deep.json", `${"[".repeat(100_000)}1${"]".repeat(100_000)}`],
    ["deep.yaml", `${"[".repeat(20_000)}`],
    ["deep.xml", `${"<a>".repeat(50_000)}x${"</a>".repeat(50_000)}`],
    [
      "bomb.xml",
      '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]><a>&d;</a>',
    ],
    ["deep.rtf", `{\\rtf1${"{".repeat(100_000)}x`],
    ["wide.csv", `${",".repeat(100_000)}\n`],
    ["nul.txt", "\0".repeat(1000)],
    ["empty.pdf", ""],
    ["lie.docx", "%PDF-1.7\n"],
  ])("%s, nested or lying, ends in a tree or a named problem", async (name, content) => {
    expect(await endingOf(name, Buffer.from(content))).toMatch(/^(read|problem)$/);
  });

  it("does not unpack a member that is far larger than it says it may be", async () => {
    const bomb = await zipOf({
      "[Content_Types].xml": "<Types/>",
      "word/document.xml": Buffer.alloc(300 * 1024 * 1024, 0x20),
    });
    expect(await endingOf("bomb.docx", bomb)).toBe("problem");
  });
});
