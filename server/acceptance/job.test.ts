import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient, type Json } from "./client.ts";
import { deployment, makeDataDir, type StartedServer, startServer } from "./server.ts";

const pdf = await readFile(new URL("../../examples/report.pdf", import.meta.url));
const markdown = Buffer.from(
  "# Tides\n\nHigh water comes twice a day.\n\n## Gauges\n\n| place | cm |\n|---|---|\n| lock | 40 |\n",
);
const text = Buffer.from("HARBOUR NOTES\n\nThe lock opens at six. Ångström is a unit.\n", "latin1");
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
let server: StartedServer;
let client: Client;
let files: Server;
let filesUrl: string;

beforeAll(async () => {
  dataDir = await makeDataDir();
  server = await startServer(dataDir.path);
  client = createClient(server);
  files = createServer((request, response) => {
    const path = request.url!.split("?")[0];
    if (path === "/report.pdf") response.setHeader("content-type", "application/pdf").end(pdf);
    else if (path === "/notes") response.setHeader("content-type", "text/markdown; charset=utf-8").end(markdown);
    else if (path === "/moved.txt") response.writeHead(302, { location: "/real.txt" }).end();
    else if (path === "/real.txt") response.setHeader("content-type", "text/plain").end(text);
    else if (request.method === "POST" && path === "/hook") response.writeHead(200).end();
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

describe("a PDF by upload", () => {
  let created: Json;
  let seen: Json[];
  let members: Map<string, Buffer>;
  const member = (name: string) => JSON.parse(members.get(name)!.toString("utf8"));

  it("goes from waiting-file to done with true progress", async () => {
    const answer = await client.call("POST", "/v1/jobs", {
      source_type: "file",
      file_name: "report.pdf",
      data_id: "harbour-1",
    });
    created = answer.body;
    expect(answer.status).toBe(200);
    expect(created).toMatchObject({
      status: "waiting-file",
      source_type: "file",
      data_id: "harbour-1",
      expires_in: 3600,
      upload_headers: { "Content-Type": "application/pdf" },
    });
    expect(created["job_id"]).toMatch(/^job_[0-9a-f]{12}$/);
    expect(created["created_at"]).toMatch(isoTime);
    expect((await client.upload(created, pdf)).status).toBe(200);
    seen = await client.follow(created["job_id"]);
    const progress = seen.flatMap((job) => (job["progress"] ? [job["progress"]] : []));
    for (const { total_pages, processed_pages } of progress) {
      expect(total_pages).toBe(3);
      expect(processed_pages).toBeLessThanOrEqual(3);
    }
    expect(seen.at(-1)).toMatchObject({
      status: "done",
      data_id: "harbour-1",
      file_extension: "PDF",
      result: { statistics: { total_pages: 3, table_chunks: 1 } },
    });
    expect(seen.at(-1)!["completed_at"]).toMatch(isoTime);
    expect(seen.at(-1)).not.toHaveProperty("error");
    expect(seen.at(-1)).not.toHaveProperty("upload_url");
  });

  it("gives a ZIP whose checksum is that of the bytes served", async () => {
    members = await client.download(seen.at(-1)!);
    expect([...members.keys()][0]).toBe("chunks.json");
    expect([...members.keys()].at(-1)).toBe("manifest.json");
    const manifest = member("manifest.json");
    expect(manifest).not.toHaveProperty("checksum");
    for (const [name, digest] of Object.entries(manifest.digests)) {
      expect(createHash("sha256").update(members.get(name)!).digest("hex")).toBe(digest);
    }
    expect(manifest.statistics.total_chunks).toBe(member("chunks.json").chunks.length);
  });

  it("grounds every chunk in section, page and box", () => {
    const { chunks } = member("chunks.json");
    const tides = chunks.find((chunk: Json) => chunk["path"].endsWith("2 Tides"));
    expect(tides.path).toBe("Default_Root/report.pdf-->Harbour Report-->2 Tides");
    expect(tides.metadata.page_nums).toEqual([2]);
    const [x0, y0, x1, y1] = tides.metadata.places[0].box;
    expect(x0).toBeGreaterThan(60);
    expect(x1).toBeLessThan(595);
    expect(y0).toBeGreaterThan(80);
    expect(y1).toBeLessThan(300);
    const table = chunks.find((chunk: Json) => chunk["type"] === "table");
    expect(table.content).toContain("107,450");
    expect(members.get(table.metadata.file_path)!.toString()).toBe(table.content);
    const owner = chunks.find((chunk: Json) =>
      chunk["metadata"].connect_to?.some(({ target }: Json) => target === table.chunk_id),
    );
    expect(owner.content).toContain(`TABLE_${table.chunk_id}_TABLE`);
    expect(chunks.indexOf(table)).toBeLessThan(chunks.indexOf(owner));
  });

  it("gives the same members again for the same bytes", async () => {
    const again = await client.download(await client.parse("report.pdf", pdf, { parsing_params: { reuse: false } }));
    for (const name of ["chunks.json", "full.md", "doc_nav.json", "hierarchy.json", "document.json"]) {
      expect(again.get(name)!.equals(members.get(name)!)).toBe(true);
    }
  });

  it("answers the same bytes under other ids with the earlier result, in a package of its own", async () => {
    const first = await client.parse("twice.pdf", pdf, { data_id: "first" });
    const second = await client.parse("twice.pdf", pdf, { data_id: "second" });
    expect(second["job_id"]).not.toBe(first["job_id"]);
    expect(second["result"].statistics).toEqual(first["result"].statistics);
    const [before, after] = [await client.download(first), await client.download(second)];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, bytes] of before) if (name !== "manifest.json") expect(after.get(name)!.equals(bytes)).toBe(true);
    const manifestOf = (of: Map<string, Buffer>) => JSON.parse(of.get("manifest.json")!.toString("utf8"));
    expect(manifestOf(after)).toMatchObject({ job_id: second["job_id"], data_id: "second" });
    expect(manifestOf(after).digests).toEqual(manifestOf(before).digests);
    expect((await client.call("DELETE", `/v1/jobs/${first["job_id"]}`)).status).toBe(200);
    expect((await client.download(second)).has("chunks.json")).toBe(true);
  });

  it("takes one upload only, and the second one does no harm", async () => {
    const second = await client.upload(created, Buffer.from("%PDF-1.4 other"));
    // S3 knows no URL that is good for one upload only.
    if (deployment?.storage !== "bucket") expect(second.status).toBeGreaterThanOrEqual(400);
    expect((await client.call("GET", `/v1/jobs/${created["job_id"]}`)).body["status"]).toBe("done");
  });

  it("serves ranges of the result", async () => {
    const { body: job } = await client.call("GET", `/v1/jobs/${created["job_id"]}`);
    // S3 refuses two ways to sign one request.
    const stray: Record<string, string> = deployment?.storage === "bucket" ? {} : { authorization: "Bearer stray" };
    const part = await fetch(job["result_url"], { headers: { range: "bytes=0-1", ...stray } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).toString()).toBe("PK");
  });
});

describe("other ways in", () => {
  it("takes a PDF in one multipart call", async () => {
    const form = new FormData();
    form.set("file", new Blob([pdf]), "report.pdf");
    form.set("parsing_params", JSON.stringify({ pages: "2-3" }));
    const { status, body } = await client.call("POST", "/v1/jobs", form);
    expect([status, body["status"]]).toEqual([202, "pending"]);
    const job = await client.finish(body["job_id"]);
    const full = (await client.download(job)).get("full.md")!.toString();
    expect(full).toContain("Tides");
    expect(full).not.toContain("Traffic grew");
  });

  it.each([
    ["/report.pdf", "report.pdf", "PDF", "Harbour Report"],
    ["/notes?x=1", "notes.md", "MD", "High water"],
    ["/moved.txt", "moved.txt", "TXT", "Ångström"],
  ])("fetches %s from its URL", async (path, name, extension, found) => {
    const { status, body } = await client.call("POST", "/v1/jobs", { source_type: "url", source_url: filesUrl + path });
    expect([status, body["status"], body["source_type"]]).toEqual([202, "pending", "url"]);
    const job = await client.finish(body["job_id"]);
    expect(job).toMatchObject({ status: "done", file_name: name, file_extension: extension });
    expect((await client.download(job)).get("full.md")!.toString()).toContain(found);
  });

  it("fails a job whose URL answers 404, and says so", async () => {
    const { body } = await client.call("POST", "/v1/jobs", { source_type: "url", source_url: `${filesUrl}/gone.pdf` });
    expect(await client.finish(body["job_id"])).toMatchObject({
      status: "failed",
      error: { code: "INVALID_ARGUMENT", details: { reason: "DOWNLOAD_FAILED" } },
    });
  });

  it("refuses a URL that points inside", async () => {
    const { status, body } = await client.call("POST", "/v1/jobs", {
      source_type: "url",
      source_url: "http://169.254.169.254/latest/meta-data.pdf",
    });
    expect([status, body["error"].code]).toEqual([400, "INVALID_ARGUMENT"]);
  });

  it("reads Markdown and text", async () => {
    const notes = await client.parse("tides.md", markdown);
    expect((await client.download(notes)).get("full.md")!.toString()).toContain("| lock | 40 |");
    const plain = await client.parse("notes.txt", text);
    expect((await client.download(plain)).get("full.md")!.toString()).toContain("Ångström");
  });
});

describe("what goes wrong", () => {
  it.each([
    ["random bytes", "x.pdf", Buffer.from([1, 2, 3, 4, 250, 251, 0, 9]), "TYPE_MISMATCH"],
    ["an empty file", "x.pdf", Buffer.alloc(0), "EMPTY_DOCUMENT"],
    ["a truncated PDF", "x.pdf", pdf.subarray(0, 800), "PARSING_FAILED"],
  ])("fails %s with a reason", async (_what, name, bytes, reason) => {
    expect(await client.parse(name, bytes)).toMatchObject({
      status: "failed",
      error: { code: "INVALID_ARGUMENT", details: { reason, file_type: "pdf" } },
    });
  });

  it("parses a PDF under another name as what it is, with a warning", async () => {
    expect(await client.parse("report.txt", pdf)).toMatchObject({
      status: "done",
      warnings: [{ code: "TYPE_CORRECTED" }],
    });
  });

  it("answers unknown jobs, routes and keys in the envelope, with rate headers and a request id", async () => {
    const unknown = await client.call("GET", "/v1/jobs/job_nonexistent");
    expect(unknown.status).toBe(404);
    expect(unknown.body).toMatchObject({
      success: false,
      error: { code: "NOT_FOUND", message: "Job not found", details: { resource: "Job", id: "job_nonexistent" } },
    });
    expect(unknown.headers.get("x-request-id")).toBe(unknown.body["error"].request_id);
    const stranger = createClient({ ...server, key: "sk_live_nobody" });
    expect((await stranger.call("GET", "/v1/jobs")).body["error"]).toMatchObject({
      code: "UNAUTHENTICATED",
      message: "Invalid API Key",
    });
    expect((await client.call("GET", "/nowhere")).status).toBe(404);
    expect((await client.call("PATCH", "/v1/jobs")).status).toBe(405);
    expect((await client.call("POST", "/api/v1/jobs", { source_type: "file" })).body["error"]).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "file_name is required when source_type is 'file'",
    });
  });

  it("cancels a waiting job, erases it, and then knows nothing of it", async () => {
    const { body: job } = await client.call("POST", "/v1/jobs", { source_type: "file", file_name: "a.pdf" });
    expect((await client.call("POST", `/v1/jobs/${job["job_id"]}/cancel`)).body).toMatchObject({
      status: "failed",
      error: { code: "CANCELLED" },
    });
    expect((await client.call("DELETE", `/v1/jobs/${job["job_id"]}`)).body).toMatchObject({
      job_id: job["job_id"],
      deleted: true,
    });
    expect((await client.call("GET", `/v1/jobs/${job["job_id"]}`)).status).toBe(404);
  });
});

describe("around it", () => {
  it("lists newest first and says who it is", async () => {
    const { body } = await client.call("GET", "/v1/jobs?page_size=2&job_status=done");
    expect(body["jobs"]).toHaveLength(2);
    expect(body["jobs"][0].created_at >= body["jobs"][1].created_at).toBe(true);
    expect((await client.call("GET", "/health")).body).toMatchObject({ status: "healthy" });
    expect((await client.call("GET", "/openapi.json")).body).toMatchObject({ openapi: "3.1.0" });
    expect((await fetch(`${server.url}/docs`)).status).toBe(200);
    expect((await fetch(body["jobs"][0].result_url)).status).toBe(200);
  });

  it("counts what it did, by key and day and for Prometheus", async () => {
    const { body } = await client.call("GET", "/v1/usage");
    expect(body["total"].jobs).toBeGreaterThan(5);
    expect(body["total"].pages).toBeGreaterThan(body["total"].jobs);
    expect(body["total"].bytes).toBeGreaterThan(3 * pdf.length);
    expect(body["total"].seconds).toBeGreaterThan(0);
    expect(body["days"][0]).toHaveProperty("key_name");
    const text = (await client.call("GET", "/metrics")).body["text"];
    // Jobs end in the workers' processes, which have metrics of their own.
    if (!deployment) expect(text).toMatch(/knowhere_job_duration_seconds_count\{format="pdf",outcome="done"\} \d/);
    expect(text).toContain("knowhere_database_up 1");
    expect(text).toContain('knowhere_jobs_active{state="running"} 0');
  });

  it("delivers a signed webhook when the job is done", async () => {
    const heard = new Promise<{ headers: Json; body: Json }>((resolve) => {
      files.on("request", (request, response) => {
        if (request.method !== "POST") return;
        let body = "";
        request.on("data", (part) => {
          body += part;
        });
        request.on("end", () => {
          response.end();
          resolve({ headers: request.headers, body: JSON.parse(body) });
        });
      });
    });
    const job = await client.parse("tides.md", markdown, { webhook: { url: `${filesUrl}/hook` } });
    const { headers, body } = await heard;
    const secrets = (await client.call("GET", "/v1/webhooks/secrets")).body;
    expect(secrets).toMatchObject({ total: 1, secrets: [{ endpoint: `${filesUrl}/hook`, status: "active" }] });
    const tried = await client.call("POST", "/v1/webhooks/trigger", { job_id: job["job_id"] });
    expect(tried.body).toMatchObject({ success: true, status_code: 200, delivery_id: headers["webhook-id"] });
    const { logs } = (await client.call("GET", `/v1/webhooks/logs?job_id=${job["job_id"]}`)).body;
    expect(logs).toHaveLength(2);
    expect(body).toMatchObject({ event: "job.completed", job_id: job["job_id"], status: "completed" });
    expect(headers["x-knowhere-signature"]).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect((await client.download({ ...job, result_url: body["result_url"] })).has("manifest.json")).toBe(true);
  });
});
