/** Answers of models by what was asked, in a folder: the same document again costs nothing. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelRequest } from "../../ports/model.ts";

const maxAnswers = 50_000;

export interface AnswerCache {
  find(key: string): Promise<unknown>;
  keep(key: string, value: unknown): Promise<void>;
  /** Removes old answers, and the oldest beyond the limit. */
  prune(nowMs: number): Promise<void>;
}

/** The key of what decides the answer: model, prompt with its version, and all of the input. */
export function keyOf(model: string, { prompt, system, text, image, schema }: ModelRequest): string {
  const hash = createHash("sha256").update(JSON.stringify([model, prompt, system, text, schema]));
  if (image) hash.update(image.bytes);
  return hash.digest("hex");
}

/** The same for vectors of texts. */
export function keyOfTexts(model: string, texts: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify(["embeddings", model, texts]))
    .digest("hex");
}

/** Keeps nothing when `keepMs` is 0. */
export function createAnswerCache(folder: string, keepMs: number): AnswerCache {
  const pathOf = (key: string) => join(folder, `${key}.json`);
  return {
    async find(key) {
      if (keepMs === 0) return undefined;
      try {
        return (JSON.parse(await readFile(pathOf(key), "utf8")) as { value: unknown }).value;
      } catch {
        return undefined;
      }
    },
    async keep(key, value) {
      if (keepMs === 0) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `.${key}.${randomUUID()}`);
      await writeFile(draft, JSON.stringify({ value }), { mode: 0o600 });
      await rename(draft, pathOf(key));
    },
    async prune(nowMs) {
      const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => name.endsWith(".json"));
      const dated: { name: string; at: number }[] = [];
      for (const name of names) {
        const facts = await stat(join(folder, name)).catch(() => null);
        if (facts) dated.push({ name, at: facts.mtimeMs });
      }
      dated.sort((a, b) => b.at - a.at);
      const old = dated.filter(({ at }, index) => index >= maxAnswers || nowMs - at >= keepMs);
      for (const { name } of old) await rm(join(folder, name), { force: true });
    },
  };
}
