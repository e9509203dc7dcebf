/** Operations on webhooks: the log of tries, a try by hand, the secrets that sign. */
import { z } from "zod";
import { Timestamp } from "../job.ts";
import { operation } from "./operation.ts";

const webhooks = { versioned: true, tag: "webhooks" } as const;

export const WebhookLog = z
  .object({
    id: z.string(),
    job_id: z.string().optional().describe("Absent for a test event."),
    webhook_url: z.string(),
    attempt_number: z.int().min(1).describe("1 to 6; a try by hand counts on."),
    request_payload: z.object({
      header: z.record(z.string(), z.string()),
      payload: z.unknown().describe("What was sent, without the way to the result; text when it was cut."),
    }),
    signature: z.string().describe("X-Knowhere-Signature as it was sent."),
    idempotency_key: z.string().describe("The `webhook-id`: the same over all tries."),
    response_status_code: z.int().optional().describe("Absent when nothing answered."),
    response_body: z.string().optional(),
    error_message: z.string().optional(),
    duration_ms: z.int().min(0),
    created_at: Timestamp,
  })
  .meta({ id: "WebhookLog" });

export const WebhookTry = z
  .object({
    success: z.boolean().describe("The receiver answered 2xx."),
    status_code: z.int().optional(),
    response_body: z.string().optional(),
    duration_ms: z.int().min(0),
    delivery_id: z.string(),
    error_message: z.string().optional(),
  })
  .meta({ id: "WebhookTry" });

const secretFields = {
  id: z.string(),
  endpoint: z.string().optional().describe("The URL it signs for; absent: every URL without a secret of its own."),
  secret_masked: z.string(),
  status: z.enum(["active", "retiring"]).describe("A retiring one still signs, beside its successor."),
  created_at: Timestamp,
  retires_at: Timestamp.optional(),
};
const SecretRequest = z.object({
  endpoint: z.string().trim().min(1).max(2048).nullish(),
  rotate: z.boolean().nullish(),
});
export const WebhookSecret = z.object(secretFields).meta({ id: "WebhookSecret" });

const example = {
  log: {
    id: "1f0c7c7e-6c0e-4d5c-9f0e-0d8a5f1f6c11",
    job_id: "job_3f2a91c0d4e7",
    webhook_url: "https://example.com/hook",
    attempt_number: 1,
    request_payload: {
      header: { "content-type": "application/json", "webhook-id": "msg_0f3c5a7e9b1d2f4a6c8e0b1d" },
      payload: { event: "job.completed", job_id: "job_3f2a91c0d4e7", status: "completed" },
    },
    signature: "t=1736937001,v1=…",
    idempotency_key: "msg_0f3c5a7e9b1d2f4a6c8e0b1d",
    response_status_code: 200,
    response_body: "ok",
    duration_ms: 84,
    created_at: "2025-01-15T10:30:01Z",
  },
  delivered: {
    success: true,
    status_code: 200,
    response_body: "ok",
    duration_ms: 84,
    delivery_id: "msg_0f3c5a7e9b1d2f4a6c8e0b1d",
  },
  secret: {
    id: "ws_0f3c5a7e9b1d2f4a6c8e0b1d",
    endpoint: "https://example.com/hook",
    secret_masked: "whsec_****9c1e",
    status: "active",
    created_at: "2025-01-15T10:30:00Z",
  },
} as const;

export const listWebhookLogs = operation({
  ...webhooks,
  id: "listWebhookLogs",
  method: "GET",
  path: "/webhooks/logs",
  summary: "List webhook tries",
  description: "Every try of every webhook of the account, newest first; kept as long as the job.",
  scope: "read",
  query: z.object({
    job_id: z.string().max(64).optional(),
    page: z.coerce.number().int().min(1).max(1_000_000).default(1),
    page_size: z.coerce.number().int().min(1).max(100).default(20),
  }),
  responses: {
    200: {
      description: "A page of tries",
      schema: z.object({
        logs: z.array(WebhookLog),
        total: z.int().min(0),
        page: z.int().min(1),
        page_size: z.int().min(1),
      }),
      examples: { page: { logs: [example.log], total: 1, page: 1, page_size: 20 } },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

export const triggerWebhook = operation({
  ...webhooks,
  id: "triggerWebhook",
  method: "POST",
  path: "/webhooks/trigger",
  summary: "Send a webhook now",
  description:
    'Sends the webhook of a finished job once more, at once, with `"trigger": "manual"` in its body, and says what came of it. The schedule of tries stays as it is.',
  scope: "write",
  body: {
    required: true,
    content: { "application/json": z.object({ job_id: z.string().min(1).max(64) }) },
    examples: { job: { job_id: "job_3f2a91c0d4e7" } },
  },
  responses: {
    200: {
      description: "What came of it",
      schema: WebhookTry,
      examples: { delivered: example.delivered },
    },
  },
  problems: ["VALIDATION_FAILED", "NOT_FOUND"],
});

export const testWebhook = operation({
  ...webhooks,
  id: "testWebhook",
  method: "POST",
  path: "/webhooks/test",
  summary: "Test a webhook endpoint",
  description:
    'Sends one event about no job (`{"event": "test", "job_id": null, "data_id": null, "status": "test", "sent_at", "message"}`) to the URL, signed like all others with the secret that signs for it, and says what came of it. It is in the log for 30 days, without a job, and is not tried again.',
  scope: "write",
  body: {
    required: true,
    content: { "application/json": z.object({ url: z.string().trim().min(1).max(2048) }) },
    examples: { endpoint: { url: "https://example.com/hook" } },
  },
  responses: {
    200: {
      description: "What came of it",
      schema: WebhookTry,
      examples: {
        delivered: example.delivered,
        unreachable: {
          success: false,
          duration_ms: 12,
          delivery_id: "msg_0f3c5a7e9b1d2f4a6c8e0b1d",
          error_message: "example.com refused the connection. Check its port, and that it runs",
        },
      },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

export const listWebhookSecrets = operation({
  ...webhooks,
  id: "listWebhookSecrets",
  method: "GET",
  path: "/webhooks/secrets",
  summary: "List webhook secrets",
  description: "What signs the account's webhooks, masked.",
  scope: "read",
  responses: {
    200: {
      description: "The secrets",
      schema: z.object({ secrets: z.array(WebhookSecret), total: z.int().min(0) }),
      examples: { secrets: { secrets: [example.secret], total: 1 } },
    },
  },
  problems: [],
});

export const createWebhookSecret = operation({
  ...webhooks,
  id: "createWebhookSecret",
  method: "POST",
  path: "/webhooks/secrets",
  summary: "Create or rotate a webhook secret",
  description:
    "For one URL (`endpoint`) or, without it, for every URL that has none of its own. `secret` is given out once, when it is made; while one is active the same call answers with that one, masked. With `rotate: true` a new one is made in any case, and the old one signs beside it for 24 hours.",
  scope: "admin",
  body: {
    required: false,
    content: {
      "application/json": SecretRequest.nullish().transform((given): z.infer<typeof SecretRequest> => given ?? {}),
    },
    examples: { endpoint: { endpoint: "https://example.com/hook" }, rotate: { rotate: true } },
  },
  responses: {
    200: {
      description: "The secret",
      schema: z.object({ ...secretFields, secret: z.string().optional().describe("Only in the answer that made it.") }),
      examples: { created: { ...example.secret, secret: "whsec_…" }, there: example.secret },
    },
  },
  problems: ["VALIDATION_FAILED"],
});

export const revokeWebhookSecret = operation({
  ...webhooks,
  id: "revokeWebhookSecret",
  method: "DELETE",
  path: "/webhooks/secrets/{secret_id}",
  summary: "Revoke a webhook secret",
  description: "It signs nothing any more, from the next try on.",
  scope: "admin",
  params: z.object({ secret_id: z.string() }),
  responses: {
    200: {
      description: "Revoked",
      schema: z.object({ status: z.literal("revoked"), id: z.string() }),
      examples: { revoked: { status: "revoked", id: "ws_0f3c5a7e9b1d2f4a6c8e0b1d" } },
    },
  },
  problems: ["NOT_FOUND"],
});
