import { join } from "node:path";
import { addLanguage, inspectLanguages, removeLanguage } from "../app.ts";
import { readConfig } from "../config.ts";

const folder = () => join(readConfig().dataDir, "languages");

/** One code a line, with where its data come from. */
export async function listRecognitionLanguages(): Promise<void> {
  for (const { code, origin } of await inspectLanguages(folder())) process.stdout.write(`${code}\t${origin}\n`);
}

export async function addRecognitionLanguages(codes: string[]): Promise<void> {
  for (const code of codes) {
    await addLanguage(code, folder());
    process.stderr.write(`Added ${code}; use it with ocr_languages: ["${code}"]\n`);
  }
}

export async function removeRecognitionLanguage(code: string): Promise<void> {
  await removeLanguage(code, folder());
  process.stderr.write(`Removed ${code}\n`);
}
