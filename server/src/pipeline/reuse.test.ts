import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JobRecord, ParseOutcome, ParseTask } from "../jobs/types.ts";
import { openPackage } from "../outputs/package/open.ts";
import { writeZip } from "../outputs/package/zip.ts";
import type { EarlierResults, Fingerprints } from "../ports/earlier-results.ts";
import { silentLog } from "../ports/log.ts";
import { jobRecord, jobResult } from "../testing/job-records.ts";
import { createReusingParse } from "./reuse.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-reuse-"));
});
afterAll(() => rm(folder, { recursive: true }));

let parses: number;
let made: number;
let noted: Map<string, { accountId: string } & Fingerprints>;
let cut: string[];
let breaks: boolean;
let done: Map<string, JobRecord>;
let warnings: ParseOutcome["warnings"];
beforeEach(() => {
  parses = 0;
  made = 0;
  noted = new Map();
  done = new Map();
  cut = [];
  breaks = false;
  warnings = [];
});

const earlier: EarlierResults = {
  async find(accountId, of, fingerprint) {
    const ids = [...noted].filter(([, each]) => each.accountId === accountId && each[of] === fingerprint);
    return ids.map(([jobId]) => done.get(jobId)).find((job) => job !== undefined) ?? null;
  },
  async note(jobId, accountId, fingerprints) {
    noted.set(jobId, { accountId, ...fingerprints });
  },
};
const open = (engine = "one") =>
  createReusingParse({
    earlier,
    engine,
    log: silentLog,
    clock: { now: () => new Date("2030-01-02T03:04:05Z"), sleep: async () => {} },
    blobs: { download: (key, path) => copyFile(key, path) },
    async parse({ job, resultPath, earlierPackagePath }) {
      if (earlierPackagePath === undefined) parses++;
      else {
        if (breaks) throw new Error("not a package");
        cut.push((await readFile(earlierPackagePath)).length > 0 ? job.jobId : "nothing");
      }
      const manifest = { job_id: job.jobId, data_id: job.dataId, processing: { page_count: 4 } };
      const written = await writeZip(
        [
          { name: "chunks.json", bytes: Buffer.from("{}") },
          { name: "manifest.json", bytes: Buffer.from(JSON.stringify(manifest)) },
        ],
        resultPath,
      );
      return { ...written, resultPath, warnings, statistics: jobResult().statistics, billablePages: 4 };
    },
  });

/** Runs a job to its end; `stays` false: its result is erased at once. */
async function run(fields: Partial<JobRecord> = {}, { bytes = "same", engine = "one", stays = true } = {}) {
  const number = String(++made).padStart(12, "0");
  const job = jobRecord({ jobId: `job_${number}`, ...fields });
  const resultPath = join(folder, `${number}.zip`);
  const sourcePath = join(folder, "source");
  await writeFile(sourcePath, bytes);
  const seen: number[] = [];
  const task = { job, sourcePath, resultPath, signal: new AbortController().signal } as ParseTask;
  const outcome = await open(engine)({
    ...task,
    onProgress: (total, processed) => seen.push(total, processed),
    onConverting: () => {},
  });
  const key = stays ? resultPath : join(folder, "erased");
  done.set(job.jobId, { ...job, status: "done", warnings: outcome.warnings, result: { ...jobResult(), key } });
  return { job, outcome, seen };
}

describe("the same input", () => {
  it("is parsed once; the second job has a package of its own with its own ids", async () => {
    const first = await run({ dataId: "a" });
    const second = await run({ dataId: "b" });
    const third = await run({ dataId: "c" });
    expect(parses).toBe(1);
    expect(second.outcome).toMatchObject({ statistics: first.outcome.statistics, billablePages: 4 });
    expect(second.seen).toEqual([second.outcome.statistics.total_pages, second.outcome.statistics.total_pages]);
    expect((await readFile(third.outcome.resultPath)).length).toBe(third.outcome.bytes);
    const opened = await openPackage(second.outcome.resultPath);
    expect(opened.names).toEqual(["chunks.json", "manifest.json"]);
    opened.close();
  });

  it.each([
    ["other bytes", {}, { bytes: "other" }],
    ["another name", { fileName: "other.pdf" }, {}],
    ["other options", { options: { ...jobRecord().options, pages: "1" } }, {}],
    ["another account", { accountId: "acc_two" }, {}],
    ["another engine", {}, { engine: "two" }],
    ["a request that says no", { options: { ...jobRecord().options, reuse: false as const } }, {}],
  ])("is not meant by %s", async (_what, fields, rest) => {
    await run();
    await run(fields, rest);
    expect(parses).toBe(2);
  });

  it("is parsed again when the earlier result is erased in between, or a model was missing", async () => {
    await run({}, { stays: false });
    await run();
    expect(parses).toBe(2);
    warnings = [{ code: "MODEL_NOT_AVAILABLE", message: "" }];
    await run({}, { bytes: "with model" });
    await run({}, { bytes: "with model" });
    expect(parses).toBe(4);
  });
});

describe("input that only wants other chunks", () => {
  const base = jobRecord().options;
  const other = { ...base, chunking: { strategy: "tokens" as const, maxTokens: 64, overlapTokens: 0 } };

  it("is cut from the tree of the earlier job, and its own result is used again like any other", async () => {
    await run();
    const second = await run({ options: other });
    expect([parses, cut]).toEqual([1, [second.job.jobId]]);
    expect(second.seen).toEqual([second.outcome.statistics.total_pages, second.outcome.statistics.total_pages]);
    await run({ options: other });
    await run({ options: { ...base, kbDir: "Shelf" } });
    expect([parses, cut.length]).toEqual([1, 2]);
  });

  it.each([
    ["says no", { ...other, reuse: false as const }],
    ["lets a model write", { ...other, summaryUseLlm: true }],
    ["reads other pages", { ...other, pages: "1" }],
    ["keeps furniture, whose pictures the earlier package may lack", { ...other, furniture: "keep" as const }],
  ])("is parsed when the request %s", async (_what, options) => {
    await run();
    await run({ options });
    expect([parses, cut]).toEqual([2, []]);
  });

  it("is parsed when the earlier package cannot be read", async () => {
    await run();
    breaks = true;
    await run({ options: other });
    expect(parses).toBe(2);
  });
});
