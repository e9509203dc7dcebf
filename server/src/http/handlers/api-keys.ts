/** API keys of the caller's account. */
import { type Problem, problem } from "@knowhere/contract";
import type { ApiKeyRecord } from "../../ports/keys.ts";
import { type Handler, json } from "../call.ts";
import { printTime } from "../job-view.ts";
import { invalid } from "../problem.ts";

const maxKeys = 10;
const keyNotFound = (id: string): Problem => problem("NOT_FOUND", { resource: "API key", id });

function viewKey(key: ApiKeyRecord) {
  return {
    id: key.keyId,
    name: key.name,
    enabled_modules: [],
    scopes: key.scopes,
    ...(key.ratePerMinute === null ? {} : { rate_per_minute: key.ratePerMinute }),
    is_active: key.isActive,
    created_at: printTime(key.createdAt),
    ...(key.lastUsedAt ? { last_used_at: printTime(key.lastUsedAt) } : {}),
    ...(key.expiresAt ? { expires_at: printTime(key.expiresAt) } : {}),
  };
}

export const createKey: Handler<"createKey"> = async ({ key, body }, { keys, clock }) => {
  const zoned =
    body.expires_at && !/(Z|[+-]\d\d:?\d\d)$/i.test(body.expires_at) ? `${body.expires_at}Z` : body.expires_at;
  const expiresAt = zoned ? new Date(zoned) : null;
  if (expiresAt && expiresAt <= clock.now()) throw invalid("body.expires_at", "must be in the future", "INVALID_VALUE");
  const own = await keys.list(key.accountId);
  if (own.length >= maxKeys) {
    const message = `An account has at most ${maxKeys} API keys. Revoke one first.`;
    throw invalid("body", message, "TOO_MANY_KEYS", message);
  }
  const made = await keys.create({
    account: key.accountId,
    name: body.name,
    scopes: body.scopes ?? ["write"],
    ratePerMinute: body.rate_per_minute ?? null,
    expiresAt,
  });
  return json(200, {
    api_key_id: made.record.keyId,
    api_key: made.key,
    name: made.record.name,
    enabled_modules: [],
    scopes: made.record.scopes,
    ...(made.record.expiresAt ? { expires_at: printTime(made.record.expiresAt) } : {}),
  });
};

export const listKeys: Handler<"listKeys"> = async ({ key }, { keys }) => {
  const own = await keys.list(key.accountId);
  return json(200, { api_keys: own.map((each) => ({ ...viewKey(each), api_key: each.masked })), total: own.length });
};

export const revokeKey: Handler<"revokeKey"> = async ({ key, body }, { keys }) => {
  if (!(await keys.revoke(key.accountId, body.api_key_id))) throw keyNotFound(body.api_key_id);
  return json(200, { message: "API key revoked" });
};

export const getKey: Handler<"getKey"> = async ({ key, params }, { keys }) => {
  const id = params["api_key_id"]!;
  const found = (await keys.list(key.accountId)).find(({ keyId }) => keyId === id);
  if (!found) throw keyNotFound(id);
  return json(200, viewKey(found));
};

export const toggleKey: Handler<"toggleKey"> = async ({ key, params }, { keys }) => {
  const id = params["api_key_id"]!;
  if (!(await keys.toggle(key.accountId, id))) throw keyNotFound(id);
  return json(200, { message: "API key status updated" });
};
