/** Calls the corpus' own evaluator on the predictions of this run. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { CorpusDocument } from "./corpus.ts";

export interface ScoredDocument {
  readonly id: string;
  readonly source: string;
  readonly format: string;
  readonly kind: string;
  readonly scores: Readonly<Record<string, number | null>>;
}

/** Scores of exactly these documents; one without a prediction scores as an empty one. */
export async function scoreDocuments(
  evaluator: string,
  corpus: string,
  documents: readonly CorpusDocument[],
  predictions: string,
  jobs: number,
): Promise<ScoredDocument[]> {
  const folder = await mkdtemp(join(tmpdir(), "knowhere-scores-"));
  try {
    const manifest = join(folder, "manifest.json");
    const out = join(folder, "scores.json");
    await writeFile(manifest, JSON.stringify({ documents }));
    const args = [evaluator, "--manifest", manifest, "--root", resolve(corpus), "--pred", predictions, "--out", out];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, "--jobs", String(jobs)], {
      maxBuffer: 1 << 26,
    });
    if (!existsSync(out)) throw new Error(noScores(evaluator, stdout, stderr));
    return (JSON.parse(await readFile(out, "utf8")) as { documents: ScoredDocument[] }).documents;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Why nothing was scored, for the person who runs the bench: an evaluator may end without an error and without scores. */
function noScores(evaluator: string, stdout: string, stderr: string): string {
  const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-5).join("\n");
  return `The evaluator ${evaluator} ended without writing its scores file, so nothing was scored.${said === "" ? " It said nothing." : ` It said last:\n${said}`}`;
}

/** Means over the documents where the metric applies, by "source/format". */
export function meansOf(
  scored: readonly ScoredDocument[],
): Map<string, { documents: number; means: Record<string, number> }> {
  const groups = new Map<string, ScoredDocument[]>();
  for (const document of scored) {
    const key = `${document.source}/${document.format}`;
    groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return new Map(
    [...groups].map(([key, documents]) => {
      const means: Record<string, number> = {};
      for (const metric of new Set(documents.flatMap((document) => Object.keys(document.scores)))) {
        const values = documents
          .map((document) => document.scores[metric])
          .filter((value) => typeof value === "number");
        if (values.length > 0) means[metric] = values.reduce((sum, value) => sum + value, 0) / values.length;
      }
      return [key, { documents: documents.length, means }];
    }),
  );
}
