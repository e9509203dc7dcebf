/** What the package is made of. */
import type { Chunk, Document, EmbeddingsFile, JobStage, ModelReport, PackageStatistics } from "@knowhere/contract";

/** The parsing options the package follows; all of them go into the manifest, a password never does. */
export interface PackageOptions {
  readonly kbDir: string;
  readonly furniture: "drop" | "keep";
  readonly chunking: { strategy: "section" | "tokens"; maxTokens?: number; overlapTokens: number };
  readonly summaryText: boolean;
  readonly summaryImage: boolean;
  readonly summaryTable: boolean;
}

export interface PackageInput {
  readonly document: Document;
  /** Bytes by asset id. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  readonly jobId: string;
  readonly dataId: string | null;
  readonly sourceFileName: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  /** How long reading took until now. */
  readonly durationMs: number;
  /** `name` and `version` of the program, and the names of the engines it called. */
  readonly engine: { readonly name: string; readonly version: string } & Readonly<Record<string, string>>;
  readonly options: PackageOptions & object;
  /** A better summary than the extracted one; null keeps that. */
  readonly summarize?: ((piece: SummaryPiece) => Promise<string | null>) | undefined;
  /** Vectors of the chunks; null where none could be had. */
  readonly embed?: ((chunks: readonly Chunk[]) => Promise<EmbeddingsFile | null>) | undefined;
  /** What a model added, asked for when everything is made. */
  readonly reportModel?: (() => ModelReport) | undefined;
  /** Hears how far chunks, summaries and files are. */
  readonly onStage?: ((stage: JobStage) => void) | undefined;
  /** By the billing rule of the format; the number of pages when absent. */
  readonly billablePages?: number | undefined;
}

export interface SummaryPiece {
  readonly kind: "text" | "table" | "document";
  /** Path of the section, or the name of the document. */
  readonly title: string;
  readonly text: string;
}

export interface WrittenPackage {
  /** Of the ZIP as it lies on disk. */
  readonly bytes: number;
  readonly sha256: string;
  readonly statistics: PackageStatistics;
}

/** One file of the ZIP, in the order in which it is written. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}
