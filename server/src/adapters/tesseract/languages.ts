/**
 * Where Tesseract's language data are: in npm packages (eng and osd come with Knowhere), in a folder of the operator's
 * (`knowhere languages add` puts them there), and in the system's tessdata for a native Tesseract.
 */

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { problem } from "@knowhere/contract";

/** Codes as Tesseract spells them; nothing else may become part of a path. */
export const languageCode = /^[a-z]{3}(?:_[A-Za-z]{3,8}){0,2}$/;
const require = createRequire(import.meta.url);
const packaged = ["eng", "osd"];

/** The packaged, gzipped data of a language, or null. `best_int` reads as well as the full model at half the time. */
function findPackaged(code: string): string | null {
  try {
    return join(
      dirname(require.resolve(`@tesseract.js-data/${code}/package.json`)),
      "4.0.0_best_int",
      `${code}.traineddata.gz`,
    );
  } catch {
    return null;
  }
}

/** Codes available without the system's data: packaged ones and those in the operator's folder. */
export async function listLanguages(folder: string): Promise<string[]> {
  const own = await readdir(folder).catch(() => [] as string[]);
  const added = own
    .filter((name) => name.endsWith(".traineddata"))
    .map((name) => name.slice(0, -".traineddata".length));
  return [...new Set([...packaged.filter((code) => findPackaged(code) !== null), ...added])].sort();
}

/** The same with where each comes from. */
export async function inspectLanguages(folder: string): Promise<{ code: string; origin: "packaged" | "added" }[]> {
  const own = new Set(await readdir(folder).catch(() => [] as string[]));
  return (await listLanguages(folder))
    .filter((code) => code !== "osd")
    .map((code) => ({ code, origin: own.has(`${code}.traineddata`) ? "added" : "packaged" }));
}

/** The unpacked data of one language. Rejects with OCR_LANGUAGE_MISSING. */
export async function readLanguage(code: string, folder: string): Promise<Uint8Array> {
  if (!languageCode.test(code)) throw problem("OCR_LANGUAGE_MISSING", { language: code });
  const added = await readFile(join(folder, `${code}.traineddata`)).catch(() => null);
  if (added) return added;
  const path = findPackaged(code);
  if (!path) throw problem("OCR_LANGUAGE_MISSING", { language: code });
  return gunzipSync(await readFile(path));
}

/**
 * Fills `target` with the data of `codes`, so that a native Tesseract finds them in one folder:
 * links to the system's data where they exist, else copies of ours.
 */
export async function gatherLanguages(
  codes: readonly string[],
  folder: string,
  systemFolder: string | null,
  target: string,
): Promise<void> {
  await mkdir(target, { recursive: true });
  const present = new Set(await readdir(target));
  const system = new Set(systemFolder ? await readdir(systemFolder).catch(() => [] as string[]) : []);
  for (const code of codes) {
    const name = `${code}.traineddata`;
    if (present.has(name)) continue;
    // Made under another name first: several parses may gather at once, and none must see half a file.
    const draft = join(target, `${name}.${randomUUID()}`);
    if (systemFolder && system.has(name)) await symlink(join(systemFolder, name), draft);
    else await writeFile(draft, await readLanguage(code, folder));
    await rename(draft, join(target, name));
  }
}
