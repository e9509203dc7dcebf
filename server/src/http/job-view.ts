/** The job as the wire shows it: the one place that translates our words into those of the API. */

import type { CreateJobRequest } from "@knowhere/contract";
import type { JobRecord, ParseOptions } from "../jobs/types.ts";
import type { HttpParts } from "./call.ts";

/** UTC, to the second, ending in Z: the form of the API's own examples, which the strictest date parsers read. */
export const printTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** Fields in the order of the API's page. Absent ones are left out here, not by the printer. */
function describeHead(job: JobRecord): Record<string, unknown> {
  return {
    job_id: job.jobId,
    status: job.status,
    source_type: job.sourceType,
    data_id: job.dataId,
    created_at: printTime(job.createdAt),
  };
}

function addExtras(view: Record<string, unknown>, job: JobRecord): Record<string, unknown> {
  if (job.status !== "waiting-file") {
    view["duration_seconds"] = ((job.finishedAt ?? job.updatedAt).getTime() - job.createdAt.getTime()) / 1000;
    if (job.warnings.length > 0) view["warnings"] = job.warnings;
  }
  view["namespace"] = job.namespace;
  view["document_id"] = job.documentId;
  view["file_name"] = job.fileName;
  view["file_extension"] = job.fileExtension.slice(1).toUpperCase();
  view["model"] = job.options.model;
  view["ocr_enabled"] = job.options.ocrEnabled;
  if (job.retriedFrom !== null) view["retried_from"] = job.retriedFrom;
  return view;
}

function addEnd(view: Record<string, unknown>, job: JobRecord): void {
  const ended = printTime(job.finishedAt ?? job.updatedAt);
  if (job.status === "failed") {
    view["failed_at"] = ended;
    view["error"] = job.error;
  }
  if (job.status === "done" && job.result) {
    view["completed_at"] = ended;
    view["result_checksum"] = { algorithm: "sha256", value: job.result.sha256 };
    view["result"] = { checksum: job.result.sha256, statistics: job.result.statistics };
  }
}

/** The answer of GET job: with fresh presigned URLs below `baseUrl`. */
export async function viewJob(
  job: JobRecord,
  { blobs, settings, clock }: Pick<HttpParts, "blobs" | "settings" | "clock">,
  baseUrl: string,
): Promise<Record<string, unknown>> {
  const view = describeHead(job);
  if (job.status === "waiting-file") {
    const left = job.uploadExpiresAt
      ? job.uploadExpiresAt.getTime() - clock.now().getTime()
      : settings.uploadTtlS * 1000;
    const expiresInS = Math.max(0, Math.ceil(left / 1000));
    const { url } = await blobs.presignPut(sourceKeyOf(job), {
      contentType: job.contentType,
      maxBytes: settings.maxSourceBytes,
      expiresInS,
      baseUrl,
    });
    view["upload_url"] = url;
    view["upload_headers"] = { "Content-Type": job.contentType };
    view["expires_in"] = expiresInS;
  } else if (job.status === "running" && job.progress) {
    const { totalPages, processedPages, stage } = job.progress;
    view["progress"] = { total_pages: totalPages, processed_pages: processedPages, ...(stage && { stage }) };
  }
  addEnd(view, job);
  await addResultUrl(view, job, { blobs, settings }, baseUrl);
  return addExtras(view, job);
}

async function addResultUrl(
  view: Record<string, unknown>,
  job: JobRecord,
  { blobs, settings }: Pick<HttpParts, "blobs" | "settings">,
  baseUrl: string,
): Promise<void> {
  if (job.status !== "done" || !job.result) return;
  const { url, expiresAt } = await blobs.presignGet(job.result.key, {
    fileName: `result_${job.jobId}.zip`,
    contentType: "application/zip",
    expiresInS: settings.resultUrlTtlS,
    baseUrl,
  });
  view["result_url"] = url;
  view["result_url_expires_at"] = printTime(expiresAt);
}

/** A job in a list: no upload URL, no progress. */
export async function viewListedJob(
  job: JobRecord,
  parts: Pick<HttpParts, "blobs" | "settings">,
  baseUrl: string,
): Promise<Record<string, unknown>> {
  const view = describeHead(job);
  addEnd(view, job);
  await addResultUrl(view, job, parts, baseUrl);
  return addExtras(view, job);
}

export const sourceKeyOf = (job: Pick<JobRecord, "jobId" | "sourceKey">): string =>
  job.sourceKey ?? `uploads/${job.jobId}`;
/** The job whose source is stored under `key`. */
export const jobOfSourceKey = (key: string): string => /^uploads\/(job_[0-9a-f]+)/.exec(key)?.[1] ?? "";

/** `parsing_params` under the names the code uses. */
export function readOptions(params: CreateJobRequest["parsing_params"]): ParseOptions {
  const strategy = params.chunking?.strategy ?? "section";
  const maxTokens = params.chunking?.max_tokens ?? (strategy === "section" ? undefined : 512);
  const overlapTokens = params.chunking?.overlap_tokens ?? 0;
  return {
    model: params.model,
    ocrEnabled: params.ocr_enabled,
    docType: params.doc_type,
    smartTitleParse: params.smart_title_parse,
    summaryImage: params.summary_image,
    summaryTable: params.summary_table,
    summaryText: params.summary_txt,
    summaryUseLlm: params.summary_use_llm,
    addFragDesc: params.add_frag_desc,
    kbDir: params.kb_dir,
    ...(params.pages === undefined ? {} : { pages: params.pages }),
    ocrLanguages: params.ocr_languages ?? [],
    chunking: {
      strategy,
      ...(maxTokens === undefined ? {} : { maxTokens }),
      overlapTokens: maxTokens === undefined ? overlapTokens : Math.min(overlapTokens, maxTokens - 1),
    },
    ...(params.password === undefined ? {} : { password: params.password }),
    hiddenText: params.hidden_text,
    furniture: params.furniture,
    mainContent: params.main_content,
    ...(params.reuse ? {} : { reuse: false as const }),
  };
}
