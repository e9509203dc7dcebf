import { connect } from "node:net";
import { ErrorAnswer, problem } from "@knowhere/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse, type Sent } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse({ maxSourceBytes: 1000 });
});
afterAll(() => house.close());

const told = ({ status, json }: Sent) => [status, json.error.code, json.error.message];

/** Writes bytes to the server as they are and gives back what comes. */
async function sendBytes(text: string): Promise<string> {
  const { hostname, port } = new URL(house.base);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket
      .on("data", (chunk) => chunks.push(chunk))
      .on("error", reject)
      .on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

describe("who is asking", () => {
  it.each([
    [{}, "Authentication required. Provide Authorization header."],
    [{ authorization: "Basic abc" }, "Invalid Authorization header format"],
    [{ authorization: "Bearer" }, "Invalid Authorization header format"],
    [{ authorization: "Bearer sk_live_unknown" }, "Invalid API Key"],
    [{ authorization: `Bearer ${"k".repeat(600)}` }, "Invalid API Key"],
  ] as [Record<string, string>, string][])("is refused with %j", async (headers, message) => {
    const sent = await house.send("GET", "/v1/jobs/job_x", { key: null, headers });
    expect(told(sent)).toEqual([401, "UNAUTHENTICATED", message]);
    expect(sent.headers.has("ratelimit-limit")).toBe(false);
  });

  it("is refused before the body is looked at", async () => {
    const sent = await house.send("POST", "/v1/jobs", {
      key: null,
      raw: "{nonsense",
      headers: { "content-type": "application/json" },
    });
    expect(sent.status).toBe(401);
  });

  it("is known under any case of the scheme", async () => {
    expect(
      (await house.send("GET", "/v1/jobs", { key: null, headers: { authorization: `bearer  ${house.key} ` } })).status,
    ).toBe(200);
  });

  it("sees nothing of another account", async () => {
    const id = await house.createJob();
    const { key } = await house.keys.create({ account: "acc_two", name: "other", scopes: ["admin"] });
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/cancel"],
      ["POST", "/retry"],
      ["POST", "/confirm-upload"],
      ["GET", "/events"],
      ["GET", "/markdown"],
    ]) {
      const sent = await house.send(method!, `/v1/jobs/${id}${path}`, { key });
      expect([path, ...told(sent)]).toEqual([path, 404, "NOT_FOUND", "Job not found"]);
      expect(sent.json.error.details).toEqual({ resource: "Job", id });
    }
    expect((await house.send("GET", "/v1/jobs", { key })).json.total).toBe(0);
    expect((await house.send("GET", `/v1/jobs/${id}`)).status).toBe(200);
  });

  it("is let in by scopes that include the wanted one", async () => {
    const { key } = await house.keys.create({ account: "acc_one", name: "writer", scopes: ["write"] });
    expect((await house.send("GET", "/v1/jobs", { key })).status).toBe(200);
    expect((await house.send("GET", "/v1/auth/list", { key })).status).toBe(403);
  });
});

describe("every answer", () => {
  it("carries the caller's request id when it is harmless, else one of ours", async () => {
    const own = await house.send("GET", "/v1/jobs/none", { headers: { "x-request-id": "my-trace:42" } });
    expect([own.headers.get("x-request-id"), own.json.error.request_id]).toEqual(["my-trace:42", "my-trace:42"]);
    for (const bad of ["with space", "x".repeat(129), 'quote"']) {
      expect(
        (await house.send("GET", "/health", { headers: { "x-request-id": bad } })).headers.get("x-request-id"),
      ).toMatch(/^req_[0-9a-f]{16}$/);
    }
  });

  it("counts down, errors and unknown paths included", async () => {
    const { key } = await house.keys.create({
      account: "acc_one",
      name: "counted",
      scopes: ["admin"],
      ratePerMinute: 1000,
    });
    const remaining: number[] = [];
    for (const [method, path] of [
      ["GET", "/v1/jobs"],
      ["GET", "/v1/jobs/none"],
      ["GET", "/v1/nowhere"],
      ["PATCH", "/v1/jobs"],
      ["POST", "/v1/jobs"],
    ]) {
      const { headers } = await house.send(method!, path!, { key });
      expect(headers.get("ratelimit-limit")).toBe("1000");
      const reset = Number(headers.get("ratelimit-reset"));
      expect(reset).toBeGreaterThan(Date.now() / 1000);
      expect(reset).toBeLessThan(Date.now() / 1000 + 61);
      remaining.push(Number(headers.get("ratelimit-remaining")));
    }
    expect(remaining).toEqual([999, 998, 997, 996, 995]);
  });

  it("turns into 429 with every hint when the window is used up, and is well again in the next", async () => {
    const { key } = await house.keys.create({ account: "acc_one", name: "hasty", scopes: ["admin"], ratePerMinute: 2 });
    await house.send("GET", "/v1/jobs", { key });
    await house.send("GET", "/v1/jobs", { key });
    const sent = await house.send("GET", "/v1/jobs", { key });
    ErrorAnswer.parse(sent.json);
    const { details, code, message } = sent.json.error;
    expect([sent.status, code, message]).toEqual([
      429,
      "RESOURCE_EXHAUSTED",
      `Rate limit exceeded. Please retry after ${details.retry_after} seconds.`,
    ]);
    expect(details).toMatchObject({ reason: "RATE_LIMIT_EXCEEDED", limit: 2, period: "minute", remaining: 0 });
    expect(details.retry_after).toBeGreaterThan(0);
    expect(
      Object.fromEntries(
        ["retry-after", "x-ratelimit-limit", "x-ratelimit-period", "ratelimit-remaining", "ratelimit-reset"].map(
          (name) => [name, sent.headers.get(name)],
        ),
      ),
    ).toEqual({
      "retry-after": String(details.retry_after),
      "x-ratelimit-limit": "2",
      "x-ratelimit-period": "minute",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(details.reset),
    });
    house.skip(60_000);
    expect((await house.send("GET", "/v1/jobs", { key })).status).toBe(200);
  });

  it("keeps the headers for a key without a limit", async () => {
    const { key } = await house.keys.create({ account: "acc_one", name: "free", scopes: ["read"], ratePerMinute: 0 });
    const { headers } = await house.send("GET", "/v1/jobs", { key });
    for (const name of ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"])
      expect(Number(headers.get(name))).toBeGreaterThan(1_000_000);
  });
});

describe("requests that fit nothing", () => {
  it("are told so in the envelope", async () => {
    expect(told(await house.send("GET", "/nowhere", { key: null }))).toEqual([404, "NOT_FOUND", "Resource not found"]);
    expect(told(await house.send("GET", "/v1/jobs/a/b/c"))).toEqual([404, "NOT_FOUND", "Resource not found"]);
    const wrong = await house.send("PUT", "/v1/jobs/job_1");
    expect([...told(wrong), wrong.headers.get("allow")]).toEqual([
      405,
      "METHOD_NOT_ALLOWED",
      "Method not allowed",
      "DELETE, GET, HEAD",
    ]);
    expect((await house.send("GET", "/v1/%ff")).status).toBe(400);
    expect((await house.send("GET", `/v1/jobs/${"x".repeat(600)}`)).json.success).toBe(false);
  });

  it("survive broken JSON, bodies of the wrong kind, too deep and too large ones", async () => {
    const post = (raw: string, type = "application/json") =>
      house.send("POST", "/v1/jobs", { raw, headers: { "content-type": type } });
    expect(told(await post("{nonsense"))).toEqual([400, "INVALID_ARGUMENT", "Request body is not valid JSON"]);
    expect((await post("[1]")).json.error.details).toMatchObject({ field: "body", reason: "INVALID_TYPE" });
    expect((await post("")).json.error.details).toMatchObject({ field: "body", reason: "MISSING_FIELD" });
    expect((await post("[".repeat(100_000))).json.error.details).toMatchObject({ reason: "TOO_DEEP" });
    expect((await post(JSON.stringify({ a: "x".repeat(2_000_000) }))).json.error.details).toMatchObject({
      reason: "BODY_TOO_LARGE",
    });
    expect(
      (await post('{"source_type":"url","source_url":"https://a.test/x.pdf"}', "application/x-www-form-urlencoded"))
        .status,
    ).toBe(202);
  });

  it("do not confuse the parser: bytes that are no HTTP, headers without end, a missing Host", async () => {
    const garbage = await sendBytes("\x16\x03\x01 hello\r\n\r\n");
    expect(garbage).toMatch(/^HTTP\/1.1 400 [\s\S]+x-request-id: req_[0-9a-f]{16}/i);
    expect(ErrorAnswer.parse(JSON.parse(garbage.split("\r\n\r\n")[1]!)).error.code).toBe("INVALID_ARGUMENT");
    expect(await sendBytes(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
    expect(await sendBytes("GET /v1/jobs HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 401 /);
  });

  it("never put a Host that is none into a URL", async () => {
    const body = JSON.stringify({ source_type: "file", file_name: "a.pdf" });
    const answer = await sendBytes(
      `POST /v1/jobs HTTP/1.1\r\nHost: evil"><script>\r\nAuthorization: Bearer ${house.key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(answer).toContain(`"upload_url":"${house.base}/blobs/uploads/`);
  });
});

describe("trouble of our own", () => {
  it.each([
    [
      new Error("secret table name"),
      500,
      "INTERNAL_ERROR",
      "An internal system error occurred. Please contact support.",
    ],
    [
      Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
      503,
      "UNAVAILABLE",
      "The service is temporarily unavailable. Please retry.",
    ],
    [problem("UNAVAILABLE"), 503, "UNAVAILABLE", "The service is temporarily unavailable. Please retry."],
  ])("stays inside: %s", async (error, status, code, message) => {
    const failing = await openHttpHouse();
    failing.jobs.get = () => Promise.reject(error);
    const sent = await failing.send("GET", "/v1/jobs/job_1");
    expect(told(sent)).toEqual([status, code, message]);
    expect(sent.text).not.toContain("secret");
    expect(sent.headers.get("retry-after")).toBe(status === 503 ? "5" : null);
    expect(sent.headers.has("ratelimit-limit")).toBe(true);
    expect(failing.logged.find(({ level }) => level === "error")).toMatchObject({
      requestId: sent.json.error.request_id,
      err: { message: error.message },
    });
    await failing.close();
  });

  it("shows when a part is not ready", async () => {
    const failing = await openHttpHouse({}, { checkReadiness: async () => ({ database: "down", blobs: "ok" }) });
    const sent = await failing.send("GET", "/health/ready", { key: null });
    expect([sent.status, sent.json.error.details]).toEqual([
      503,
      { retry_after: 5, checks: { database: "down", blobs: "ok" } },
    ]);
    expect((await failing.send("GET", "/health", { key: null })).status).toBe(200);
    await failing.close();
  });
});

describe("the log", () => {
  it("has one line a request and neither keys nor signatures", async () => {
    const { upload_url: url } = (
      await house.send("POST", "/v1/jobs", {
        body: { source_type: "file", file_name: "a.pdf", parsing_params: { password: "hunter2" } },
      })
    ).json;
    await house.send("PUT", url, { raw: "%PDF", headers: { "content-type": "application/pdf" } });
    await expect
      .poll(() => house.logged.at(-1))
      .toMatchObject({
        message: "request",
        operation: "blob",
        method: "PUT",
        status: 200,
        path: new URL(url).pathname,
      });
    const lines = JSON.stringify(house.logged);
    for (const secret of [house.key, new URL(url).searchParams.get("signature")!, "hunter2", "signature="])
      expect(lines).not.toContain(secret);
    expect(lines).toContain(`"keyId":"${house.keyRecord.keyId}"`);
  });
});

describe("browsers", () => {
  const preflight = (house: HttpHouse, origin: string) =>
    house.send("OPTIONS", "/v1/jobs", {
      key: null,
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });
  const app = "https://app.test";

  it("are told nothing for pages of other origins, unless a setting names them", async () => {
    const asked = await preflight(house, app);
    const sent = await house.send("GET", "/v1/jobs", { headers: { origin: app } });
    expect([asked.status, sent.status]).toEqual([405, 200]);
    for (const { headers } of [asked, sent]) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(headers.get("vary")).toBe("Origin");
    }
  });

  it.each([
    ["*", app, "*"],
    [app, app, app],
    [app, "https://APP.test", "https://APP.test"],
    [app, "https://app.test.evil.test", null],
    [app, "http://app.test", null],
    [app, "null", null],
  ])("may ask under the setting %s from %s: %s", async (setting, origin, allowed) => {
    const open = await openHttpHouse({ corsOrigins: [setting] });
    const asked = await preflight(open, origin);
    expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([allowed ? 204 : 405, allowed]);
    expect(asked.headers.get("access-control-allow-headers")).toBe(allowed && "authorization");
    const { json, headers } = await open.send("POST", "/v1/jobs", {
      body: { source_type: "file", file_name: "a.pdf" },
      headers: { origin },
    });
    expect(headers.get("access-control-allow-origin")).toBe(allowed);
    expect(headers.has("access-control-allow-credentials")).toBe(false);
    const put = await open.send("PUT", json.upload_url, {
      key: null,
      raw: "%PDF",
      headers: { origin, "content-type": "application/pdf" },
    });
    expect([put.status, put.headers.get("access-control-allow-origin")]).toEqual([200, allowed]);
    await open.close();
  });

  it("get a documentation page that loads nothing from elsewhere", async () => {
    const page = await house.send("GET", "/docs", { key: null });
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.text).not.toMatch(/https?:/);
    for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await house.send("GET", path!, { key: null })).status, path).toBe(200);
    expect((await house.send("GET", "/docs/assets/..%2Fpackage.json", { key: null })).status).toBe(404);
    expect((await house.send("GET", "/docs/assets/constructor", { key: null })).status).toBe(404);
  });

  it("run nothing that stands in a result", async () => {
    const id = await house.createJob();
    await house.finish(id);
    for (const part of ["html", "images/IMAGE_1.png", "tables/TABLE_1.html", "markdown"]) {
      const { headers } = await house.send("GET", `/v1/jobs/${id}/${part}`);
      expect(headers.get("content-security-policy")).toContain("sandbox");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });
});

describe("the stop", () => {
  it("answers what is in flight and is not held up by idle, waiting and streaming callers", async () => {
    const stopped = await openHttpHouse();
    const id = await stopped.createJob();
    const waiting = stopped.send("GET", `/v1/jobs/${id}?wait=60`);
    const streaming = stopped.send("GET", `/v1/jobs/${id}/events`);
    await expect.poll(() => stopped.jobs.waiting()).toBe(2);
    await stopped.send("GET", "/health");
    await stopped.server.close({ graceMs: 60_000 });
    expect([(await waiting).json.status, (await streaming).text]).toEqual([
      "pending",
      expect.stringContaining("event: state"),
    ]);
    await expect(fetch(`${stopped.base}/health`)).rejects.toThrow();
  });
});
