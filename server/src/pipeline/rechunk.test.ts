import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Document } from "@knowhere/contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultReadLimits } from "../formats/reader.ts";
import { defaultParseOptions } from "../jobs/options.ts";
import type { ParseOptions } from "../jobs/types.ts";
import { openPackage, readStoredTree, writePackage } from "../outputs/package/index.ts";
import { randomDocument } from "../testing/random-tree.ts";
import { type ParsePorts, runParse } from "./run.ts";
import type { ParseInput } from "./task.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-rechunk-"));
});
afterAll(() => rm(folder, { recursive: true }));

const otherOptions: Partial<ParseOptions> = {
  chunking: { strategy: "tokens", maxTokens: 64, overlapTokens: 8 },
  kbDir: "Library/Shelf",
  summaryText: false,
  summaryImage: false,
};
const ports: ParsePorts = {
  signal: new AbortController().signal,
  onProgress: () => {},
  onConverting: () => {},
  openOcr: async () => null,
  openOffice: async () => null,
};
const from = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Every member by name; what names the job or the time is taken out of the manifest. */
async function readMembers(path: string): Promise<Map<string, string>> {
  const opened = await openPackage(path);
  const members = new Map<string, string>();
  for (const name of opened.names) {
    if (name === "manifest.json") {
      const manifest = JSON.parse(await text(await opened.open(name)));
      manifest.processing.timing = null;
      members.set(name, JSON.stringify(manifest, null, 1));
    } else members.set(name, (await buffer(await opened.open(name))).toString("utf8"));
  }
  opened.close();
  return members;
}

describe("chunks cut from a stored tree", () => {
  it.each([
    "../../../examples/report.pdf",
    "../formats/rtf/fixtures/letter.rtf",
    "../formats/text/fixtures/chapters.txt",
    "../formats/yaml/fixtures/settings.yaml",
  ])("are those of a parse with these options: %s", async (file) => {
    const run = (resultPath: string, options: Partial<ParseOptions>, earlierPackagePath?: string) => {
      const input: ParseInput = {
        jobId: "job_000000000001",
        dataId: null,
        fileName: basename(file),
        fileExtension: extname(file),
        options: { ...defaultParseOptions, ...options },
        // With an earlier package the source is not looked at.
        sourcePath: earlierPackagePath === undefined ? from(file) : join(folder, "nowhere"),
        resultPath: join(folder, resultPath),
        tempDir: folder,
        limits: defaultReadLimits,
        engine: { languagesDir: folder, parallelPages: 1 },
        startedAt: "2030-01-02T03:04:05.000Z",
        earlierPackagePath,
      };
      return runParse(input, ports);
    };
    const earlier = await run("earlier.zip", {});
    const parsed = await run("parsed.zip", otherOptions);
    const cut = await run("cut.zip", otherOptions, earlier.resultPath);
    expect(await readMembers(cut.resultPath)).toEqual(await readMembers(parsed.resultPath));
    expect(await readMembers(cut.resultPath)).not.toEqual(await readMembers(earlier.resultPath));
    expect([cut.statistics, cut.warnings, cut.billablePages]).toEqual([
      parsed.statistics,
      JSON.parse(JSON.stringify(parsed.warnings)),
      parsed.billablePages,
    ]);
  });

  it("are so for any tree, with pictures that have a file and pictures that have none", async () => {
    await fc.assert(
      fc.asyncProperty(randomDocument, fc.boolean(), async (random, withFiles) => {
        // Readers share no node between two places of a tree, random trees may.
        const copy = () => JSON.parse(JSON.stringify(random)) as Document;
        const document = copy();
        const assets = new Map(
          withFiles ? document.assets.map(({ id }) => [id, new TextEncoder().encode(`bytes of ${id}`)]) : [],
        );
        const write = async (name: string, tree: Document, bytes: Map<string, Uint8Array>, options: object) => {
          const path = join(folder, name);
          await writePackage(
            {
              document: tree,
              assets: bytes,
              jobId: "job_000000000001",
              dataId: null,
              sourceFileName: "random.pdf",
              startedAt: "2030-01-02T03:04:05.000Z",
              durationMs: 1,
              engine: { name: "knowhere", version: "1" },
              options: { ...defaultParseOptions, ...options },
            },
            path,
          );
          return path;
        };
        const earlier = await write("a.zip", copy(), assets, {});
        const stored = await readStoredTree(earlier);
        const cut = await write("b.zip", stored.document, stored.assets, otherOptions);
        const parsed = await write("c.zip", copy(), assets, otherOptions);
        expect(await readMembers(cut)).toEqual(await readMembers(parsed));
      }),
      { numRuns: 20 },
    );
  });
});
