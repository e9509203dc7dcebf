import { CreateJobRequest, type Problem, problem } from "@knowhere/contract";
import type { JobRecord, NewJob } from "../../jobs/types.ts";
import { hashValue } from "../body.ts";
import { type Answer, type Call, type Handler, type HttpParts, json, jsonType } from "../call.ts";
import { readOptions, viewJob } from "../job-view.ts";
import { checkCapacity } from "../limits.ts";
import { invalid } from "../problem.ts";
import { checkWebhookUrl, type NamedSource, resolveFileName, resolveUrl } from "../source.ts";
import { receiveForm } from "../uploads.ts";
import { check } from "../validation.ts";
import { claimDocument } from "./documents.ts";

type CreateCall = Call<"createJob">;
/** Under which id the job is made, when it matters. */
type Reserved = string | undefined;

export const createJob: Handler<"createJob"> = async (call, parts) => {
  if (call.form) return createFromForm(call, parts, call.form);
  const request = call.body;
  checkPresence(request);
  return answerOnce(call, parts, hashValue(request), async (reservedId) => {
    const job = await submit(call, parts, request, reservedId);
    return { status: request.source_type === "url" ? 202 : 200, job };
  });
};

/** The one-call way: the bytes are stored first, because the other parts may come behind them. */
async function createFromForm(
  call: CreateCall,
  parts: HttpParts,
  form: NonNullable<CreateCall["form"]>,
): Promise<Answer> {
  const jobId = parts.ids.jobId();
  const { fields, file } = await receiveForm(form(), parts, `uploads/${jobId}`, call.signal);
  let kept = false;
  try {
    const request = check(
      CreateJobRequest,
      { ...fields, source_type: "file", file_name: fields["file_name"] ?? file.fileName },
      "body",
    );
    checkPresence(request);
    return await answerOnce(call, parts, hashValue({ request, sha256: file.sha256 }), async (reservedId) => {
      const job = await submit(call, parts, request, reservedId, { jobId: reservedId ?? jobId, key: file.key });
      kept = job.sourceKey === file.key;
      return { status: 202, job };
    });
  } finally {
    // Refused, or the same request was answered before: no job points to these bytes.
    if (!kept) await parts.blobs.delete(file.key);
  }
}

function checkPresence(request: CreateJobRequest): void {
  const missing = request.source_type === "url" ? "source_url" : "file_name";
  if (request[missing]) return;
  const message = `${missing} is required when source_type is '${request.source_type}'`;
  throw invalid(missing, message, "MISSING_FIELD", message);
}

/** The checks that need more than the request, in the order that callers know, then the job. */
async function submit(
  call: CreateCall,
  parts: HttpParts,
  request: CreateJobRequest,
  reservedId: Reserved,
  storedSource?: NewJob["storedSource"],
): Promise<JobRecord> {
  const { key, requestId } = call;
  if (request.webhook) await checkWebhookUrl(request.webhook.url, parts.fetcher);
  const source: NamedSource & { sourceUrl?: string } =
    request.source_type === "url"
      ? await resolveUrl(request.source_url!, parts.fetcher, parts.ids)
      : resolveFileName(request.file_name!);
  const ownJobId = storedSource?.jobId ?? reservedId;
  const document =
    request.document_id === undefined
      ? undefined
      : await claimDocument(parts, key.accountId, request.document_id, ownJobId);
  if (document && request.namespace !== undefined && request.namespace !== document.namespace) {
    const message = `The document is in the namespace '${document.namespace}'. Name that one, or none.`;
    throw invalid("namespace", message, "NAMESPACE_MISMATCH", message);
  }
  await checkCapacity(parts, key.accountId, key.ratePerMinute ?? parts.settings.rateLimitPerMinute);
  return parts.jobs.submit({
    ...(reservedId === undefined ? {} : { jobId: reservedId }),
    accountId: key.accountId,
    keyId: key.keyId,
    sourceType: request.source_type,
    sourceUrl: source.sourceUrl ?? null,
    fileName: source.fileName,
    fileExtension: source.fileExtension,
    contentType: source.contentType,
    dataId: request.data_id,
    namespace: document?.namespace ?? request.namespace ?? "default",
    documentId: request.document_id ?? null,
    documentMetadata: request.document_metadata ?? null,
    options: readOptions(request.parsing_params),
    webhookUrl: request.webhook?.url ?? null,
    requestId,
    ...(storedSource ? { storedSource } : {}),
  });
}

/** Runs `create` unless a request with the same Idempotency-Key was answered before; then gives that answer again. */
async function answerOnce(
  call: CreateCall,
  parts: HttpParts,
  bodyHash: string,
  create: (reservedId: Reserved) => Promise<{ status: number; job: JobRecord }>,
): Promise<Answer> {
  const { idempotency } = parts;
  const idempotencyKey = call.headers["idempotency-key"];
  const print = async (reservedId: Reserved) => {
    const { status, job } = await create(reservedId);
    return json(status, await viewJob(job, parts, call.baseUrl));
  };
  if (idempotencyKey === undefined) return print(undefined);
  const account = call.key.accountId;
  const start = await idempotency.begin(account, idempotencyKey, bodyHash);
  if (start.kind === "replay") {
    return {
      status: start.status,
      contentType: jsonType,
      headers: { "Idempotent-Replayed": "true" },
      body: JSON.stringify(start.body),
    };
  }
  if (start.kind !== "fresh") throw refusals[start.kind]();
  try {
    const answer = await print(start.reservedId);
    await idempotency.finish(account, idempotencyKey, answer.status, JSON.parse(answer.body as string));
    return answer;
  } catch (error) {
    // Not abandoned is abandoned after a minute; what went wrong first is what the caller is to hear.
    await idempotency.abandon(account, idempotencyKey).catch(() => {});
    throw error;
  }
}

const refusals: Record<"reused" | "running", () => Problem> = {
  reused: () => problem("IDEMPOTENCY_KEY_REUSED"),
  running: () => problem("IDEMPOTENT_TWIN_RUNNING"),
};
