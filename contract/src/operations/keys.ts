/** Operations on the API keys of the caller's account. */
import { z } from "zod";
import { Timestamp } from "../job.ts";
import * as examples from "./examples.ts";
import { Message } from "./jobs.ts";
import { operation } from "./operation.ts";

export const KeyScope = z.enum(["read", "write", "admin"]);
const Scopes = z.array(KeyScope).min(1).max(3);
const enabledModules = z.array(z.string()).describe("Always empty: what a key may do follows from its scopes.");

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    api_key: z.string().describe("Masked.").optional(),
    enabled_modules: enabledModules,
    scopes: Scopes,
    rate_per_minute: z.int().min(0).optional().describe("Absent: the server's default. 0: unlimited."),
    is_active: z.boolean(),
    created_at: Timestamp,
    last_used_at: Timestamp.optional(),
    expires_at: Timestamp.optional(),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

export const CreateKeyRequest = z
  .object({
    name: z.string().trim().min(1).max(255),
    enabled_modules: z.array(z.string()).nullish(),
    scopes: Scopes.nullish().describe('Default ["write"], which includes read.'),
    rate_per_minute: z.int().min(0).max(1_000_000).nullish(),
    expires_at: z.iso.datetime({ offset: true, local: true }).nullish(),
  })
  .meta({ id: "CreateKeyRequest" });

const KeyId = z.object({ api_key_id: z.string() });
const keys = { versioned: true, tag: "keys", scope: "admin" } as const;

export const createKey = operation({
  ...keys,
  id: "createKey",
  method: "POST",
  path: "/auth/create",
  summary: "Create an API key",
  description: "The key is given out once, here. At most 10 an account, names are unique.",
  body: { required: true, content: { "application/json": CreateKeyRequest }, examples: { key: { name: "laptop" } } },
  responses: {
    200: {
      description: "The key",
      schema: z.object({
        api_key_id: z.string(),
        api_key: z.string(),
        name: z.string(),
        enabled_modules: enabledModules,
        scopes: Scopes,
        expires_at: Timestamp.optional(),
      }),
      examples: { created: examples.keyCreated },
    },
  },
  problems: ["VALIDATION_FAILED"],
});
export const listKeys = operation({
  ...keys,
  id: "listKeys",
  method: "GET",
  path: "/auth/list",
  summary: "List the API keys",
  description: "All keys of the account, masked.",
  responses: {
    200: {
      description: "The keys",
      schema: z.object({ api_keys: z.array(ApiKey), total: z.int().min(0) }),
      examples: { keys: { api_keys: [examples.keyListed], total: 1 } },
    },
  },
  problems: [],
});
export const revokeKey = operation({
  ...keys,
  id: "revokeKey",
  method: "POST",
  path: "/auth/revoke",
  summary: "Revoke an API key",
  description: "Deletes the key; it stops working at once.",
  body: {
    required: true,
    content: { "application/json": z.object({ api_key_id: z.string().min(1).max(64) }) },
    examples: { key: { api_key_id: "key_5b0f6c1d2e3a" } },
  },
  responses: {
    200: { description: "Revoked", schema: Message, examples: { revoked: { message: "API key revoked" } } },
  },
  problems: ["VALIDATION_FAILED", "NOT_FOUND"],
});
const { api_key: _masked, ...keyView } = examples.keyListed;
export const getKey = operation({
  ...keys,
  id: "getKey",
  method: "GET",
  path: "/auth/{api_key_id}",
  summary: "Get an API key",
  description: "What is known about a key, without the key.",
  params: KeyId,
  responses: { 200: { description: "The key", schema: ApiKey, examples: { key: keyView } } },
  problems: ["NOT_FOUND"],
});
export const toggleKey = operation({
  ...keys,
  id: "toggleKey",
  method: "PUT",
  path: "/auth/{api_key_id}/toggle",
  summary: "Switch an API key off or on",
  description: "A key that is off answers 401 until it is switched on again.",
  params: KeyId,
  responses: {
    200: { description: "Switched", schema: Message, examples: { toggled: { message: "API key status updated" } } },
  },
  problems: ["NOT_FOUND"],
});
