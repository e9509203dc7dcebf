/** Operations on documents: what finished jobs published. */
import { z } from "zod";
import { Timestamp } from "../job.ts";
import { ChunkMetadata } from "../package.ts";
import { operation } from "./operation.ts";

const documents = { versioned: true, tag: "documents" } as const;
const DocumentId = z.object({ document_id: z.string().describe("e.g. doc_7d1e52a90b3c") });

export const PublishedDocument = z
  .object({
    document_id: z.string(),
    namespace: z.string(),
    status: z.enum(["active", "archived"]),
    current_job_result_id: z.string().describe("The version that the chunks are of: one for every finished job."),
    job_id: z.string().describe("The job that made this version."),
    version: z.int().min(1),
    source_file_name: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
    archived_at: Timestamp.optional(),
    document_metadata: z.unknown().optional().describe("As the newest job that gave any gave it."),
  })
  .meta({ id: "PublishedDocument" });

export const Pagination = z
  .object({
    page: z.int().min(1),
    page_size: z.int().min(1),
    total: z.int().min(0),
    total_pages: z.int().min(0),
  })
  .meta({ id: "Pagination" });
const page = {
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(200).default(50),
};
const asFlag = z
  .enum(["true", "false", "1", "0", "True", "False"])
  .default("false")
  .transform((word) => word === "1" || word.toLowerCase() === "true");

export const DocumentChunk = z
  .object({
    id: z.string().describe("Of this chunk in this version."),
    chunk_id: z.string().describe("As in chunks.json: the same for the same content at the same place."),
    chunk_type: z.enum(["text", "image", "table"]),
    content: z.string(),
    section_path: z.string().optional().describe("FILE/HEADING/…; of a picture or table that of the text around it."),
    source_chunk_path: z.string().describe("`path` in chunks.json."),
    file_path: z.string().optional().describe("Member of the result ZIP."),
    sort_order: z.int().min(0).describe("Place in reading order."),
    metadata: ChunkMetadata,
    created_at: Timestamp,
    asset_url: z
      .url()
      .optional()
      .describe("The picture or table itself: works without a key, for seven days unless the server is set otherwise."),
  })
  .meta({ id: "DocumentChunk" });

const chunkHead = {
  document_id: z.string(),
  namespace: z.string(),
  job_result_id: z.string(),
  job_id: z.string(),
};

const example = {
  document: {
    document_id: "doc_7d1e52a90b3c",
    namespace: "default",
    status: "active",
    current_job_result_id: "jr_3f2a91c0d4e7",
    job_id: "job_3f2a91c0d4e7",
    version: 1,
    source_file_name: "report.pdf",
    created_at: "2025-01-15T10:30:00Z",
    updated_at: "2025-01-15T10:30:00Z",
  },
  chunk: {
    id: "chk_3f2a91c0d4e7_0",
    chunk_id: "0f3c5a7e-9b1d-5f4a-8c8e-0b1d2f4a6c8e",
    chunk_type: "text",
    content: "High water comes twice a day.",
    section_path: "report.pdf/2 Tides",
    source_chunk_path: "Default_Root/report.pdf-->2 Tides",
    sort_order: 0,
    metadata: {
      length: 29,
      summary: "",
      keywords: [],
      tokens: [],
      token_count: 7,
      relationships: [],
      connect_to: [],
      page_nums: [2],
      places: [{ page: 2, box: [72, 90, 300, 104] }],
      section_level: 1,
    },
    created_at: "2025-01-15T10:30:00Z",
  },
  head: {
    document_id: "doc_7d1e52a90b3c",
    namespace: "default",
    job_result_id: "jr_3f2a91c0d4e7",
    job_id: "job_3f2a91c0d4e7",
  },
} as const;
const onePage = { page: 1, page_size: 50, total: 1, total_pages: 1 };

export const listDocuments = operation({
  ...documents,
  id: "listDocuments",
  method: "GET",
  path: "/documents",
  aliases: ["/documents/"],
  summary: "List documents",
  description: "Of one namespace, the one changed last first. Archived ones are left out unless asked for.",
  scope: "read",
  query: z.object({
    namespace: z
      .string()
      .max(255)
      .default("default")
      .transform((name) => name.trim() || "default"),
    status: z.enum(["active", "archived", "all"]).default("active"),
    ...page,
  }),
  responses: {
    200: {
      description: "A page of documents",
      schema: z.object({ namespace: z.string(), documents: z.array(PublishedDocument), pagination: Pagination }),
      examples: { page: { namespace: "default", documents: [example.document], pagination: onePage } },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

export const getPublishedDocument = operation({
  ...documents,
  id: "getPublishedDocument",
  method: "GET",
  path: "/documents/{document_id}",
  summary: "Get a document",
  description: "There is a document once a job for it is done, and as long as one of its jobs is kept.",
  scope: "read",
  params: DocumentId,
  responses: {
    200: { description: "The document", schema: PublishedDocument, examples: { active: example.document } },
  },
  problems: ["NOT_FOUND"],
});

export const listDocumentVersions = operation({
  ...documents,
  id: "listDocumentVersions",
  method: "GET",
  path: "/documents/{document_id}/versions",
  summary: "List the versions of a document",
  description: "Newest first. The parts of each are to be had from its job.",
  scope: "read",
  params: DocumentId,
  responses: {
    200: {
      description: "The versions",
      schema: z.object({
        document_id: z.string(),
        versions: z.array(
          z.object({
            job_result_id: z.string(),
            job_id: z.string(),
            version: z.int().min(1),
            source_file_name: z.string(),
            published_at: Timestamp,
            is_current: z.boolean(),
          }),
        ),
      }),
      examples: {
        one: {
          document_id: "doc_7d1e52a90b3c",
          versions: [
            {
              job_result_id: "jr_3f2a91c0d4e7",
              job_id: "job_3f2a91c0d4e7",
              version: 1,
              source_file_name: "report.pdf",
              published_at: "2025-01-15T10:30:00Z",
              is_current: true,
            },
          ],
        },
      },
    },
  },
  problems: ["NOT_FOUND"],
});

export const listDocumentChunks = operation({
  ...documents,
  id: "listDocumentChunks",
  method: "GET",
  path: "/documents/{document_id}/chunks",
  summary: "List the chunks of a document",
  description: "Of its current version, in reading order.",
  scope: "read",
  params: DocumentId,
  query: z.object({
    ...page,
    chunk_type: z.enum(["text", "image", "table", "page"]).optional(),
    include_asset_urls: asFlag,
  }),
  responses: {
    200: {
      description: "A page of chunks",
      schema: z.object({ ...chunkHead, chunks: z.array(DocumentChunk), pagination: Pagination }),
      examples: { page: { ...example.head, chunks: [example.chunk], pagination: onePage } },
    },
  },
  problems: ["NOT_FOUND", "VALIDATION_FAILED"],
});

export const getDocumentChunk = operation({
  ...documents,
  id: "getDocumentChunk",
  method: "GET",
  path: "/documents/{document_id}/chunks/{id}",
  summary: "Get one chunk of a document",
  description: "By its `id` (not its `chunk_id`), in the current version.",
  scope: "read",
  params: DocumentId.extend({ id: z.string().describe("e.g. chk_3f2a91c0d4e7_0") }),
  query: z.object({ include_asset_urls: asFlag }),
  responses: {
    200: {
      description: "The chunk",
      schema: z.object({ ...chunkHead, chunk: DocumentChunk }),
      examples: { chunk: { ...example.head, chunk: example.chunk } },
    },
  },
  problems: ["NOT_FOUND", "VALIDATION_FAILED"],
});

export const archiveDocument = operation({
  ...documents,
  id: "archiveDocument",
  method: "POST",
  path: "/documents/{document_id}/archive",
  aliases: ["/documents/{document_id}:archive"],
  summary: "Archive a document",
  description: "It leaves the lists and takes no new versions; nothing is erased. Archiving it again changes nothing.",
  scope: "write",
  params: DocumentId,
  responses: {
    200: {
      description: "The document",
      schema: PublishedDocument,
      examples: { archived: { ...example.document, status: "archived", archived_at: "2025-01-16T08:00:00Z" } },
    },
  },
  problems: ["NOT_FOUND"],
});

export const getDocumentSource = operation({
  ...documents,
  id: "getDocumentSource",
  method: "GET",
  path: "/documents/{document_id}/files/page-citation-source",
  summary: "Get the file behind a document",
  description: "A presigned URL of the file of the current version, uploaded or fetched from a URL.",
  scope: "read",
  params: DocumentId,
  responses: {
    200: {
      description: "Where it is",
      schema: z.object({
        ...chunkHead,
        variant: z.literal("source"),
        file_name: z.string(),
        content_type: z.string(),
        url: z.url(),
        expires_at: Timestamp,
      }),
      examples: {
        file: {
          ...example.head,
          variant: "source",
          file_name: "report.pdf",
          content_type: "application/pdf",
          url: "http://127.0.0.1:5005/blobs/uploads/job_3f2a91c0d4e7?expires=1736940600&signature=…",
          expires_at: "2025-01-16T10:30:00Z",
        },
      },
    },
  },
  problems: ["NOT_FOUND"],
});
