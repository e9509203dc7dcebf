/** Documents of the caller's account: what its finished jobs published. */
import { type Chunk, type Problem, problem } from "@knowhere/contract";
import type { JobRecord } from "../../jobs/types.ts";
import type { DocumentRecord } from "../../ports/documents.ts";
import { signAssetUrl } from "../asset-urls.ts";
import { type Call, type Handler, type HttpParts, json } from "../call.ts";
import { readVersionChunks } from "../document-chunks.ts";
import { printTime } from "../job-view.ts";

const documentNotFound = (id: string): Problem => problem("NOT_FOUND", { resource: "Document", id });

type DocumentCall = Pick<Call, "key" | "params">;

async function findDocument({ key, params }: DocumentCall, { documents }: HttpParts): Promise<DocumentRecord> {
  const id = params["document_id"]!;
  const found = await documents.find(key.accountId, id);
  if (!found) throw documentNotFound(id);
  return found;
}

/** The document with the job behind its current version. */
async function findCurrent(
  call: DocumentCall,
  parts: HttpParts,
): Promise<{ document: DocumentRecord; job: JobRecord }> {
  const document = await findDocument(call, parts);
  const job = await parts.jobs.get(call.key.accountId, document.current.jobId);
  // Erased between the two looks.
  if (!job?.result) throw documentNotFound(document.documentId);
  return { document, job };
}

function viewDocument(document: DocumentRecord) {
  return {
    document_id: document.documentId,
    namespace: document.namespace,
    status: document.status,
    current_job_result_id: document.current.versionId,
    job_id: document.current.jobId,
    version: document.current.number,
    source_file_name: document.current.fileName,
    created_at: printTime(document.createdAt),
    updated_at: printTime(document.updatedAt),
    ...(document.archivedAt ? { archived_at: printTime(document.archivedAt) } : {}),
    ...(document.metadata === null ? {} : { document_metadata: document.metadata }),
  };
}
const viewHead = ({ documentId, namespace, current }: DocumentRecord) => ({
  document_id: documentId,
  namespace,
  job_result_id: current.versionId,
  job_id: current.jobId,
});

const paginate = ({ page, page_size }: { page: number; page_size: number }, total: number) => ({
  page,
  page_size,
  total,
  total_pages: Math.ceil(total / page_size),
});

export const listDocuments: Handler<"listDocuments"> = async ({ key, query }, { documents }) => {
  const { namespace, page, page_size } = query;
  const status = query.status === "all" ? null : query.status;
  const found = await documents.list({ accountId: key.accountId, namespace, status }, { page, pageSize: page_size });
  return json(200, {
    namespace,
    documents: found.documents.map(viewDocument),
    pagination: paginate(query, found.total),
  });
};

export const getPublishedDocument: Handler<"getPublishedDocument"> = async (call, parts) =>
  json(200, viewDocument(await findDocument(call, parts)));

export const listDocumentVersions: Handler<"listDocumentVersions"> = async (call, parts) => {
  const { documentId, current } = await findDocument(call, parts);
  const versions = await parts.documents.versions(call.key.accountId, documentId);
  return json(200, {
    document_id: documentId,
    versions: versions.map(({ versionId, jobId, number, fileName, publishedAt }) => ({
      job_result_id: versionId,
      job_id: jobId,
      version: number,
      source_file_name: fileName,
      published_at: printTime(publishedAt),
      is_current: versionId === current.versionId,
    })),
  });
};

/** Chunks with their place in reading order. */
async function readChunks(call: DocumentCall & { baseUrl: string }, parts: HttpParts, withUrls: boolean) {
  const { document, job } = await findCurrent(call, parts);
  const { chunks, sectionPaths } = await readVersionChunks(parts.packages, job.result!.key);
  const { clock, settings, assetSecret } = parts;
  const expiresS = Math.floor(clock.now().getTime() / 1000) + settings.assetUrlTtlS;
  const view = (chunk: Chunk, order: number) => {
    const file = chunk.metadata.file_path;
    const section = sectionPaths[order];
    return {
      id: `chk_${job.jobId.slice(4)}_${order}`,
      chunk_id: chunk.chunk_id,
      chunk_type: chunk.type,
      content: chunk.content,
      ...(section === undefined ? {} : { section_path: section }),
      source_chunk_path: chunk.path,
      ...(file === undefined ? {} : { file_path: file }),
      sort_order: order,
      metadata: chunk.metadata,
      created_at: printTime(document.current.publishedAt),
      ...(withUrls && file !== undefined
        ? { asset_url: signAssetUrl({ resultKey: job.result!.key, member: file }, expiresS, assetSecret, call.baseUrl) }
        : {}),
    };
  };
  return { document, chunks, view };
}

export const listDocumentChunks: Handler<"listDocumentChunks"> = async (call, parts) => {
  const { page, page_size, chunk_type, include_asset_urls } = call.query;
  const { document, chunks, view } = await readChunks(call, parts, include_asset_urls);
  const all = chunks.map((chunk, order) => ({ chunk, order }));
  const matching = chunk_type === undefined ? all : all.filter(({ chunk }) => chunk.type === chunk_type);
  const shown = matching.slice((page - 1) * page_size, page * page_size);
  return json(200, {
    ...viewHead(document),
    chunks: shown.map(({ chunk, order }) => view(chunk, order)),
    pagination: paginate(call.query, matching.length),
  });
};

export const getDocumentChunk: Handler<"getDocumentChunk"> = async (call, parts) => {
  const { document, chunks, view } = await readChunks(call, parts, call.query.include_asset_urls);
  const id = call.params["id"]!;
  const [, digits, order] = /^chk_([0-9a-f]+)_(\d{1,9})$/.exec(id) ?? [];
  const chunk = digits === document.current.jobId.slice(4) ? chunks[Number(order)] : undefined;
  if (!chunk) throw problem("NOT_FOUND", { resource: "Document chunk", id });
  return json(200, { ...viewHead(document), chunk: view(chunk, Number(order)) });
};

export const archiveDocument: Handler<"archiveDocument"> = async ({ key, params }, { documents, clock }) => {
  const id = params["document_id"]!;
  const archived = await documents.archive(key.accountId, id, clock.now());
  if (!archived) throw documentNotFound(id);
  return json(200, viewDocument(archived));
};

export const getDocumentSource: Handler<"getDocumentSource"> = async (call, parts) => {
  const { document, job } = await findCurrent(call, parts);
  const stored = job.sourceKey === null ? null : await parts.blobs.head(job.sourceKey);
  if (!stored) throw problem("NOT_FOUND", { resource: "Document file", id: document.documentId });
  const { url, expiresAt } = await parts.blobs.presignGet(job.sourceKey!, {
    fileName: job.fileName,
    contentType: job.contentType,
    expiresInS: parts.settings.resultUrlTtlS,
    baseUrl: call.baseUrl,
  });
  return json(200, {
    ...viewHead(document),
    variant: "source",
    file_name: job.fileName,
    content_type: job.contentType,
    url,
    expires_at: printTime(expiresAt),
  });
};

/**
 * What a new job with this document_id must find: a document of the account that is not archived and that no other
 * job works on. Resolves with it. @throws CONFLICT, NOT_FOUND
 */
export async function claimDocument(
  { documents }: Pick<HttpParts, "documents">,
  accountId: string,
  documentId: string,
  ownJobId: string | undefined,
): Promise<DocumentRecord> {
  if (await documents.isBusy(accountId, documentId, ownJobId)) {
    throw problem("CONFLICT", {
      message: "Document already has an active ingestion job.",
      reason: "ACTIVE_JOB",
      resource: "Document",
      id: documentId,
    });
  }
  const found = await documents.find(accountId, documentId);
  if (!found || found.status === "archived") throw documentNotFound(documentId);
  return found;
}
