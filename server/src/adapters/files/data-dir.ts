/** The data directory as a whole: there, ours, and able to take a file. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { StartRefused } from "../../ports/start-refused.ts";

/** More than a file system keeps beside its blocks, so that a full one shows. */
const probeBytes = 16 * 1024;

const cures: Record<string, string> = {
  ENOSPC: "The disk is full: free some space",
  EDQUOT: "The quota is used up: free some space",
  EROFS: "The file system is mounted read-only: mount it for writing",
};

/**
 * Makes the directory (0700) if need be and writes a probe file into it, gone again when this resolves.
 * Throws `StartRefused`, whose message names the cure, where that does not work.
 */
export async function ensureDataDir(dataDir: string): Promise<void> {
  const probe = join(dataDir, `.probe.${process.pid}.${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    try {
      const file = await open(probe, "wx", 0o600);
      try {
        await file.writeFile(Buffer.alloc(probeBytes));
        await file.sync();
      } finally {
        await file.close();
      }
    } finally {
      await rm(probe, { force: true });
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new StartRefused(
      `The data directory ${dataDir} cannot be written (${code}). ${cures[code] ?? "Make it writable for this user"}, or choose another with KNOWHERE_DATA_DIR.`,
      { cause: error },
    );
  }
}
