import {
  ErrorAnswer,
  type JobEventName,
  jobEvents,
  type Operation,
  type OperationId,
  operations,
  problem,
} from "@knowhere/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse, type Sent } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());

/** Each operation once, as a caller would; the answer is checked against its own description. */
const exercises: Record<OperationId, (prefix: string) => Promise<Sent>> = {
  createJob: (prefix) =>
    house.send("POST", `${prefix}/jobs`, { body: { source_type: "file", file_name: "report.pdf", data_id: "my-1" } }),
  listJobs: async (prefix) => {
    await house.finish(await house.createJob());
    return house.send("GET", `${prefix}/jobs?page_size=5`);
  },
  getJob: async (prefix) => house.send("GET", `${prefix}/jobs/${await house.createJob()}`),
  deleteJob: async (prefix) => house.send("DELETE", `${prefix}/jobs/${await house.createJob()}`),
  confirmUpload: async (prefix) => house.send("POST", `${prefix}/jobs/${await house.createJob()}/confirm-upload`),
  cancelJob: async (prefix) => house.send("POST", `${prefix}/jobs/${await house.createJob()}/cancel`),
  retryJob: async (prefix) => house.send("POST", `${prefix}/jobs/${await house.createJob()}/retry`),
  streamJobEvents: async (prefix) => {
    const id = await house.createJob();
    await house.finish(id);
    return house.send("GET", `${prefix}/jobs/${id}/events`);
  },
  getMarkdown: (prefix) => getPart(prefix, "markdown"),
  getChunks: (prefix) => getPart(prefix, "chunks"),
  getDocument: (prefix) => getPart(prefix, "document"),
  getHtml: (prefix) => getPart(prefix, "html"),
  getImage: (prefix) => getPart(prefix, "images/IMAGE_1.png"),
  getTable: (prefix) => getPart(prefix, "tables/TABLE_1.html"),
  getAsset: async (prefix) => {
    const { chunks } = (await house.send("GET", `${prefix}/documents/${await publish()}/chunks?include_asset_urls=1`))
      .json;
    return house.send("GET", chunks[0].asset_url, { key: null });
  },
  createKey: (prefix) =>
    house.send("POST", `${prefix}/auth/create`, {
      body: { name: `key ${prefix}`, expires_at: "2999-01-01T00:00:00Z" },
    }),
  listKeys: (prefix) => house.send("GET", `${prefix}/auth/list`),
  revokeKey: async (prefix) => {
    const { record } = await house.keys.create({ account: "acc_one", name: `revoked ${prefix}`, scopes: ["read"] });
    return house.send("POST", `${prefix}/auth/revoke`, { body: { api_key_id: record.keyId } });
  },
  getKey: (prefix) => house.send("GET", `${prefix}/auth/${house.keyRecord.keyId}`),
  toggleKey: async (prefix) => {
    const { record } = await house.keys.create({ account: "acc_one", name: `toggled ${prefix}`, scopes: ["read"] });
    return house.send("PUT", `${prefix}/auth/${record.keyId}/toggle`);
  },
  listDocuments: async (prefix) => {
    await publish();
    return house.send("GET", `${prefix}/documents?namespace=default&page_size=2`);
  },
  getPublishedDocument: async (prefix) => house.send("GET", `${prefix}/documents/${await publish()}`),
  listDocumentVersions: async (prefix) => house.send("GET", `${prefix}/documents/${await publish()}/versions`),
  listDocumentChunks: async (prefix) =>
    house.send("GET", `${prefix}/documents/${await publish()}/chunks?include_asset_urls=true`),
  getDocumentChunk: async (prefix) => {
    const path = `${prefix}/documents/${await publish()}/chunks`;
    const { chunks } = (await house.send("GET", path)).json;
    return house.send("GET", `${path}/${chunks[0].id}`);
  },
  archiveDocument: async (prefix) => house.send("POST", `${prefix}/documents/${await publish()}/archive`),
  getDocumentSource: async (prefix) => {
    const created = await house.send("POST", "/v1/jobs", { body: { source_type: "file", file_name: "a.pdf" } });
    const { job_id, document_id } = created.json;
    await house.blobs.put(`uploads/${job_id}`, Buffer.from("%PDF"), { contentType: "application/pdf" });
    await house.finish(job_id);
    return house.send("GET", `${prefix}/documents/${document_id}/files/page-citation-source`);
  },
  listWebhookLogs: async (prefix) => {
    await triggerWebhook(prefix);
    return house.send("GET", `${prefix}/webhooks/logs?page_size=5`);
  },
  triggerWebhook,
  testWebhook: (prefix) => house.send("POST", `${prefix}/webhooks/test`, { body: { url: "https://files.test/hook" } }),
  listWebhookSecrets: async (prefix) => {
    await house.send("POST", `${prefix}/webhooks/secrets`, { body: { endpoint: "https://files.test/hook" } });
    return house.send("GET", `${prefix}/webhooks/secrets`);
  },
  createWebhookSecret: (prefix) => house.send("POST", `${prefix}/webhooks/secrets`, { body: { rotate: true } }),
  revokeWebhookSecret: async (prefix) => {
    const made = await house.send("POST", `${prefix}/webhooks/secrets`, { body: { rotate: true } });
    return house.send("DELETE", `${prefix}/webhooks/secrets/${made.json.id}`);
  },
  getUsage: (prefix) => house.send("GET", `${prefix}/usage?from=2026-01-01&to=2026-01-31`),
  getCredits: (prefix) => house.send("GET", `${prefix}/billing/credits`),
  getBillingUsage: (prefix) => house.send("GET", `${prefix}/billing/usage?period=month`),
  getParseUsage: (prefix) => house.send("GET", `${prefix}/billing/parse-usage`),
  listBillingHistory: (prefix) => house.send("GET", `${prefix}/billing/history?limit=50`),
  listPriceConfigs: (prefix) => house.send("GET", `${prefix}/billing/price-configs`),
  getHealth: () => house.send("GET", "/health", { key: null }),
  getReadiness: () => house.send("GET", "/health/ready", { key: null }),
  getWelcome: () => house.send("GET", "/", { key: null }),
  getVersion: (prefix) => house.send("GET", `${prefix}/version`, { key: null }),
  getMetrics: () => house.send("GET", "/metrics", { key: null }),
  getOpenApi: () => house.send("GET", "/openapi.json", { key: null }),
  listSchemas: () => house.send("GET", "/schemas", { key: null }),
  getSchema: () => house.send("GET", "/schemas/job.json", { key: null }),
  getDocsPage: () => house.send("GET", "/docs", { key: null }),
};

async function triggerWebhook(prefix: string): Promise<Sent> {
  const id = await house.createJob();
  house.jobs.change(id, { webhookUrl: "https://files.test/hook" });
  await house.finish(id);
  return house.send("POST", `${prefix}/webhooks/trigger`, { body: { job_id: id } });
}

/** A finished job; its document's id. */
async function publish(): Promise<string> {
  return (await house.finish(await house.createJob())).documentId;
}

async function getPart(prefix: string, part: string): Promise<Sent> {
  const id = await house.createJob();
  await house.finish(id);
  return house.send("GET", `${prefix}/jobs/${id}/${part}`);
}

describe.each(Object.values(operations) as (Operation & { id: OperationId })[])("$id", (operation) => {
  it.each(["/v1", "/api/v1"])("answers below %s as it is described", async (prefix) => {
    const sent = await exercises[operation.id](prefix);
    const described = operation.responses[sent.status];
    expect(described, `${sent.status} ${sent.text.slice(0, 300)}`).toBeDefined();
    const [type] = (described!.mediaType ?? "application/json").split(";");
    expect(sent.headers.get("content-type")).toMatch(new RegExp(`^${type!.replace("+", "\\+").replace("*", ".+")}`));
    // zod leaves out what it does not know: equal means that there is nothing undocumented.
    if (described!.schema) expect(described!.schema.parse(sent.json)).toEqual(sent.json);
    expect(sent.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{16}$/);
    if (operation.scope) expect(Number(sent.headers.get("ratelimit-limit"))).toBeGreaterThan(0);
    else expect(sent.headers.has("ratelimit-limit")).toBe(false);
  });

  it.runIf(operation.scope !== null)("wants a key with its scope", async () => {
    const path = `/v1${operation.path.replace("{job_id}", "job_000000000000").replace(/\{\w+\}/g, "x")}`;
    const without = await house.send(operation.method, path, { key: null });
    expect([without.status, ErrorAnswer.parse(without.json).error.code]).toEqual([401, "UNAUTHENTICATED"]);
    if (operation.scope === "read") return;
    const { key, record } = await house.keys.create({
      account: "acc_one",
      name: `weak ${operation.id}`,
      scopes: ["read"],
    });
    const weak = await house.send(operation.method, path, { key });
    await house.keys.revoke("acc_one", record.keyId);
    expect([weak.status, weak.json.error.code, weak.json.error.details]).toEqual([
      403,
      "PERMISSION_DENIED",
      { required_permission: operation.scope },
    ]);
    expect(weak.headers.has("ratelimit-remaining")).toBe(true);
  });

  it("names every status of the problems that it may answer with", () => {
    for (const name of operation.problems) expect(problem(name).status).toBeGreaterThanOrEqual(400);
  });
});

it("sends events that keep to their schemas", async () => {
  const id = await house.createJob();
  house.jobs.change(id, { status: "running" });
  const warning = { code: "PAGE_UNREADABLE", message: "Page 2 could not be read", page: 2 };
  house.jobs.change(id, {}, { type: "warning", data: warning });
  house.jobs.change(id, {}, { type: "progress", data: { total_pages: 3, processed_pages: 1, version: 4 } });
  await house.finish(id);
  const { text } = await house.send("GET", `/v1/jobs/${id}/events`);
  const events = [...text.matchAll(/^event: (\w+)\ndata: (.+)$/gm)].map(([, name, data]) => ({
    name: name as JobEventName,
    data: JSON.parse(data!),
  }));
  expect(events.map(({ name }) => name)).toEqual(["state", "state", "warning", "progress", "state"]);
  for (const { name, data } of events) expect(jobEvents[name].parse(data)).toEqual(data);
});

it("serves the same OpenAPI file that is committed", async () => {
  const { json } = await house.send("GET", "/openapi.json", { key: null });
  const { default: committed } = await import("../../../contract/generated/openapi.json", { with: { type: "json" } });
  expect(json.paths).toEqual(JSON.parse(JSON.stringify(committed.paths)));
  expect(json.components).toEqual(JSON.parse(JSON.stringify(committed.components)));
});
