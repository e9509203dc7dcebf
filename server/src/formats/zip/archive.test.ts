import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zipOf } from "../../testing/read-source.ts";
import { openZip, type ZipArchive, type ZipLimits } from "./archive.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-zip-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let count = 0;
async function open(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): Promise<ZipArchive> {
  const path = join(folder, `${++count}.zip`);
  await writeFile(path, bytes);
  return openZip(path, { maxUnpackedBytes: 64 * 1024 * 1024, ...limits });
}
const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => "no problem",
    (error) => `${error.problem} ${error.details?.limit ?? ""}`.trim(),
  );
const text = async (archive: ZipArchive, name: string) => Buffer.from(await archive.read(name)).toString();

describe("openZip", () => {
  it("reads entries by name, in any letter case", async () => {
    const archive = await open(await zipOf({ "word/Document.xml": "hello" }));
    expect(await text(archive, "word/document.XML")).toBe("hello");
    archive.close();
  });

  it("takes names that climb out of the folder as plain keys", async () => {
    const bytes = Buffer.from(await zipOf({ "aa/bb/evil.txt": "x" }));
    // The builder refuses such names, so they are patched in, here and in the directory.
    for (let at = bytes.indexOf("aa/bb/"); at >= 0; at = bytes.indexOf("aa/bb/", at))
      bytes.write("../../", at, "latin1");
    const archive = await open(bytes);
    expect(archive.names).toEqual(["../../evil.txt"]);
    expect(archive.has("evil.txt")).toBe(false);
    archive.close();
  });

  it("refuses a file that is cut off", async () => {
    const bytes = await zipOf({ "a.xml": "x".repeat(5000) });
    expect(await problemOf(open(bytes.subarray(0, bytes.length - 30)))).toBe("PARSING_FAILED");
  });

  it("refuses more entries than allowed", async () => {
    const bytes = await zipOf(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`${at}`, "x"])));
    expect(await problemOf(open(bytes, { maxEntries: 11 }))).toBe("LIMIT_EXCEEDED ZIP entries");
  });

  it("refuses entries that share the same bytes", async () => {
    const bytes = Buffer.from(await zipOf({ "a.xml": "first content", "b.xml": "second content" }));
    const second = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt32LE(0, second + 42);
    expect(await problemOf(open(bytes))).toBe("LIMIT_EXCEEDED overlapping ZIP entries");
  });

  it("stops at the unpacked size over all reads, counted as it inflates", async () => {
    const archive = await open(await zipOf({ "a.txt": "0123456789".repeat(10) }), { maxUnpackedBytes: 150 });
    await archive.read("a.txt");
    expect(await problemOf(archive.read("a.txt"))).toBe("LIMIT_EXCEEDED unpacked bytes");
    archive.close();
  });

  it("refuses a bomb by its declared ratio, and one that lies about it while it inflates", async () => {
    const bytes = Buffer.from(await zipOf({ "bomb.xml": new Uint8Array(8 * 1024 * 1024) }));
    const honest = await open(bytes);
    expect(await problemOf(honest.read("bomb.xml"))).toBe("LIMIT_EXCEEDED compression ratio");
    honest.close();
    const directory = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt32LE(10, directory + 24);
    const lying = await open(bytes);
    expect(await problemOf(lying.read("bomb.xml"))).toBe("LIMIT_EXCEEDED compression ratio");
    lying.close();
  });
});
