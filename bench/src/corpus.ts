/** The corpus: which documents there are, and which of them this run wants. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface CorpusDocument {
  readonly id: string;
  /** Relative to the manifest. */
  readonly file: string;
  readonly gt: string;
  readonly format: string;
  readonly kind: string;
  readonly source: string;
}
export interface Wanted {
  readonly source?: string | undefined;
  readonly format?: string | undefined;
  readonly kind?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** Where the corpus lies when nobody says otherwise: beside the checkout. */
export const defaultCorpus = "../shared/eval/corpora/dev";

/** Reads `manifest.json` of a corpus folder. Throws a plain sentence when there is none. */
export function readCorpus(folder: string): CorpusDocument[] {
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest)) {
    throw new Error(
      `There is no corpus at ${resolve(folder)} (no manifest.json). Give another folder with --corpus DIR.`,
    );
  }
  const read = JSON.parse(readFileSync(manifest, "utf8")) as CorpusDocument[] | { documents: CorpusDocument[] };
  return Array.isArray(read) ? read : read.documents;
}

/** The documents asked for; an id may be given by its end ("141" for "odl-01030000000141"). */
export function chooseDocuments(documents: readonly CorpusDocument[], wanted: Wanted): CorpusDocument[] {
  const sources = wanted.source?.split(",");
  return documents.filter(
    (document) =>
      (sources === undefined || sources.includes(document.source)) &&
      (wanted.format === undefined || document.format === wanted.format) &&
      (wanted.kind === undefined || document.kind === wanted.kind) &&
      (wanted.ids === undefined || wanted.ids.some((id) => document.id === id || document.id.endsWith(id))),
  );
}

/** The evaluator that belongs to a corpus: `evaluate.mjs` in one of the folders above it; undefined when absent. */
export function findEvaluator(folder: string): string | undefined {
  for (let at = resolve(folder), n = 0; n < 4; at = dirname(at), n++) {
    const file = join(at, "evaluate.mjs");
    // The evaluator asks whether it is the program by its own path: through a link it would not know itself.
    if (existsSync(file)) return realpathSync(file);
  }
  return undefined;
}
