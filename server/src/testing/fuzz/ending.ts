/** How the whole pipeline ends on some bytes, in this process. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { Problem, type ProblemName } from "@knowhere/contract";
import { defaultReadLimits } from "../../formats/reader.ts";
import { defaultParseOptions } from "../../jobs/options.ts";
import { runParse } from "../../pipeline/run.ts";
import { fakeOcr } from "./fake-ocr.ts";

/** Problems that say something about us instead of the document. */
export const ourProblems: ReadonlySet<ProblemName> = new Set([
  "INTERNAL_ERROR",
  "RESULT_CONTRACT_VIOLATION",
  "PARSE_DEADLINE",
  "MEMORY_LIMIT",
  "UNAVAILABLE",
]);

/** "done", the name of a problem of the document, or what went wrong with its stack. */
export async function endingOf(fileName: string, bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "knowhere-ending-"));
  const tempDir = await mkdtemp(join(folder, "temp-"));
  const sourcePath = join(folder, "source");
  try {
    await writeFile(sourcePath, bytes);
    await runParse(
      {
        jobId: "job_000000000000",
        dataId: null,
        fileName,
        fileExtension: extname(fileName),
        options: defaultParseOptions,
        sourcePath,
        resultPath: join(folder, "result.zip"),
        tempDir,
        limits: defaultReadLimits,
        engine: { languagesDir: folder, parallelPages: 1 },
        startedAt: new Date(0).toISOString(),
      },
      {
        signal: new AbortController().signal,
        onProgress: () => {},
        onConverting: () => {},
        openOcr: async () => fakeOcr,
        openOffice: async () => null,
      },
    );
    const strays = (await readdir(folder)).filter(
      (name) => !["source", "result.zip"].includes(name) && !name.startsWith("temp-"),
    );
    return strays.length === 0 ? "done" : `left ${strays.join(", ")}`;
  } catch (error) {
    if (error instanceof Problem && !ourProblems.has(error.problem)) return error.problem;
    return String((error as Error).stack);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
