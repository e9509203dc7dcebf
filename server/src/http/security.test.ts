/**
 * The security review of the border, driven by the list of operations: an operation that is added is reviewed with it. What a
 * new parameter names must be said here once, or the first test fails.
 */
import type { Operation, OperationId } from "@knowhere/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { everyOperation, type HttpHouse, openHttpHouse } from "../testing/http-house.ts";
import { pathsOf } from "./routes.ts";

let house: HttpHouse;
/** Ids of the first account, by the name that parameters and fields have for them. */
let ids: Record<string, string>;
let stranger: string;
let spareKeyId = "";
beforeAll(async () => {
  house = await openHttpHouse();
  stranger = (await house.keys.create({ account: "acc_two", name: "stranger", scopes: ["admin"] })).key;
});
afterAll(() => house.close());
beforeEach(async () => {
  await house.keys.revoke("acc_one", spareKeyId);
  const spare = await house.keys.create({ account: "acc_one", name: `spare ${spareKeyId}`, scopes: ["read"] });
  spareKeyId = spare.record.keyId;
  const jobId = await house.createJob();
  house.jobs.change(jobId, { webhookUrl: "https://files.test/hook" });
  const { documentId } = await house.finish(jobId);
  const { chunks } = (await house.send("GET", `/v1/documents/${documentId}/chunks`)).json;
  const secret = await house.send("POST", "/v1/webhooks/secrets", { body: { rotate: true } });
  ids = {
    job_id: jobId,
    document_id: documentId,
    id: chunks[0].id,
    api_key_id: spareKeyId,
    secret_id: secret.json.id,
    name: "IMAGE_1.png",
  };
});

type Each = Operation & { id: OperationId };
const scoped = (everyOperation as Each[]).filter(({ scope }) => scope !== null);
const parametersOf = (operation: Operation) => [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
const fieldsOf = (operation: Operation) =>
  Object.keys((operation.body?.content["application/json"] as z.ZodObject | undefined)?.shape ?? {});
const pathOf = (operation: Operation, values: Record<string, string>) =>
  pathsOf(operation)[0]!.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(values[name]!));
const bodyOf = (operation: Operation, values: Record<string, string>) => {
  if (!operation.body) return undefined;
  const named = fieldsOf(operation).filter((field) => field in values);
  const fields = Object.fromEntries(named.map((field) => [field, values[field]]));
  return operation.id === "createJob" ? { source_type: "file", file_name: "a.pdf", ...fields } : fields;
};
const namesAnId = (operation: Operation) =>
  [...parametersOf(operation), ...fieldsOf(operation)].some((name) => name.endsWith("id") && name !== "data_id");

/** All that the first account has, and how much there is in the store. */
async function takeStock(): Promise<string> {
  const blobs: string[] = [];
  for await (const { key } of house.blobs.list("")) blobs.push(key);
  return JSON.stringify({
    jobs: house.jobs.all().filter(({ accountId }) => accountId === "acc_one"),
    documents: (await house.send("GET", "/v1/documents?status=all")).json.documents,
    keys: (await house.keys.list("acc_one")).map((record) => ({ ...record, lastUsedAt: null })),
    secrets: (await house.send("GET", "/v1/webhooks/secrets")).json,
    logs: (await house.send("GET", "/v1/webhooks/logs")).json.total,
    blobs,
  });
}

describe("another account", () => {
  it("is known to have a name for whatever an operation asks for", () => {
    for (const operation of scoped)
      for (const name of parametersOf(operation)) expect(ids, `${operation.id}: {${name}}`).toHaveProperty([name]);
  });

  it.each(scoped.filter(namesAnId).map((operation) => [operation.id, operation] as const))(
    "is told by %s that there is no such thing, and changes nothing",
    async (_id, operation) => {
      const before = await takeStock();
      const nothing = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, id.replace(/[^_]+$/, "zzzz")]));
      const [theirs, absent] = await Promise.all(
        [ids, nothing].map((values) =>
          house.send(operation.method, pathOf(operation, values), { key: stranger, body: bodyOf(operation, values) }),
        ),
      );
      expect([theirs!.status, theirs!.json.error.code]).toEqual([404, "NOT_FOUND"]);
      // Nothing tells what is another's from what never was.
      expect(absent!.status).toBe(404);
      expect(theirs!.json.error.message).toBe(absent!.json.error.message);
      expect(await takeStock()).toBe(before);
    },
  );

  it("sees nothing in lists and in usage", async () => {
    for (const operation of scoped.filter(({ method, path }) => method === "GET" && !path.includes("{"))) {
      const { text } = await house.send("GET", pathOf(operation, {}), { key: stranger });
      for (const id of [ids["job_id"], ids["document_id"], ids["secret_id"]])
        expect(text, operation.id).not.toContain(id);
    }
    const { json } = await house.send("GET", `/v1/webhooks/logs?job_id=${ids["job_id"]}`, { key: stranger });
    expect(json.total).toBe(0);
  });
});

describe("a key", () => {
  const ranks = { read: 0, write: 1, admin: 2 };
  it.each(["read", "write"] as const)(
    "of scope %s is refused whatever asks for more, and nothing happens",
    async (scope) => {
      const { key } = await house.keys.create({ account: "acc_one", name: `key ${scope}`, scopes: [scope] });
      for (const operation of scoped.filter(({ scope: wanted }) => ranks[wanted!] > ranks[scope])) {
        const before = await takeStock();
        const sent = await house.send(operation.method, pathOf(operation, ids), { key, body: bodyOf(operation, ids) });
        expect([operation.id, sent.status, sent.json.error.details]).toEqual([
          operation.id,
          403,
          { required_permission: operation.scope },
        ]);
        expect(await takeStock()).toBe(before);
      }
    },
  );
});

describe("fields that nobody may set", () => {
  const forbidden = {
    job_id: "job_ffffffffffff",
    account_id: "acc_two",
    account: "acc_two",
    key_id: "key_x",
    status: "done",
    result: { key: "results/other.zip" },
    result_url: "https://evil.test/",
    source_key: "uploads/job_000000000000",
    attempt: 99,
    retried_from: "job_000000000000",
    created_at: "1999-01-01T00:00:00Z",
    progress: { total_pages: 1, processed_pages: 1 },
    options: { limits: {} },
    __proto__: { status: "done" },
  };

  it("are passed over when a job is made, as JSON and as a form", async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(forbidden))
      form.set(name, typeof value === "string" ? value : JSON.stringify(value));
    form.set("file", new Blob(["%PDF-1.4"]), "a.pdf");
    const asked = {
      source_type: "file",
      file_name: "a.pdf",
      parsing_params: { limits: { maxPages: 1e9 }, memory_mb: 9 },
    };
    for (const sent of [
      await house.send("POST", "/v1/jobs", { body: { ...forbidden, ...asked } }),
      await house.send("POST", "/v1/jobs", { raw: form }),
    ]) {
      const job = house.jobs.all().find(({ jobId }) => jobId === sent.json.job_id)!;
      expect(["waiting-file", "pending"]).toContain(job.status);
      expect(job).toMatchObject({
        accountId: "acc_one",
        keyId: house.keyRecord.keyId,
        result: null,
        retriedFrom: null,
      });
      expect(job.jobId).not.toBe(forbidden.job_id);
      expect(job.createdAt.getFullYear()).toBeGreaterThan(2000);
      expect([null, `uploads/${job.jobId}`]).toContain(job.sourceKey);
      expect(JSON.stringify(job.options)).not.toMatch(/limits|memory/);
    }
  });

  it("are passed over when keys and webhook secrets are made", async () => {
    const made = await house.send("POST", "/v1/auth/create", {
      body: { name: "mine", ...forbidden, api_key: "sk_live_chosen", api_key_id: "key_chosen", is_active: false },
    });
    const record = (await house.keys.list("acc_one")).find(({ keyId }) => keyId === made.json.api_key_id)!;
    expect(record).toMatchObject({ accountId: "acc_one", isActive: true, scopes: ["write"] });
    expect(made.json.api_key).not.toBe("sk_live_chosen");
    const secret = await house.send("POST", "/v1/webhooks/secrets", {
      body: { rotate: true, ...forbidden, secret: "whsec_chosen", id: "ws_chosen" },
    });
    expect(secret.text).not.toContain("chosen");
    expect((await house.send("GET", "/v1/webhooks/secrets", { key: stranger })).text).not.toContain(secret.json.id);
  });
});

describe("parameters from nowhere", () => {
  const strange = [
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "..%5c..%5cx",
    "%e2%80%ae%f0%9f%92%a9",
    "__proto__",
    "constructor",
    "'%20or%201=1--",
    "a".repeat(512),
  ];

  it.each(scoped.map((operation) => [operation.id, operation] as const))(
    "do not trouble %s",
    async (_id, operation) => {
      const before = await takeStock();
      const queries =
        parametersOf(operation).length === 0
          ? ["page=1&page=2", "page[]=x", "__proto__=x", "page=%00", `x=${"y".repeat(4000)}`]
          : [""];
      for (const value of parametersOf(operation).length === 0 ? ["x"] : strange)
        for (const query of queries) {
          const path = pathsOf(operation)[0]!.replace(/\{\w+\}/g, value);
          const { status, text } = await house.send(operation.method, query ? `${path}?${query}` : path, {
            ...(operation.body ? { body: { __proto__: { a: 1 }, "": 1 } } : {}),
          });
          expect(status, `${path} ${query} ${text.slice(0, 200)}`).toBeLessThan(500);
        }
      // Without an id of ours nothing of ours can have been meant; what makes something new needs no id.
      if (parametersOf(operation).length > 0) expect(await takeStock()).toBe(before);
    },
  );

  it("lead to no file but the members of the result", async () => {
    const root = `/v1/jobs/${ids["job_id"]}`;
    for (const name of [
      "..%2fchunks.json",
      "..%2f..%2f..%2fetc%2fpasswd",
      "%2e%2e%2fdocument.json",
      "..%5cchunks.json",
      "%2fetc%2fpasswd",
      "IMAGE_1.png%00.txt",
    ])
      for (const folder of ["images", "tables"]) {
        const { status, json } = await house.send("GET", `${root}/${folder}/${name}`);
        expect([name, status, json.error.code]).toEqual([name, 404, "NOT_FOUND"]);
      }
  });
});

describe("the headers", () => {
  it("of every answer keep browsers from guessing and caches from keeping, and tell nothing about the server", async () => {
    for (const operation of everyOperation as Each[]) {
      if (operation.method === "DELETE" || operation.id === "archiveDocument") continue;
      for (const key of operation.scope ? [house.key, null] : [null]) {
        const { headers } = await house.send(operation.method, pathOf(operation, { ...ids, name: "job.json" }), {
          key,
        });
        expect(headers.get("x-content-type-options"), operation.id).toBe("nosniff");
        for (const name of ["server", "x-powered-by", "set-cookie"])
          expect(headers.has(name), operation.id).toBe(false);
        if (operation.scope && key) expect(headers.get("cache-control"), operation.id).toBe("no-store");
      }
    }
  });

  it("of a download make it a file, and of a page that shows a result a sandbox", async () => {
    const { json } = await house.send("GET", `/v1/jobs/${ids["job_id"]}`);
    const { headers } = await house.send("GET", json.result_url, { key: null });
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="result_job_/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    const page = await house.send("GET", `/v1/jobs/${ids["job_id"]}/html`);
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
  });
});

describe("a presigned URL", () => {
  it("permits nothing but what it was made for, whichever part of it is changed", async () => {
    const { json } = await house.send("POST", "/v1/jobs", { body: { source_type: "file", file_name: "a.pdf" } });
    const headers = { "content-type": "application/pdf" };
    const put = (url: string | URL, more: Record<string, string> = {}, body = "%PDF") =>
      house.send("PUT", String(url), { key: null, raw: body, headers: { ...headers, ...more } });
    const change = (name: string, value: string | null) => {
      const url = new URL(json.upload_url);
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
      return url;
    };
    const own = new URL(json.upload_url);
    const elsewhere = new URL(own);
    elsewhere.pathname = own.pathname.replace(/.$/, (end) => (end === "0" ? "1" : "0"));
    const outside = new URL(own);
    outside.pathname = `${own.pathname}%2f..%2f..%2fsecret`;
    const signature = own.searchParams.get("signature")!;
    const changed = [
      ...[...own.searchParams.keys()].map((name) => change(name, null)),
      change("method", "GET"),
      change("expires", "99999999999"),
      change("expires", "1e99"),
      change("type", "text/html"),
      change("max", "99999999999"),
      change("name", "x"),
      change(
        "signature",
        signature.replace(/.$/, (end) => (end === "0" ? "1" : "0")),
      ),
      change("signature", signature.toUpperCase()),
      change("signature", ""),
      elsewhere,
      outside,
    ];
    for (const url of changed)
      expect([String(url), (await put(url)).status]).toEqual([
        String(url),
        expect.toSatisfy((status: number) => status === 400 || status === 403),
      ]);
    expect((await put(own, { "content-type": "text/html" })).status).toBe(403);
    expect((await put(own, {}, "x".repeat(100_001))).status).toBe(400);
    for (const method of ["GET", "DELETE", "POST"])
      expect((await house.send(method, String(own), { key: null })).status).toBeGreaterThanOrEqual(400);
    const stored: string[] = [];
    for await (const { key } of house.blobs.list("uploads/")) stored.push(key);
    expect(stored.filter((key) => key.includes(json.job_id))).toEqual([]);
    expect((await put(own)).status).toBe(200);
    house.skip(4_000_000);
    expect((await put(own)).status).toBe(403);
  });
});
