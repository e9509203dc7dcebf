/** A file for another program alone: it has no name any more when it is handed out, so that nothing is left of it whatever ends first. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Open for reading at its start; the caller closes it. Rejects where there is no room for temporary files. */
export async function openNameless(bytes: Uint8Array): Promise<FileHandle> {
  const path = join(tmpdir(), `knowhere-page-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  try {
    await unlink(path);
    // At a stated place, which leaves the file's own position at its start.
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
