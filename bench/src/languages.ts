/** The recognition data that the benches use: in one folder, fetched once as `knowhere languages add` does. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addLanguage } from "../../server/src/adapters/tesseract/language-packages.ts";
import { listLanguages } from "../../server/src/adapters/tesseract/languages.ts";

export const benchLanguagesDir = join(tmpdir(), "knowhere-bench-languages");

/**
 * Fetches the data that are neither packaged nor fetched before.
 * @returns for each code that could not be had, why.
 */
export async function ensureLanguages(codes: Iterable<string>): Promise<Map<string, string>> {
  const missing = new Map<string, string>();
  const present = await listLanguages(benchLanguagesDir);
  for (const code of new Set(codes)) {
    if (present.includes(code)) continue;
    await addLanguage(code, benchLanguagesDir).catch((error: Error) => missing.set(code, error.message));
  }
  return missing;
}
