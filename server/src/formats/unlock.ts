/** Opens a source under a password before its format is looked at: what comes out is read like any other file. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decryptPackage, isEncryptedPackage } from "./ooxml/encryption.ts";
import type { Source } from "./reader.ts";

/**
 * The source itself, or, for an encrypted Office package and a password, a source over the decrypted bytes in `tempDir`.
 * Throws ENCRYPTED for a wrong password.
 */
export async function unlockSource(source: Source, password: string | undefined, tempDir: string): Promise<Source> {
  if (password === undefined || password === "") return source;
  const sealed = await source.bytes();
  if (!isEncryptedPackage(sealed)) return source;
  const bytes = await decryptPackage(sealed, password);
  const path = join(tempDir, "unlocked");
  await writeFile(path, bytes, { mode: 0o600 });
  return { path, fileName: source.fileName, sizeBytes: bytes.length, bytes: async () => bytes };
}
