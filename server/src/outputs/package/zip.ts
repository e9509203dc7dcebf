/** Members -> ZIP bytes on disk. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { Member } from "./input.ts";

/**
 * The same for every entry, so that equal members give equal bytes. Local time on purpose: DOS times have no zone, and
 * yazl writes the local fields. 1980 is where DOS time begins.
 */
const entryTime = new Date(1980, 0, 1, 0, 0, 0);
const entryOptions = { mtime: entryTime, mode: 0o100644, forceDosTimestamp: true, compress: true } as const;

/** Writes the members in order, deflated, without directory entries; `onMember` hears of each before it is taken up. Leaves nothing behind when it fails. */
export async function writeZip(
  members: readonly Member[],
  path: string,
  onMember: (done: number, total: number) => void = () => {},
): Promise<{ bytes: number; sha256: string }> {
  const zip = new ZipFile();
  const hash = createHash("sha256");
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  zip.on("error", (error) => count.destroy(error as Error));
  for (const [done, { name, bytes: content }] of members.entries()) {
    onMember(done, members.length);
    zip.addBuffer(Buffer.from(content.buffer, content.byteOffset, content.byteLength), name, entryOptions);
  }
  zip.end();
  try {
    await pipeline(zip.outputStream, count, createWriteStream(path));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest("hex") };
}
