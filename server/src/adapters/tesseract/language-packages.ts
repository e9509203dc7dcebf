/** Adding and removing language data: npm packages `@tesseract.js-data/<code>` are fetched once and unpacked into the operator's folder. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { languageCode, listLanguages } from "./languages.ts";

/** Puts the package of a language below `folder`/node_modules. */
export type FetchPackage = (packageName: string, folder: string) => Promise<void>;

/** What the operator can mend: shown as it is. */
export class LanguageError extends Error {
  // The command line shows errors of this name without a stack.
  override name = "UsageError";
}

const fetchTimeoutMs = 300_000;
/** The largest published model has 20 MB. */
const maxModelBytes = 256 * 1024 * 1024;

/** With npm, which checks the package's integrity; no script of the package runs. */
const fetchWithNpm: FetchPackage = async (packageName, folder) => {
  const words = [
    "install",
    "--prefix",
    folder,
    "--ignore-scripts",
    "--no-save",
    "--no-audit",
    "--no-fund",
    packageName,
  ];
  // npm is a shell script on Windows; the words are our own and a checked code.
  await promisify(execFile)("npm", words, { timeout: fetchTimeoutMs, shell: process.platform === "win32" });
};

/**
 * Fetches the data of one language into `folder`; there is never half a file, and adding twice replaces it.
 * @throws LanguageError when the code is malformed, no such data is published, or the registry cannot be reached.
 */
export async function addLanguage(
  code: string,
  folder: string,
  fetchPackage: FetchPackage = fetchWithNpm,
): Promise<void> {
  if (!languageCode.test(code))
    throw new LanguageError(`'${code}' is no language code. Codes are Tesseract's, e.g. deu, fra, chi_sim.`);
  const packageName = `@tesseract.js-data/${code}`;
  const scratch = await mkdtemp(join(tmpdir(), "knowhere-language-"));
  try {
    await fetchPackage(packageName, scratch).catch((error) => {
      throw explain(error, code, packageName, folder);
    });
    const packed = join(scratch, "node_modules", packageName, "4.0.0_best_int", `${code}.traineddata.gz`);
    const model = await readFile(packed)
      .then((bytes) => gunzipSync(bytes, { maxOutputLength: maxModelBytes }))
      .catch((error) => {
        throw new LanguageError(`The package ${packageName} holds no usable data (${(error as Error).message}).`);
      });
    await mkdir(folder, { recursive: true });
    const draft = join(folder, `.${code}.${randomUUID()}`);
    await writeFile(draft, model);
    await rename(draft, join(folder, `${code}.traineddata`));
    // What engines unpacked before is of the old data.
    await rm(join(folder, "unpacked", `${code}.traineddata`), { force: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Removes added data. @throws LanguageError when it was not added (packaged languages stay). */
export async function removeLanguage(code: string, folder: string): Promise<void> {
  const file = join(folder, `${code}.traineddata`);
  if (!languageCode.test(code) || !(await readFile(file).catch(() => null))) {
    const packaged = (await listLanguages(folder)).includes(code);
    throw new LanguageError(
      packaged ? `${code} comes with Knowhere and stays.` : `${code} was not added; see: knowhere languages list`,
    );
  }
  await rm(file);
  await rm(join(folder, "unpacked", `${code}.traineddata`), { force: true });
}

function explain(error: unknown, code: string, packageName: string, folder: string): LanguageError {
  const text = `${(error as { stderr?: string }).stderr ?? ""} ${(error as Error).message}`;
  if (/\bE404\b|404 Not Found|No matching version/i.test(text))
    return new LanguageError(`There is no package ${packageName}: '${code}' is not among the published languages.`);
  const byHand = `Or put ${code}.traineddata into ${folder} by hand.`;
  if (/ENOENT.*npm|npm.*ENOENT|spawn npm/i.test(text))
    return new LanguageError(
      `npm was not found, and it fetches the language data. Install it, or run the command where it is. ${byHand}`,
    );
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|socket/i.test(text))
    return new LanguageError(
      `The package registry cannot be reached from here. Try again with a connection. ${byHand}`,
    );
  const reason = text.trim().split("\n").slice(-3).join(" ").slice(-300);
  return new LanguageError(`Fetching ${packageName} failed: ${reason} ${byHand}`);
}
