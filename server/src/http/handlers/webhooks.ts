/** Webhooks of the caller's account: their log, a try by hand, their secrets. */
import { problem } from "@knowhere/contract";
import { finalStatuses } from "../../jobs/types.ts";
import type { DeliveryAttempt, WebhookSecret } from "../../ports/deliveries.ts";
import { type Handler, json } from "../call.ts";
import { jobNotFound } from "../find-job.ts";
import { printTime } from "../job-view.ts";
import { invalid } from "../problem.ts";
import { checkWebhookUrl } from "../source.ts";

/** How long an old secret still signs beside the new one. */
const retiringMs = 24 * 3600 * 1000;

export const listWebhookLogs: Handler<"listWebhookLogs"> = async ({ key, query }, { webhooks }) => {
  const { page, page_size, job_id } = query;
  const filter = { page, pageSize: page_size, ...(job_id === undefined ? {} : { jobId: job_id }) };
  const { attempts, total } = await webhooks.deliveries.log(key.accountId, filter);
  return json(200, { logs: attempts.map(viewAttempt), total, page, page_size });
};

function viewAttempt(attempt: DeliveryAttempt) {
  return {
    id: attempt.id,
    ...(attempt.jobId === null ? {} : { job_id: attempt.jobId }),
    webhook_url: attempt.webhookUrl,
    attempt_number: attempt.attemptNumber,
    request_payload: { header: attempt.requestHeaders, payload: readBody(attempt.requestBody) },
    signature: attempt.signature,
    idempotency_key: attempt.idempotencyKey,
    ...viewAnswer(attempt, "response_status_code"),
    created_at: printTime(attempt.createdAt),
  };
}

const viewAnswer = (attempt: DeliveryAttempt, statusName: string) => ({
  ...(attempt.responseStatus === null ? {} : { [statusName]: attempt.responseStatus }),
  ...(attempt.responseBody === null ? {} : { response_body: attempt.responseBody }),
  ...(attempt.errorMessage === null ? {} : { error_message: attempt.errorMessage }),
  duration_ms: Math.max(0, attempt.durationMs),
});

/** A body that was cut is text. */
function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const triggerWebhook: Handler<"triggerWebhook"> = async ({ key, body }, { jobs, webhooks }) => {
  const id = body.job_id;
  const job = await jobs.get(key.accountId, id);
  if (!job) throw jobNotFound(id);
  if (!finalStatuses.includes(job.status)) {
    const message = `The job is still ${job.status}. Its webhook is sent when it is done or failed.`;
    throw invalid("body.job_id", message, "JOB_NOT_FINISHED", message);
  }
  if (job.webhookUrl === null) {
    const message = "The job was created without a webhook.";
    throw invalid("body.job_id", message, "NO_WEBHOOK", message);
  }
  const attempt = await webhooks.trigger(key.accountId, id);
  if (!attempt) throw problem("NOT_FOUND", { resource: "Webhook event", id });
  return json(200, viewTry(attempt));
};

export const testWebhook: Handler<"testWebhook"> = async ({ key, body }, { webhooks, fetcher }) => {
  await checkWebhookUrl(body.url, fetcher, "body.url");
  return json(200, viewTry(await webhooks.test(key.accountId, body.url)));
};

function viewTry(attempt: DeliveryAttempt) {
  const success = attempt.responseStatus !== null && attempt.responseStatus >= 200 && attempt.responseStatus < 300;
  return { success, ...viewAnswer(attempt, "status_code"), delivery_id: attempt.idempotencyKey };
}

function viewSecret(secret: WebhookSecret) {
  return {
    id: secret.secretId,
    ...(secret.endpoint === null ? {} : { endpoint: secret.endpoint }),
    secret_masked: `whsec_****${secret.secret.slice(-4)}`,
    status: secret.status,
    created_at: printTime(secret.createdAt),
    ...(secret.retiresAt ? { retires_at: printTime(secret.retiresAt) } : {}),
  };
}

export const listWebhookSecrets: Handler<"listWebhookSecrets"> = async ({ key }, { webhooks, clock }) => {
  const now = clock.now();
  const own = await webhooks.secrets.list(key.accountId);
  const signing = own.filter(({ retiresAt }) => retiresAt === null || retiresAt > now);
  return json(200, { secrets: signing.map(viewSecret), total: signing.length });
};

export const createWebhookSecret: Handler<"createWebhookSecret"> = async ({ key, body }, parts) => {
  const endpoint = body.endpoint ?? null;
  if (endpoint !== null) await checkWebhookUrl(endpoint, parts.fetcher, "body.endpoint");
  const now = parts.clock.now();
  const rotate = body.rotate ? { retiresAt: new Date(now.getTime() + retiringMs) } : undefined;
  const { secret, made } = await parts.webhooks.secrets.ensure(key.accountId, endpoint, now, rotate);
  return json(200, { ...viewSecret(secret), ...(made ? { secret: secret.secret } : {}) });
};

export const revokeWebhookSecret: Handler<"revokeWebhookSecret"> = async ({ key, params }, { webhooks }) => {
  const id = params["secret_id"]!;
  if (!(await webhooks.secrets.revoke(key.accountId, id)))
    throw problem("NOT_FOUND", { resource: "WebhookSecret", id });
  return json(200, { status: "revoked", id });
};
