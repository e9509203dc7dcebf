/**
 * The JSON members of the result ZIP (`result_{job_id}.zip`). `docs/result.md` explains them in prose.
 *
 * Unknown keys are allowed everywhere for readers; the writer validates with the strict forms below.
 */
import { z } from "zod";
import { Asset, Document, Place, SourceKind, Warning } from "./document.ts";

/** Names of the members that are always there. Images and tables are in folders of their own. */
export const packageMembers = {
  chunks: "chunks.json",
  markdown: "full.md",
  /** The same bytes as `markdown`, for readers of the earlier name. */
  markdownCopy: "content.md",
  docNav: "doc_nav.json",
  hierarchy: "hierarchy.json",
  document: "document.json",
  manifest: "manifest.json",
} as const;
/** Vectors of the chunks, of jobs with `model: "advanced"` where an embedding model is configured. */
export const embeddingsMember = "embeddings.json";

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

// ---- chunks.json ----
/** A pointer from a chunk to another that stands inside it. Offsets count characters (code points) of `content`. */
export const ChunkConnection = z.object({
  target: uuid,
  relation: z.literal("embeds"),
  /** The text that stands for the target in `content`. */
  ref: z.string().min(1),
  position: z.object({ start: count, end: count }),
});
export type ChunkConnection = z.infer<typeof ChunkConnection>;

export const ChunkMetadata = z.object({
  /** Characters (code points) of `content`. */
  length: count,
  summary: z.string(),
  /** "model" when a model wrote the summary; absent for extracted ones. */
  summary_source: SourceKind.optional(),
  keywords: z.array(z.string()),
  /** Always a list, never a number; may be empty. */
  tokens: z.array(z.string()),
  /** Tokens of `content` in the o200k_base vocabulary. */
  token_count: count,
  /** The placeholders in `content`, in order. */
  relationships: z.array(z.string()),
  connect_to: z.array(ChunkConnection),
  /** 1-based, ascending. */
  page_nums: z.array(z.int().min(1)),
  /** Member name of the picture or table file. */
  file_path: z.string().optional(),
  places: z.array(Place),
  /** Depth of the section in the outline: 1 is the top, 0 stands before the first heading. */
  section_level: count,
  source: SourceKind.optional(),
  confidence: z.number().min(0).max(1).optional(),
});
export type ChunkMetadata = z.infer<typeof ChunkMetadata>;

export const Chunk = z
  .object({
    chunk_id: uuid,
    type: z.enum(["text", "image", "table"]),
    content: z.string(),
    path: z.string().min(1),
    metadata: ChunkMetadata,
  })
  .meta({ id: "Chunk" });
export type Chunk = z.infer<typeof Chunk>;

export const ChunksFile = z.object({ chunks: z.array(Chunk) }).meta({ id: "ChunksFile" });
export type ChunksFile = z.infer<typeof ChunksFile>;

// ---- embeddings.json ----
/** Vectors of one model and one length. A chunk without one was refused by the model. */
export const EmbeddingsFile = z
  .object({
    model: z.string().min(1),
    dimensions: z.int().min(1),
    embeddings: z.array(z.object({ chunk_id: uuid, vector: z.array(z.number()) })),
  })
  .meta({ id: "EmbeddingsFile" });
export type EmbeddingsFile = z.infer<typeof EmbeddingsFile>;

// ---- doc_nav.json ----
export interface NavSection {
  title: string;
  /** FILE/HEADING/…, joined by slashes. */
  path: string;
  /** 1 is the top. */
  level: number;
  summary: string;
  /** Chunks of the section and of those below it. */
  chunk_count: number;
  children: NavSection[];
}
export const NavSection: z.ZodType<NavSection> = z
  .lazy(() =>
    z.object({
      title: z.string(),
      path: z.string(),
      level: z.int().min(1),
      summary: z.string(),
      chunk_count: count,
      children: z.array(NavSection),
    }),
  )
  .meta({ id: "NavSection" });

const NavResource = z.object({ path: z.string().min(1), summary: z.string() });
export const DocNavFile = z
  .object({
    version: z.literal("1.0"),
    file_name: z.string(),
    title: z.string().optional(),
    /** ISO 639-1. */
    language: z.string().optional(),
    summary: z.string(),
    keywords: z.array(z.string()),
    stats: z.object({
      total_chunks: count,
      text_chunks: count,
      image_chunks: count,
      table_chunks: count,
      max_depth: count,
    }),
    sections: z.array(NavSection),
    resources: z.object({ images: z.array(NavResource), tables: z.array(NavResource) }),
  })
  .meta({ id: "DocNavFile" });
export type DocNavFile = z.infer<typeof DocNavFile>;

// ---- hierarchy.json and the manifest's HIERARCHY ----
/** Section titles nested; a leaf is {}. Equal titles under one parent are told apart by " (2)", " (3)", … */
export interface Hierarchy {
  [title: string]: Hierarchy;
}
export const Hierarchy: z.ZodType<Hierarchy> = z.lazy(() => z.record(z.string(), Hierarchy)).meta({ id: "Hierarchy" });
export const HierarchyFile = Hierarchy;
export type HierarchyFile = Hierarchy;

// ---- document.json ----
/** The tree; an asset with a file in the package names it. */
export const DocumentFile = Document.extend({
  assets: z.array(Asset.extend({ path: z.string().optional() })),
}).meta({ id: "DocumentFile" });
export type DocumentFile = z.infer<typeof DocumentFile>;

// ---- manifest.json ----
const memberFile = {
  /** The chunk_id of the chunk it belongs to. */
  id: uuid,
  file_path: z.string().min(1),
  size_bytes: count,
  sha256,
  page: z.int().min(1).optional(),
};
export const ManifestImage = z.object({
  ...memberFile,
  format: z.string(),
  width: count.optional(),
  height: count.optional(),
});
export type ManifestImage = z.infer<typeof ManifestImage>;
export const ManifestTable = z.object({ ...memberFile, format: z.literal("html"), rows: count, columns: count });
export type ManifestTable = z.infer<typeof ManifestTable>;

export const PackageStatistics = z.object({
  total_chunks: count,
  text_chunks: count,
  image_chunks: count,
  table_chunks: count,
  total_pages: count,
});
export type PackageStatistics = z.infer<typeof PackageStatistics>;

const share = z.number().min(0).max(1);
const pageNumbers = z.array(z.int().min(1));
/** What was measured about the result: where to look before it is trusted. */
export const QualityReport = z.object({
  /** Pages without any usable text, recognised or not. */
  pages_without_text: pageNumbers,
  /** Pages whose text layer reads as garbage and was not replaced. */
  pages_with_garbled_text: pageNumbers,
  pages_recognised: pageNumbers,
  /** Mean confidence of the recognised text, by its length; absent when nothing was recognised. */
  ocr_confidence: share.optional(),
  page_confidences: z.array(z.object({ page: z.int().min(1), confidence: share })),
  tables: count,
  /** Tables scored below 0.5, in order. */
  low_scoring_tables: z.array(z.object({ page: z.int().min(1).optional(), confidence: share })),
  /** Kind of warning (HIDDEN_TEXT, HIDDEN_ROWS, …) -> how much was found hidden, in the unit of that warning; at least 1. */
  hidden: z.record(z.string(), count),
  /** Recognition data (Tesseract's code) that pages would have needed and that are not installed; pages are empty where they are not known. */
  missing_languages: z.array(z.object({ language: z.string(), pages: pageNumbers })),
});
export type QualityReport = z.infer<typeof QualityReport>;

/** What a model endpoint added to the result, when the job asked for one. */
export const ModelReport = z.object({
  /** Role (text, vision, embedding) -> name of the model. */
  models: z.record(z.string(), z.string()),
  /** Kind of piece -> how many stand in the result. */
  made: z.record(z.string(), count),
  /** Kind of piece -> how many were answered but failed our checks. */
  turned_down: z.record(z.string(), count),
  /** Reason -> questions without an answer; the local result stands. */
  refused: z.record(z.string(), count),
  /** Answers that were known from before. */
  cached: count,
  /** Kinds of pieces for which no model is configured. */
  not_available: z.array(z.string()),
});
export type ModelReport = z.infer<typeof ModelReport>;

export const Manifest = z
  .object({
    version: z.literal("1.0"),
    job_id: z.string().min(1),
    data_id: z.string().nullable(),
    source_file_name: z.string(),
    /** ISO 8601 UTC, ends in Z. */
    processing_date: z.iso.datetime(),
    statistics: PackageStatistics,
    files: z.object({
      chunks: z.literal(packageMembers.chunks),
      markdown: z.literal(packageMembers.markdown),
      hierarchy: z.literal(packageMembers.hierarchy),
      doc_nav: z.literal(packageMembers.docNav),
      document: z.literal(packageMembers.document),
      embeddings: z.literal(embeddingsMember).optional(),
      images: z.array(ManifestImage),
      tables: z.array(ManifestTable),
    }),
    /** SHA-256 of each member's bytes, for every member but the manifest itself. */
    digests: z.record(z.string(), sha256),
    processing: z.object({
      page_count: count,
      timing: z.object({
        started_at: z.iso.datetime(),
        completed_at: z.iso.datetime(),
        duration_ms: z.number().min(0),
      }),
      engine: z.object({ name: z.string(), version: z.string() }),
      /** The parsing options as they were used; a password is never among them. */
      options: z.record(z.string(), z.unknown()),
      quality: QualityReport,
      /** Of jobs with `model: "advanced"` or `summary_use_llm`. */
      model: ModelReport.optional(),
    }),
    HIERARCHY: Hierarchy,
    warnings: z.array(Warning),
  })
  .meta({ id: "Manifest" });
export type Manifest = z.infer<typeof Manifest>;
