/**
 * `npm run bench:quality -- [options]`: parses a corpus with the server's readers, scores the Markdown with the corpus'
 * evaluator and prints the means beside those of other engines.
 */

import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type CorpusDocument, chooseDocuments, defaultCorpus, findEvaluator, readCorpus } from "./corpus.ts";
import { ensureLanguages } from "./languages.ts";
import { runPool } from "./pool.ts";
import type { ParseAnswer, ParseRequest, ParseSettings } from "./protocol.ts";
import { groupTable, type Peers, type SourceFacts, worstTable } from "./report.ts";
import { meansOf, type ScoredDocument, scoreDocuments } from "./scoring.ts";

const usage = `npm run bench:quality -- [--corpus DIR] [--source S[,S]] [--format F] [--kind K] [--ids a,b] [--jobs N]
  [--timeout SECONDS] [--worst N] [--ocr] [--furniture drop|keep] [--all-content] [--save NAME]
  --ids         whole ids or their ends          --worst N     also print the N worst documents of each group
  --ocr         recognise text in pictures       --save NAME   write the means to bench/scores/NAME.json
  --furniture   override the source's setting    --all-content web pages whole instead of their main content`;

interface SourceEntry extends SourceFacts {
  readonly ocr?: boolean;
  readonly ocrLanguages?: readonly string[];
  /** Data that are to be there for pages to choose from, without being named. */
  readonly ocrData?: readonly string[];
  readonly options?: { furniture?: "drop" | "keep"; images?: "link" | "omit" };
}

const bench = fileURLToPath(new URL("..", import.meta.url));

async function main(): Promise<number> {
  const { values: args } = parseArgs({
    options: {
      corpus: { type: "string", default: resolve(bench, "..", defaultCorpus) },
      source: { type: "string" },
      format: { type: "string" },
      kind: { type: "string" },
      ids: { type: "string" },
      jobs: { type: "string", default: "2" },
      timeout: { type: "string", default: "120" },
      worst: { type: "string" },
      ocr: { type: "boolean", default: false },
      furniture: { type: "string" },
      "all-content": { type: "boolean", default: false },
      save: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (args.help) {
    console.log(usage);
    return 0;
  }
  const sources = await readJson<Record<string, SourceEntry>>("sources.json");
  const peers = await readJson<Peers & { goalsWithOcr: Peers["goals"] }>("peers.json");
  const wanted = { source: args.source, format: args.format, kind: args.kind, ids: args.ids?.split(",") };
  const chosen = chooseDocuments(readCorpus(args.corpus), wanted);
  // Without OCR there is nothing to measure on pictures, so they are left out unless asked for by name.
  const measurable = chosen.filter(
    (document) =>
      args.ocr || args.ids !== undefined || sources[document.source]?.ocr !== true || document.format === "pdf",
  );
  const documents = args.ocr ? await leaveOutUnreadable(measurable, sources) : measurable;
  if (documents.length === 0) throw new Error("No document of the corpus fits these options (pictures need --ocr).");

  const predictions = join(bench, "predictions");
  await mkdir(predictions, { recursive: true });
  const settingsOf = (document: CorpusDocument): ParseSettings => {
    const entry = sources[document.source];
    return {
      furniture: (args.furniture as "drop" | "keep" | undefined) ?? entry?.options?.furniture ?? "drop",
      images: entry?.options?.images ?? "link",
      ocr: args.ocr,
      ocrLanguages: entry?.ocrLanguages ?? [],
      mainContent: !args["all-content"],
    };
  };
  const answers = await parseAll(
    documents,
    args.corpus,
    predictions,
    settingsOf,
    Number(args.jobs),
    Number(args.timeout) * 1000,
  );
  printParsing(answers);

  const evaluator = findEvaluator(args.corpus);
  if (evaluator === undefined) {
    console.log(`No evaluate.mjs beside the corpus: predictions are in ${predictions}, but nothing was scored.`);
    return 0;
  }
  const scored = await scoreDocuments(evaluator, args.corpus, documents, predictions, Number(args.jobs));
  printScores(scored, answers, sources, goalsFor(peers, args.ocr), args.worst === undefined ? 0 : Number(args.worst));
  if (args.save !== undefined) await save(args.save, scored, answers, args.ocr);
  return 0;
}

/** The documents without those in languages whose data cannot be fetched; says which were left out and why. */
async function leaveOutUnreadable(
  documents: readonly CorpusDocument[],
  sources: Readonly<Record<string, SourceEntry>>,
): Promise<CorpusDocument[]> {
  const languagesOf = ({ source }: CorpusDocument) => [
    ...(sources[source]?.ocrLanguages ?? []),
    ...(sources[source]?.ocrData ?? []),
  ];
  const missing = await ensureLanguages(documents.flatMap(languagesOf));
  for (const [code, reason] of missing) {
    const names = new Set(documents.filter((document) => languagesOf(document).includes(code)).map((d) => d.source));
    console.log(`Not measured: ${[...names].join(", ")}. The recognition data '${code}' could not be had: ${reason}`);
  }
  return documents.filter((document) => !languagesOf(document).some((code) => missing.has(code)));
}

/** With recognition some goals are higher: pages without a text layer can be read. */
function goalsFor(peers: Peers & { goalsWithOcr: Peers["goals"] }, ocr: boolean): Peers {
  if (!ocr) return peers;
  const higher = Object.entries(peers.goalsWithOcr).map(([key, goals]) => [key, { ...peers.goals[key], ...goals }]);
  return { ...peers, goals: { ...peers.goals, ...Object.fromEntries(higher) } };
}

async function parseAll(
  documents: readonly CorpusDocument[],
  corpus: string,
  predictions: string,
  settingsOf: (document: CorpusDocument) => ParseSettings,
  jobs: number,
  timeoutMs: number,
): Promise<ParseAnswer[]> {
  const requests = documents.map(
    (document): ParseRequest => ({
      id: document.id,
      file: resolve(corpus, document.file),
      format: document.format,
      output: join(predictions, `${document.id}.md`),
      options: settingsOf(document),
    }),
  );
  // An old prediction must never be scored in the place of a failure.
  await Promise.all(requests.map((request) => rm(request.output, { force: true })));
  const onAnswer = (answer: ParseAnswer, done: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done}/${requests.length} ${answer.id}\x1b[K`);
  };
  const answers = await runPool(requests, { jobs, timeoutMs, onAnswer });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return answers;
}

function printParsing(answers: readonly ParseAnswer[]): void {
  const good = answers.filter((answer) => answer.error === undefined);
  const pages = good.reduce((sum, answer) => sum + answer.pages, 0);
  const ms = good.reduce((sum, answer) => sum + answer.ms, 0);
  const rss = Math.max(0, ...answers.map((answer) => answer.rssMb));
  console.log(
    `${good.length} of ${answers.length} documents parsed, ${pages} pages, ${(ms / Math.max(1, pages)).toFixed(1)} ms/page, peak ${rss} MB`,
  );
  const failures = answers.filter((answer) => answer.error !== undefined);
  for (const answer of failures.slice(0, 20)) console.log(`  failed ${answer.id}: ${answer.error}`);
  if (failures.length > 20) console.log(`  … and ${failures.length - 20} more`);
}

function printScores(
  scored: readonly ScoredDocument[],
  answers: readonly ParseAnswer[],
  sources: Readonly<Record<string, SourceEntry>>,
  peers: Peers,
  worst: number,
): void {
  const failed = new Set(answers.filter((answer) => answer.error !== undefined).map((answer) => answer.id));
  for (const [key, group] of meansOf(scored)) {
    const documents = scored.filter((document) => `${document.source}/${document.format}` === key);
    const entry = sources[documents[0]!.source] ?? { title: "", metrics: Object.keys(group.means) };
    const failures = documents.filter((document) => failed.has(document.id)).length;
    console.log(`\n${groupTable(key, entry, group, failures, peers)}`);
    if (worst > 0)
      console.log(
        worstTable(
          documents,
          entry.metrics.filter((metric) => metric in group.means),
          worst,
        ),
      );
  }
  console.log("\n* below the goal. (p) published predictions, scored again.");
}

async function save(
  name: string,
  scored: readonly ScoredDocument[],
  answers: readonly ParseAnswer[],
  ocr: boolean,
): Promise<void> {
  const round = (value: number) => Math.round(value * 10_000) / 10_000;
  const groups = Object.fromEntries(
    [...meansOf(scored)].map(([key, group]) => [
      key,
      {
        documents: group.documents,
        ...Object.fromEntries(Object.entries(group.means).map(([metric, value]) => [metric, round(value)])),
      },
    ]),
  );
  const failures = answers.filter((answer) => answer.error !== undefined).map((answer) => answer.id);
  const file = join(bench, "scores", `${name.replace(/[^\w.-]/g, "-")}.json`);
  await mkdir(join(bench, "scores"), { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(file, `${JSON.stringify({ date, ocr, node: process.version, groups, failures }, null, 2)}\n`);
  console.log(`saved ${file}`);
}

async function readJson<T>(name: string): Promise<T> {
  const file = join(bench, name);
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  return JSON.parse(await readFile(file, "utf8")) as T;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
