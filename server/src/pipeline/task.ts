/** One parse as it crosses the process border: plain values only. */
import type { Details, JobStage, ProblemName } from "@knowhere/contract";
import type { ReadLimits } from "../formats/reader.ts";
import type { ParseOptions, ParseOutcome } from "../jobs/types.ts";
import type { ModelNames } from "../ports/model.ts";
import type { AnswerMessage, AskMessage } from "./model-line.ts";

/** What the child opens its engines with. */
export interface EngineSettings {
  /** OCR language data that the operator added. */
  languagesDir: string;
  /** Pages recognised side by side. */
  parallelPages: number;
}

export interface ParseInput {
  jobId: string;
  dataId: string | null;
  fileName: string;
  /** Lower case with the dot: what the name or the URL claims. */
  fileExtension: string;
  options: ParseOptions;
  sourcePath: string;
  resultPath: string;
  /** A package of the same source: only its tree is cut anew, the source is not read. */
  earlierPackagePath?: string | undefined;
  /** Private to this parse; made and removed by the sandbox. */
  tempDir: string;
  limits: ReadLimits;
  engine: EngineSettings;
  /** Names of the models that may be asked over the line to the parent; absent when there is no endpoint. No address, no key. */
  models?: ModelNames | undefined;
  /** Goes into the manifest as `processing_date`; ISO 8601 UTC. */
  startedAt: string;
}

export type ToChild = { type: "parse"; input: ParseInput } | AnswerMessage;
export type FromChild =
  | AskMessage
  | { type: "ready" }
  | { type: "progress"; totalPages: number; processedPages: number; stage?: JobStage | undefined }
  | { type: "converting"; active: boolean }
  | { type: "done"; outcome: ParseOutcome }
  | { type: "problem"; problem: ProblemName; details: Details }
  /** `code`: of the system call that failed, when it was one (ENOSPC). */
  | { type: "error"; stack: string; code?: string | undefined };
