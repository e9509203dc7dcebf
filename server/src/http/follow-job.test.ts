import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse, tinyPng } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());

const get = (path: string, headers: Record<string, string> = {}) => house.send("GET", path, { headers });
const job = async (id: string, query = "") => (await get(`/v1/jobs/${id}${query}`)).json;

describe("a job", () => {
  it("shows in each state exactly the fields that apply", async () => {
    const id = await house.createJob();
    const common = [
      "job_id",
      "status",
      "source_type",
      "data_id",
      "created_at",
      "duration_seconds",
      "namespace",
      "document_id",
      "file_name",
      "file_extension",
      "model",
      "ocr_enabled",
    ];
    const fields = async () => Object.keys(await job(id)).filter((name) => !common.includes(name));
    expect(await fields()).toEqual([]);
    house.jobs.change(id, { status: "converting" });
    expect(await fields()).toEqual([]);
    house.jobs.change(id, { status: "running" });
    expect(await fields()).toEqual([]);
    house.jobs.change(id, { progress: { totalPages: 10, processedPages: 4 } });
    expect((await job(id)).progress).toEqual({ total_pages: 10, processed_pages: 4 });
    await house.finish(id);
    expect(await fields()).toEqual([
      "completed_at",
      "result_checksum",
      "result",
      "result_url",
      "result_url_expires_at",
    ]);
    const { data_id, created_at, completed_at } = await job(id);
    expect(data_id).toBeNull();
    for (const time of [created_at, completed_at]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it("gives its result under the checksum that it names, by a URL that says truly when it expires", async () => {
    const id = await house.createJob();
    await house.finish(id);
    const { result_url, result_url_expires_at, result_checksum, result } = await job(id);
    const bytes = Buffer.from(await (await fetch(result_url)).arrayBuffer());
    const { createHash } = await import("node:crypto");
    expect(result_checksum).toEqual({ algorithm: "sha256", value: createHash("sha256").update(bytes).digest("hex") });
    expect(result).toMatchObject({ checksum: result_checksum.value, statistics: { total_chunks: 3 } });
    house.skip(Date.parse(result_url_expires_at) - Date.now() - 2000);
    expect((await fetch(result_url)).status).toBe(200);
    house.skip(3000);
    expect((await fetch(result_url)).status).toBe(403);
    expect((await fetch((await job(id)).result_url)).status).toBe(200);
  });

  it("is cancelled, and stays as it is when it is already over", async () => {
    const id = await house.createJob();
    const cancelled = await house.send("POST", `/v1/jobs/${id}/cancel`);
    expect(cancelled.json).toMatchObject({
      status: "failed",
      error: { code: "CANCELLED", message: "The job was cancelled" },
    });
    expect(cancelled.json.failed_at).toBeDefined();
    expect((await house.send("POST", `/v1/jobs/${id}/cancel`)).json).toEqual(cancelled.json);
  });

  it("is repeated as a new job that names the old", async () => {
    const id = await house.createJob();
    const { status, json } = await house.send("POST", `/v1/jobs/${id}/retry`);
    expect([status, json.retried_from, json.status]).toEqual([202, id, "pending"]);
    expect(json.job_id).not.toBe(id);
    const waiting = (await house.send("POST", "/v1/jobs", { body: { source_type: "file", file_name: "a.pdf" } })).json
      .job_id;
    expect((await house.send("POST", `/v1/jobs/${waiting}/retry`)).json.error).toMatchObject({
      code: "FAILED_PRECONDITION",
      details: { reason: "SOURCE_GONE" },
    });
  });

  it("is erased once, and then unknown", async () => {
    const id = await house.createJob();
    await house.finish(id);
    const { json } = await house.send("DELETE", `/v1/jobs/${id}?archive_document=true`, {
      headers: { "content-type": "application/json" },
    });
    expect(json).toMatchObject({ job_id: id, deleted: true, erased: { source: false, result: true } });
    expect((await house.send("DELETE", `/v1/jobs/${id}`)).status).toBe(404);
    expect((await get(`/v1/jobs/${id}`)).status).toBe(404);
  });
});

describe("waiting for a change", () => {
  it("answers at the change", async () => {
    const id = await house.createJob();
    const waited = job(id, "?wait=60");
    await expect.poll(() => house.jobs.waiting()).toBe(1);
    house.jobs.change(id, { status: "running" });
    expect((await waited).status).toBe("running");
  });

  it("answers as it is when nothing changes, and at once when the job is over", async () => {
    const id = await house.createJob();
    expect((await job(id, "?wait=0.01")).status).toBe("pending");
    await house.finish(id);
    expect((await job(id, "?wait=60")).status).toBe("done");
  });

  it.each(["61", "-1", "soon"])("is refused for wait=%s", async (wait) => {
    const { status, json } = await get(`/v1/jobs/job_1?wait=${wait}`);
    expect([status, json.error.details.field]).toEqual([400, "query.wait"]);
  });

  it("ends when the caller leaves", async () => {
    const id = await house.createJob();
    const leave = new AbortController();
    const left = fetch(`${house.base}/v1/jobs/${id}?wait=60`, {
      headers: { authorization: `Bearer ${house.key}` },
      signal: leave.signal,
    }).catch(() => "left");
    await expect.poll(() => house.jobs.waiting()).toBe(1);
    leave.abort();
    expect(await left).toBe("left");
    await expect.poll(() => house.jobs.waiting()).toBe(0);
  });
});

describe("the event stream", () => {
  it("tells what was, then what comes, and ends with the job", async () => {
    const id = await house.createJob();
    const stream = get(`/v1/jobs/${id}/events`);
    await expect.poll(() => house.jobs.waiting()).toBe(1);
    house.jobs.change(id, { status: "running" });
    house.jobs.change(id, {}, { type: "progress", data: { total_pages: 2, processed_pages: 1 } });
    await house.finish(id);
    const { text, headers } = await stream;
    expect(headers.get("content-type")).toContain("text/event-stream");
    expect([...text.matchAll(/"status":"([\w-]+)"/g)].map(([, status]) => status)).toEqual([
      "pending",
      "running",
      "done",
    ]);
    expect(text).toContain("event: progress");
  });

  it("goes on after the event that the caller has seen last", async () => {
    const id = await house.createJob();
    house.jobs.change(id, { status: "running" });
    await house.finish(id);
    const all = (await get(`/v1/jobs/${id}/events`)).text;
    const ids = [...all.matchAll(/^id: (\d+)$/gm)].map(([, number]) => number);
    expect(ids).toHaveLength(3);
    const rest = (await get(`/v1/jobs/${id}/events`, { "last-event-id": ids[1]! })).text;
    expect([...rest.matchAll(/^id: (\d+)$/gm)].map(([, number]) => number)).toEqual([ids[2]]);
    expect((await get(`/v1/jobs/${id}/events`, { "last-event-id": ids[2]! })).text).toBe("");
    expect((await get(`/v1/jobs/${id}/events`, { "last-event-id": "x" })).status).toBe(400);
  });

  it("lets go when the reader leaves", async () => {
    const id = await house.createJob();
    const { port } = new URL(house.base);
    const req = request({ port, path: `/v1/jobs/${id}/events`, headers: { authorization: `Bearer ${house.key}` } });
    req.on("error", () => {}).end();
    await expect.poll(() => house.jobs.waiting()).toBe(1);
    req.destroy();
    await expect.poll(() => house.jobs.waiting()).toBe(0);
  });
});

describe("parts of a result", () => {
  it("come with their types and ETags, and not again when they are known", async () => {
    const id = await house.createJob();
    await house.finish(id);
    const markdown = await get(`/v1/jobs/${id}/markdown`);
    expect([markdown.text, markdown.headers.get("content-type"), markdown.headers.get("content-length")]).toEqual([
      "# Title\n",
      "text/markdown; charset=utf-8",
      "8",
    ]);
    const etag = markdown.headers.get("etag")!;
    expect((await get(`/v1/jobs/${id}/markdown`, { "if-none-match": etag })).status).toBe(304);
    expect((await get(`/v1/jobs/${id}/html`, { "if-none-match": etag })).status).toBe(200);
    const html = await get(`/v1/jobs/${id}/html`);
    expect(html.text).toBe("<!doctype html><title>pdf</title>");
    expect((await get(`/v1/jobs/${id}/html`, { "if-none-match": html.headers.get("etag")! })).status).toBe(304);
    const image = await fetch(`${house.base}/v1/jobs/${id}/images/IMAGE_1.png`, {
      headers: { authorization: `Bearer ${house.key}` },
    });
    expect([image.headers.get("content-type"), Buffer.from(await image.arrayBuffer())]).toEqual(["image/png", tinyPng]);
  });

  it("come in ranges, resumable as long as they are the same", async () => {
    const id = await house.createJob();
    await house.finish(id);
    for (const [part, whole] of [
      ["markdown", "# Title\n"],
      ["html", "<!doctype html><title>pdf</title>"],
      ["tables/TABLE_1.html", "<table></table>"],
    ] as const) {
      const url = `/v1/jobs/${id}/${part}`;
      const first = await get(url, { range: "bytes=2-4" });
      const etag = first.headers.get("etag")!;
      expect([
        first.status,
        first.text,
        first.headers.get("content-range"),
        first.headers.get("content-length"),
      ]).toEqual([206, whole.slice(2, 5), `bytes 2-4/${whole.length}`, "3"]);
      expect((await get(url, { range: "bytes=-3", "if-range": etag })).text).toBe(whole.slice(-3));
      expect((await get(url, { range: "bytes=5-", "if-range": '"other"' })).text).toBe(whole);
      expect((await get(url, { range: "bytes=5-" })).text).toBe(whole.slice(5));
      const beyond = await get(url, { range: "bytes=500-" });
      expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${whole.length}`]);
      expect(beyond.json.error).toMatchObject({ code: "OUT_OF_RANGE", details: { bytes: whole.length } });
    }
  });

  it("are not there before the job is done, and unknown ones never", async () => {
    const id = await house.createJob();
    expect((await get(`/v1/jobs/${id}/markdown`)).json.error).toMatchObject({
      code: "FAILED_PRECONDITION",
      details: { reason: "RESULT_NOT_READY", status: "pending" },
    });
    await house.finish(id);
    expect((await get(`/v1/jobs/${id}/images/none.png`)).status).toBe(404);
    expect((await get(`/v1/jobs/${id}/images/..%2Ffull.md`)).status).toBe(404);
  });
});

describe("the list of jobs", () => {
  it("turns pages, newest first", async () => {
    const fresh = await openHttpHouse();
    const list = async (query: string) => (await fresh.send("GET", `/v1/jobs${query}`)).json;
    expect(await list("")).toEqual({ jobs: [], total: 0, page: 1, page_size: 20, total_pages: 0 });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await fresh.createJob());
    const { jobs, ...page } = await list("/page?page=2&page_size=2");
    expect(page).toEqual({ total: 5, page: 2, page_size: 2, total_pages: 3 });
    expect(jobs.map(({ job_id }: { job_id: string }) => job_id)).toEqual(ids.slice(2, 4));

    const seen: string[] = [];
    let query = "?limit=2";
    for (let turn = 0; turn < 3; turn++) {
      const { jobs, next_cursor, limit } = await list(query);
      expect(limit).toBe(2);
      seen.push(...jobs.map(({ job_id }: { job_id: string }) => job_id));
      expect(next_cursor === undefined).toBe(turn === 2);
      query = `?limit=2&cursor=${next_cursor}`;
    }
    expect(seen).toEqual(ids);
    await fresh.close();
  });

  it("is filtered by state, time and namespace", async () => {
    const fresh = await openHttpHouse();
    const total = async (query: string) => (await fresh.send("GET", `/v1/jobs?${query}`)).json.total;
    await fresh.finish(await fresh.createJob());
    await fresh.createJob();
    expect(await total("job_status=done")).toBe(1);
    expect(await total("job_type=document_ingestion")).toBe(2);
    expect(await total("job_type=other")).toBe(0);
    expect(await total("namespace=none")).toBe(0);
    expect(await total("recent_days=1")).toBe(2);
    fresh.skip(2 * 24 * 3600_000);
    expect(await total("recent_days=1")).toBe(0);
    expect(await total("recent_days=7")).toBe(2);
    expect(await total("recent_days=1&start_time=2020-01-01T00:00:00Z")).toBe(2);
    expect(await total("end_time=2020-01-01T00:00:00%2B02:00")).toBe(0);
    await fresh.close();
  });

  it.each([
    ["recent_days=3", "recent_days only supports 1, 7, or 30"],
    ["start_time=2025-01-02T00:00:00&end_time=2025-01-01T00:00:00Z", "start_time must not be later than end_time"],
    ["page=0", "Request validation failed"],
    ["page_size=101", "Request validation failed"],
    ["job_status=finished", "Request validation failed"],
    ["cursor=abc", "Request validation failed"],
    ["start_time=yesterday", "Request validation failed"],
  ])("is refused for %s", async (query, message) => {
    const { status, json } = await get(`/v1/jobs?${query}`);
    expect([status, json.error.message]).toEqual([400, message]);
    expect(json.error.details.field).toMatch(/^query\./);
  });
});

describe("API keys", () => {
  it("are made, listed masked, switched off and revoked", async () => {
    const created = (await house.send("POST", "/v1/auth/create", { body: { name: " laptop " } })).json;
    expect(created).toMatchObject({ name: "laptop", enabled_modules: [], scopes: ["write"] });
    expect((await house.send("GET", "/v1/jobs", { key: created.api_key })).status).toBe(200);
    const listed = (await get("/v1/auth/list")).json;
    expect(listed.total).toBe(listed.api_keys.length);
    expect(JSON.stringify(listed)).not.toContain(`"${created.api_key}"`);
    await house.send("PUT", `/v1/auth/${created.api_key_id}/toggle`);
    expect((await house.send("GET", "/v1/jobs", { key: created.api_key })).status).toBe(401);
    expect((await house.send("POST", "/v1/auth/revoke", { body: { api_key_id: created.api_key_id } })).json).toEqual({
      message: "API key revoked",
    });
    expect((await house.send("POST", "/v1/auth/revoke", { body: { api_key_id: created.api_key_id } })).status).toBe(
      404,
    );
    expect((await get(`/v1/auth/${created.api_key_id}`)).json.error.details).toEqual({
      resource: "API key",
      id: created.api_key_id,
    });
  });

  it("are at most ten an account, of different names, and expire in the future", async () => {
    const create = (name: string, expires_at?: string) =>
      house.send("POST", "/v1/auth/create", { body: { name, expires_at } });
    expect((await create("past", "2020-01-01T00:00:00")).json.error.details.field).toBe("body.expires_at");
    expect((await create("main")).json.error.details.reason).toBe("NAME_TAKEN");
    for (let i = 0; i < 9; i++) await create(`spare ${i}`);
    expect((await create("eleventh")).json.error.details.reason).toBe("TOO_MANY_KEYS");
  });
});
