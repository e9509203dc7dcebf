/** The sandbox of this program, and parsing one local file without server or database (`knowhere parse`). */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { JobStage } from "@knowhere/contract";
import type { Config } from "./config.ts";
import { defaultReadLimits } from "./formats/reader.ts";
import { defaultParseOptions } from "./jobs/options.ts";
import type { JobRecord, ParseOptions, ParseOutcome } from "./jobs/types.ts";
import { type OpenedPackage, openPackage } from "./outputs/package/index.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "./pipeline/sandbox.ts";

/** A sandbox of `size` children under the configured limits; their program lies built beside this one. */
export function openSandbox(
  config: Config,
  size: number,
  { log, model }: Pick<SandboxOptions, "log" | "model"> = {},
): Sandbox {
  return createSandbox({
    childPath: fileURLToPath(new URL("parse-child.mjs", import.meta.url)),
    size,
    timeoutMs: config.parseTimeoutMs,
    memoryMb: config.parseMemoryMb,
    limits: { ...defaultReadLimits, maxPages: config.maxPages },
    engine: { languagesDir: join(config.dataDir, "languages"), parallelPages: config.workers },
    ...(log ? { log } : {}),
    model,
  });
}

/** Changes with everything that shapes results: the built program, which names all its parts by their content, and the models. */
export async function identifyEngine({ llm }: Config): Promise<string> {
  const program = await readFile(new URL("parse-child.mjs", import.meta.url));
  const models = [llm?.baseUrl, llm?.model, llm?.visionModel];
  return createHash("sha256").update(program).update(JSON.stringify(models)).digest("hex");
}

export interface FileParse {
  path: string;
  fileName: string;
  /** Where the ZIP goes. */
  resultPath: string;
  options: Partial<ParseOptions>;
  signal: AbortSignal;
  onProgress(totalPages: number, processedPages: number, stage?: JobStage): void;
}
export interface ParsedFile {
  outcome: ParseOutcome;
  /** A text member of the package. */
  member(name: string): Promise<string>;
  /** Writes every member below `folder`; resolves with their names. */
  extract(folder: string): Promise<string[]>;
}
export interface FileParser {
  parse(task: FileParse): Promise<ParsedFile>;
  close(): Promise<void>;
}

export function createFileParser(config: Config, model?: SandboxOptions["model"]): FileParser {
  const sandbox = openSandbox(config, 1, { model });
  return {
    async parse({ path, fileName, resultPath, options, signal, onProgress }) {
      const now = new Date();
      const job = {
        jobId: "job_000000000000",
        dataId: null,
        fileName,
        fileExtension: extname(fileName).toLowerCase(),
        options: { ...defaultParseOptions, ...options },
        createdAt: now,
        startedAt: now,
      } as JobRecord;
      const outcome = await sandbox.parse({
        job,
        sourcePath: path,
        resultPath,
        signal,
        onProgress,
        onConverting: () => {},
      });
      return {
        outcome,
        member: (name) => usePackage(outcome.resultPath, async (members) => text(await members.open(name))),
        extract: (folder) =>
          usePackage(outcome.resultPath, async (members) => {
            for (const name of members.names) {
              const target = join(folder, name);
              await mkdir(dirname(target), { recursive: true });
              await pipeline(await members.open(name), createWriteStream(target));
            }
            return members.names;
          }),
      };
    },
    close: () => sandbox.close(),
  };
}

async function usePackage<T>(path: string, use: (members: OpenedPackage) => Promise<T>): Promise<T> {
  const members = await openPackage(path);
  try {
    return await use(members);
  } finally {
    members.close();
  }
}
