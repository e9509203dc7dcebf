/**
 * What the published clients do, request by request: their paths, headers, retry rules and how strictly they read the
 * package. Written from their documented behaviour; none of their code is here.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, type Json, unzip } from "./client.ts";
import { makeDataDir, type StartedServer, startServer } from "./server.ts";

const pdf = await readFile(new URL("../../examples/report.pdf", import.meta.url));
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
let server: StartedServer;
let files: Server;
let filesUrl: string;

beforeAll(async () => {
  dataDir = await makeDataDir();
  server = await startServer(dataDir.path);
  files = createServer((request, response) => {
    if (request.url === "/report.pdf") response.setHeader("content-type", "application/pdf").end(pdf);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => files.listen(0, "127.0.0.1", done));
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
}, 300_000);
afterAll(async () => {
  await server?.stop();
  files?.close();
  await dataDir?.remove();
});

interface SdkAnswer {
  status: number;
  body: Json;
  tries: number;
}
type RetryRule = (status: number, error: Json | undefined, headers: Headers) => boolean;

/** By code; 429 only with a hint in the body; a Retry-After header alone does not count, 500 is final. */
const pythonRetries: RetryRule = (status, error) => {
  if (!error) return [409, 502, 503, 504].includes(status);
  if (error["code"] === "RESOURCE_EXHAUSTED") return error["details"]?.retry_after !== undefined;
  return ["ABORTED", "UNAVAILABLE", "DEADLINE_EXCEEDED"].includes(error["code"]);
};
/** By status; 409 only when it is ABORTED, 429 only with a hint, 502 and 500 never. */
const nodeRetries: RetryRule = (status, error, headers) =>
  (status === 409 && error?.["code"] === "ABORTED") ||
  (status === 429 && (error?.["details"]?.retry_after ?? headers.get("retry-after")) !== undefined) ||
  status === 503 ||
  status === 504;

/** A client under one of the two sets of rules. Waits as long as the body asks, in thousandths, so that tests are short. */
function openSdk(key: string, kind: "python" | "node", maxRetries = 5) {
  const headers: Record<string, string> = {
    authorization: `Bearer ${key}`,
    ...(kind === "python"
      ? { "user-agent": "knowhere-python/0.5.0", accept: "application/json" }
      : { "user-agent": "knowhere-node-sdk/1.0.0", "content-type": "application/json" }),
  };
  const shouldRetry = kind === "python" ? pythonRetries : nodeRetries;
  async function request(method: string, path: string, body?: Json): Promise<SdkAnswer> {
    for (let tries = 1; ; tries++) {
      const response = await fetch(`${server.url}/v1${path}`, {
        method,
        headers: body && kind === "python" ? { ...headers, "content-type": "application/json" } : headers,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const parsed: Json = await response.json();
      if (response.ok || tries > maxRetries || !shouldRetry(response.status, parsed["error"], response.headers))
        return { status: response.status, body: parsed, tries };
      const waitS = parsed["error"]?.details?.retry_after ?? 0.5;
      expect(waitS).toBeGreaterThan(0);
      await pause(waitS);
    }
  }
  const wait = async (jobId: string): Promise<Json> => {
    for (;;) {
      const { body } = await request("GET", `/jobs/${jobId}`);
      if (body["status"] === "done" || body["status"] === "failed") return body;
      await pause(100);
    }
  };
  return { request, wait, headers };
}

/** Reads the package as strictly as the strictest client, and throws where that one throws. */
async function loadStrictly(job: Json, headers: Record<string, string> = {}): Promise<Map<string, Buffer>> {
  const bytes = Buffer.from(await (await fetch(job["result_url"], { headers })).arrayBuffer());
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(job["result"].checksum);
  const members = await unzip(bytes);
  const read = (name: string): Json => JSON.parse(members.get(name)!.toString("utf8"));
  const manifest = read("manifest.json");
  expect(manifest["checksum"]?.value ?? "").toBe("");
  for (const name of ["total_chunks", "text_chunks", "image_chunks", "table_chunks", "total_pages"])
    expect(manifest["statistics"][name] ?? 0).toSatisfy(Number.isInteger);
  for (const file of [...manifest["files"].images, ...manifest["files"].tables]) {
    expect(file).toMatchObject({ id: expect.any(String), file_path: expect.any(String) });
    expect(members.get(file.file_path)?.length).toBe(file.size_bytes);
  }
  for (const chunk of read("chunks.json")["chunks"]) {
    const { metadata } = chunk;
    expect([chunk.chunk_id, chunk.type, chunk.content, chunk.path].every((value) => typeof value === "string")).toBe(
      true,
    );
    expect(Number.isInteger(metadata.length)).toBe(true);
    for (const name of ["tokens", "keywords", "relationships"])
      expect(metadata[name].every((item: unknown) => typeof item === "string")).toBe(true);
    expect(metadata.page_nums.every(Number.isInteger)).toBe(true);
    expect(metadata.connect_to.every((item: unknown) => typeof item === "object" && item !== null)).toBe(true);
    if (chunk.type !== "text") {
      const path = (chunk.file_path ?? metadata.file_path ?? chunk.path).replace(/^\/+|\.\.\//g, "");
      expect(members.has(path)).toBe(true);
    }
  }
  const nav = read("doc_nav.json");
  const check = (section: Json) => {
    expect(Number.isInteger(section["level"])).toBe(true);
    section["children"].forEach(check);
  };
  nav["sections"].forEach(check);
  for (const list of Object.values<Json[]>(nav["resources"]))
    for (const resource of list) expect(typeof resource["path"]).toBe("string");
  expect(members.get("full.md")!.length).toBeGreaterThan(0);
  return members;
}

const everyParameter = {
  model: "base",
  ocr_enabled: false,
  doc_type: "auto",
  smart_title_parse: true,
  summary_image: true,
  summary_table: true,
  summary_txt: true,
  add_frag_desc: "",
  kb_dir: "Default_Root",
};

describe("the Python client", () => {
  it("creates from a URL, polls and loads", async () => {
    const sdk = openSdk(server.key, "python");
    const created = await sdk.request("POST", "/jobs", {
      source_type: "url",
      source_url: `${filesUrl}/report.pdf`,
      data_id: null,
      parsing_params: everyParameter,
      webhook: null,
    });
    expect([created.status, created.body["status"]]).toEqual([202, "pending"]);
    const job = await sdk.wait(created.body["job_id"]);
    expect(job).toMatchObject({ status: "done", source_type: "url" });
    await loadStrictly(job);
  });

  it("uploads with exactly the given headers and without a key", async () => {
    const sdk = openSdk(server.key, "python");
    const { body } = await sdk.request("POST", "/jobs", { source_type: "file", file_name: "report.pdf" });
    expect(Object.keys(body["upload_headers"])).toEqual(["Content-Type"]);
    expect(new URL(body["upload_url"]).protocol).toBe("http:");
    const put = await fetch(body["upload_url"], { method: "PUT", headers: body["upload_headers"], body: pdf });
    expect(put.ok).toBe(true);
    await loadStrictly(await sdk.wait(body["job_id"]));
  });

  it("reads the error of a failed job: code, message, details", async () => {
    const sdk = openSdk(server.key, "python");
    const { body } = await sdk.request("POST", "/jobs", { source_type: "url", source_url: `${filesUrl}/gone.pdf` });
    const job = await sdk.wait(body["job_id"]);
    expect(job["error"]).toMatchObject({ code: expect.any(String), message: expect.any(String), details: {} });
  });

  it("lists documents and chunks of what it parsed, and archives", async () => {
    const sdk = openSdk(server.key, "python");
    const { body } = await sdk.request("POST", "/jobs", {
      source_type: "url",
      source_url: `${filesUrl}/report.pdf`,
      namespace: "python",
    });
    const job = await sdk.wait(body["job_id"]);
    const id = job["document_id"];
    const list = (await sdk.request("GET", "/documents?namespace=python")).body;
    expect(list["documents"]).toMatchObject([{ document_id: id, status: "active", source_file_name: "report.pdf" }]);
    const { chunks, pagination } = (await sdk.request("GET", `/documents/${id}/chunks?include_asset_urls=true`)).body;
    expect(pagination).toMatchObject({ total: job["result"].statistics.total_chunks });
    const table = chunks.find((chunk: Json) => chunk["chunk_type"] === "table");
    expect((await fetch(table.asset_url, { headers: sdk.headers })).status).toBe(200);
    const one = (await sdk.request("GET", `/documents/${id}/chunks/${table.id}`)).body["chunk"];
    expect(one).toMatchObject({ chunk_id: table.chunk_id, content: table.content });
    expect((await sdk.request("POST", `/documents/${id}/archive`)).body).toMatchObject({ status: "archived" });
    expect((await sdk.request("GET", "/documents?namespace=python")).body["documents"]).toEqual([]);
    const source = (await sdk.request("GET", `/documents/${id}/files/page-citation-source`)).body;
    expect(source).toMatchObject({ document_id: id, job_id: job["job_id"], content_type: "application/pdf" });
    const original = await (await fetch(`${filesUrl}/report.pdf`)).arrayBuffer();
    expect(Buffer.from(await (await fetch(source["url"])).arrayBuffer()).equals(Buffer.from(original))).toBe(true);
  });
});

describe("the Node client", () => {
  it("uploads by the bare job id: GET job gives URL and headers; a stray key on presigned URLs does no harm", async () => {
    const sdk = openSdk(server.key, "node");
    const created = await sdk.request("POST", "/jobs", {
      source_type: "file",
      file_name: "report.pdf",
      parsing_params: everyParameter,
      document_metadata: { created_by_client: "knowhere-node-sdk", client_version: "1.0.0" },
      webhook: undefined,
    });
    const { upload_url, upload_headers } = (await sdk.request("GET", `/jobs/${created.body["job_id"]}`)).body;
    const { authorization, "user-agent": agent } = sdk.headers as Record<"authorization" | "user-agent", string>;
    const put = await fetch(upload_url, {
      method: "PUT",
      headers: { authorization, "user-agent": agent, ...upload_headers },
      body: pdf,
    });
    expect(put.ok).toBe(true);
    const job = await sdk.wait(created.body["job_id"]);
    for (const name of ["created_at", "completed_at", "result_url_expires_at"])
      expect(job[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await loadStrictly(job, { authorization, "user-agent": agent });
  });

  it("sends a JSON type with every GET", async () => {
    const sdk = openSdk(server.key, "node");
    expect((await sdk.request("GET", "/jobs?page_size=1")).status).toBe(200);
  });
});

describe.each(["python", "node"] as const)("retries of the %s client", (kind) => {
  it("go on while the rate limit hints in the body, and stop at once for what stays wrong", async () => {
    const admin = createClient(server);
    const { body: made } = await admin.call("POST", "/v1/auth/create", { name: `slow ${kind}`, rate_per_minute: 2 });
    const sdk = openSdk(made["api_key"], kind, 2);
    await sdk.request("GET", "/jobs");
    await sdk.request("GET", "/jobs");
    const limited = await sdk.request("GET", "/jobs");
    // A window may have ended in between; then there was nothing to wait for.
    if (limited.status !== 200) {
      expect([limited.status, limited.tries, limited.body["error"].code]).toEqual([429, 3, "RESOURCE_EXHAUSTED"]);
      expect(limited.body["error"].details).toMatchObject({ limit: 2, period: "minute", remaining: 0 });
    }
    const patient = openSdk(server.key, kind);
    expect(await patient.request("GET", "/jobs/job_nonexistent")).toMatchObject({ status: 404, tries: 1 });
    expect(await patient.request("POST", "/jobs", { source_type: "url" })).toMatchObject({ status: 400, tries: 1 });
    expect(await openSdk("sk_live_wrong", kind).request("GET", "/jobs")).toMatchObject({ status: 401, tries: 1 });
  });

  it("wait for the job that still works on a document", async () => {
    const sdk = openSdk(server.key, kind);
    const fields = { source_type: "url", source_url: `${filesUrl}/report.pdf` };
    const first = await sdk.wait((await sdk.request("POST", "/jobs", fields)).body["job_id"]);
    const upload = { source_type: "file", file_name: "report.pdf", document_id: first["document_id"] };
    const waiting = (await sdk.request("POST", "/jobs", upload)).body;
    const refused = openSdk(server.key, kind, 2).request("POST", "/jobs", upload);
    expect(await refused).toMatchObject({ status: 409, tries: 3, body: { error: { code: "ABORTED" } } });
    await sdk.request("POST", `/jobs/${waiting["job_id"]}/cancel`);
    const next = await sdk.request("POST", "/jobs", { ...fields, document_id: first["document_id"] });
    expect(next).toMatchObject({ status: 202, tries: 1 });
    await sdk.wait(next.body["job_id"]);
    const { versions } = (await sdk.request("GET", `/documents/${first["document_id"]}/versions`)).body;
    expect(versions).toHaveLength(2);
  });
});
