/** A disk of a few megabytes that tests can fill up or make read-only: a tmpfs, which needs Linux, root and the right to mount. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  path: string;
  /** Writes until nothing more fits. */
  fill(): Promise<void>;
  /** Takes back what `fill` wrote. */
  free(): Promise<void>;
  setReadOnly(on: boolean): void;
  close(): Promise<void>;
}

const mount = (...parameters: string[]) => void execFileSync("mount", parameters, { stdio: "pipe" });
const unmount = (path: string) => void execFileSync("umount", ["--lazy", path], { stdio: "pipe" });

let obstacle: string | null | undefined;
/** Null when a small disk can be had here, else the reason for skipping what needs it. */
export function whyNoSmallDisk(): string | null {
  if (obstacle !== undefined) return obstacle;
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    obstacle = "a disk that can be filled up is mounted by root on Linux only";
    return obstacle;
  }
  const path = mkdtempSync(join(tmpdir(), "knowhere-disk-"));
  try {
    mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", path);
    unmount(path);
    obstacle = null;
  } catch {
    obstacle = "root may not mount a disk here";
  }
  rmSync(path, { recursive: true });
  return obstacle;
}

export async function openSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), "knowhere-disk-"));
  mount("-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0700`, "tmpfs", path);
  const ballast = join(path, "ballast");
  return {
    path,
    async fill() {
      const file = await open(ballast, "a");
      // Ever smaller pieces, down to the last block.
      for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
        for (;;) {
          const full = await file.write(Buffer.alloc(bytes)).then(
            ({ bytesWritten }) => bytesWritten < bytes,
            () => true,
          );
          if (full) break;
        }
      }
      await file.close();
    },
    free: () => rm(ballast, { force: true }),
    setReadOnly: (on) => mount("-o", `remount,${on ? "ro" : "rw"}`, path),
    async close() {
      unmount(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}
