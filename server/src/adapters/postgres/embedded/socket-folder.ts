/** The folder of the unix socket: inside the data directory, or a short private one when the path would be too long. */
import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartRefused } from "../../../ports/start-refused.ts";

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero. */
const maxSocketPathBytes = 103;
export const socketPort = 5432;
const socketName = `.s.PGSQL.${socketPort}`;

export interface SocketFolder {
  path: string;
  remove(): Promise<void>;
}

/** Makes the folder, mode 0700 and owned by `ownerUid`. */
export async function makeSocketFolder(dataDir: string, ownerUid: number): Promise<SocketFolder> {
  const path = socketFolderOf(await realpath(dataDir));
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const self = process.getuid?.() ?? 0;
  if (!found.isDirectory() || (found.uid !== self && found.uid !== ownerUid)) {
    throw new StartRefused(
      `${path} belongs to another user, so the database socket is not safe there. Remove it, or choose a shorter KNOWHERE_DATA_DIR.`,
    );
  }
  await chmod(path, 0o700);
  if (found.uid !== ownerUid) await chown(path, ownerUid, ownerUid);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Where the socket of the server on `dataDir` (a real path) is. */
export function socketFolderOf(dataDir: string, temporary: string = tmpdir()): string {
  const inside = join(dataDir, "socket");
  if (fits(inside)) return inside;
  const short = join(temporary, `knowhere-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`);
  if (fits(short)) return short;
  throw new StartRefused(
    `The paths of the data directory (${dataDir}) and of the temporary directory (${temporary}) are too long for a database socket. Choose a shorter KNOWHERE_DATA_DIR.`,
  );
}

const fits = (folder: string) => Buffer.byteLength(join(folder, socketName)) <= maxSocketPathBytes;
