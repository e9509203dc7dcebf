/**
 * Every fixture of every format against the tree that a person has read: `formats/<x>/fixtures/name.ext` and `name.json`.
 * `npm run golden -- --accept` writes the trees anew.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Document } from "@knowhere/contract";
import { afterAll, describe, expect, it } from "vitest";
import { finishDocument } from "../document/finish.ts";
import { detect } from "../formats/detect.ts";
import { readerFor } from "../formats/index.ts";
import { defaultReadLimits, defaultReadOptions } from "../formats/reader.ts";
import { openSource } from "../pipeline/source.ts";

const formats = join(dirname(dirname(fileURLToPath(import.meta.url))), "formats");
const fixtures = (readdirSync(formats, { recursive: true }) as string[]).filter(
  (path) => basename(dirname(path)) === "fixtures" && extname(path) !== "" && !path.endsWith(".tree.json"),
);
const accept = process.env["GOLDEN_ACCEPT"] === "1";
const tempDir = mkdtempSync(join(tmpdir(), "knowhere-golden-"));
afterAll(() => rmSync(tempDir, { recursive: true, force: true }));

async function readTree(path: string) {
  const source = await openSource(path, basename(path));
  const { format } = await detect(await source.bytes(), { fileName: source.fileName });
  const reader = await readerFor(format);
  const { document } = await reader.read(source, {
    options: defaultReadOptions,
    limits: defaultReadLimits,
    signal: new AbortController().signal,
    tempDir,
    progress: () => {},
    converting: () => {},
  });
  return finishDocument(document);
}

describe("golden trees", () => {
  it.each(fixtures)("%s", async (name) => {
    const path = join(formats, name);
    const expected = `${path}.tree.json`;
    const tree = await readTree(path);
    expect(Document.safeParse(tree).error).toBeUndefined();
    if (accept) writeFileSync(expected, `${JSON.stringify(tree, null, 2)}\n`);
    expect(JSON.parse(JSON.stringify(tree))).toEqual(JSON.parse(readFileSync(expected, "utf8")));
  });
});
