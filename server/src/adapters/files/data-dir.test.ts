import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSmallDisk, whyNoSmallDisk } from "../../testing/small-disk.ts";
import { ensureDataDir } from "./data-dir.ts";

const obstacle = whyNoSmallDisk();
const folder = await mkdtemp(join(tmpdir(), "knowhere-data-dir-"));
afterAll(() => rm(folder, { recursive: true }));

describe("the data directory", () => {
  it("is made for its owner's eyes only, and left as it was found", async () => {
    const path = join(folder, "deep", "data");
    await ensureDataDir(path);
    await ensureDataDir(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(await readdir(path)).toEqual([]);
  });

  it("is refused, with the cure, where it cannot be", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(ensureDataDir(join(folder, "file", "data"))).rejects.toThrow(
      /cannot be written \(ENOTDIR\)\. .*KNOWHERE_DATA_DIR/,
    );
  });

  it("is refused on a full or read-only disk, and taken when that is over", async (context) => {
    if (obstacle) return context.skip(obstacle);
    const disk = await openSmallDisk(1);
    const path = join(disk.path, "data");
    await ensureDataDir(path);
    await disk.fill();
    await expect(ensureDataDir(path)).rejects.toThrow(/\(ENOSPC\)\. The disk is full: free some space/);
    await disk.free();
    await ensureDataDir(path);
    disk.setReadOnly(true);
    await expect(ensureDataDir(path)).rejects.toThrow(/\(EROFS\)\. The file system is mounted read-only/);
    disk.setReadOnly(false);
    await ensureDataDir(path);
    expect(await readdir(path)).toEqual([]);
    await disk.close();
  });
});
