import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * The key under which URLs are signed: 32 random bytes in `<dataDir>/blob-secret` (mode 0600), made on the first start.
 * Two processes that start together end up with the same one. Deleting the file makes every signed URL void.
 */
export async function loadBlobSecret(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, "blob-secret");
  await mkdir(dataDir, { recursive: true });
  try {
    return await readSecret(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString("hex")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  // A link appears whole and never replaces the one that another process was quicker to make.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
  return readSecret(path);
}

async function readSecret(path: string): Promise<Buffer> {
  const text = (await readFile(path, "utf8")).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} does not hold 64 hex digits; delete it to make a new one`);
  return Buffer.from(text, "hex");
}
