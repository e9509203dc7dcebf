import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPackage } from "./open.ts";
import { readdressPackage } from "./readdress.ts";
import { writeZip } from "./zip.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-readdress-"));
});
afterAll(() => rm(folder, { recursive: true }));

const address = { jobId: "job_new", dataId: null, startedAt: "2030-01-02T03:04:05.678Z", durationMs: 3 };
const manifest = {
  job_id: "job_old",
  data_id: "a much longer identifier than the new one",
  processing_date: "2029-01-01T00:00:00.000Z",
  processing: { page_count: 7, timing: {}, engine: { name: "knowhere", version: "0" } },
  warnings: [],
};
const write = (name: string, last = "manifest.json") =>
  writeZip(
    [
      { name: "chunks.json", bytes: Buffer.from('{"chunks":[]}') },
      { name: "images/IMAGE_1.png", bytes: Buffer.alloc(100_000, 7) },
      { name: last, bytes: Buffer.from(JSON.stringify(manifest)) },
    ],
    join(folder, name),
  );

it("keeps every member but the manifest, which names the new job", async () => {
  await write("old.zip");
  const to = join(folder, "new.zip");
  const made = await readdressPackage(join(folder, "old.zip"), to, address);
  const bytes = await readFile(to);
  expect([bytes.length, createHash("sha256").update(bytes).digest("hex")]).toEqual([made.bytes, made.sha256]);
  const [before, after] = [await openPackage(join(folder, "old.zip")), await openPackage(to)];
  expect(after.names).toEqual(before.names);
  for (const name of ["chunks.json", "images/IMAGE_1.png"])
    expect((await buffer(await after.open(name))).equals(await buffer(await before.open(name)))).toBe(true);
  const read = await json(await after.open("manifest.json"));
  expect(read).toEqual(made.manifest);
  expect(read).toMatchObject({
    job_id: "job_new",
    data_id: null,
    processing_date: address.startedAt,
    processing: { page_count: 7, timing: { completed_at: "2030-01-02T03:04:05.681Z" } },
  });
  before.close();
  after.close();
});

it("can be done again with what it made", async () => {
  const first = await write("one.zip");
  const once = await readdressPackage(join(folder, "one.zip"), join(folder, "two.zip"), address);
  const twice = await readdressPackage(join(folder, "two.zip"), join(folder, "three.zip"), address);
  expect(twice.sha256).toBe(once.sha256);
  expect(once.sha256).not.toBe(first.sha256);
});

it("refuses what is not laid out as a package, and leaves nothing behind", async () => {
  await write("strange.zip", "other.json");
  await write("short.zip");
  await writeFile(join(folder, "short.zip"), (await readFile(join(folder, "short.zip"))).subarray(0, -30));
  await writeFile(join(folder, "empty.zip"), "");
  for (const name of ["strange.zip", "short.zip", "empty.zip"]) {
    await expect(readdressPackage(join(folder, name), join(folder, "never.zip"), address)).rejects.toThrow();
    await expect(readFile(join(folder, "never.zip"))).rejects.toThrow("ENOENT");
  }
});
