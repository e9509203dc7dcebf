/**
 * Nothing that is secret stands in the log or in an error answer: a server runs with every secret it can have, is asked for many
 * things that go well and many that do not, and then all that it wrote is searched.
 */
import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PdfWriter } from "../src/testing/pdf-writer.ts";
import { createClient } from "./client.ts";
import { deployment, makeDataDir, type StartedServer, startServer } from "./server.ts";

const secrets: Record<string, string> = {
  "the bootstrap key": "sk_live_canarybootstrapkey0123456789abcdefghij",
  "a key that is wrong": "sk_live_canarywrongkey",
  "the model's key": "canary-model-key",
  "the password of a document": "canary-password",
  "the text of a document": "canarydocumenttext",
  "the query of a source URL": "canary-source-token",
  "the query of a webhook URL": "canary-hook-token",
};
const dataDir = await makeDataDir();
let outside: Server;
let outsideUrl: string;
let server: StartedServer;
let client: ReturnType<typeof createClient>;
/** Every answer that was an error, and what failed jobs say about themselves. */
const errors: string[] = [];
beforeAll(async () => {
  // Every call from the server ends badly, and says back what it was given.
  outside = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(`${request.url} ${JSON.stringify(request.headers)} ${body}`);
    });
  });
  await new Promise<void>((done) => outside.listen(0, "127.0.0.1", done));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  server = await startServer(dataDir.path, {
    KNOWHERE_API_KEY: secrets["the bootstrap key"]!,
    KNOWHERE_LLM_BASE_URL: `${outsideUrl}/v1`,
    KNOWHERE_LLM_API_KEY: secrets["the model's key"]!,
    KNOWHERE_LLM_MODEL: "any",
    KNOWHERE_LOG_LEVEL: "trace",
  });
  client = createClient(server);
});
afterAll(async () => {
  await server?.stop();
  outside.close();
  await dataDir.remove();
});

const text = secrets["the text of a document"]!;
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const sent = await client.call(method, path, body, headers);
  if (sent.status >= 400) errors.push(`${method} ${path} ${JSON.stringify(sent.body)}`);
  return sent;
}
async function finish(fileName: string, bytes: Uint8Array | string, fields: Record<string, unknown> = {}) {
  const job = await client.parse(fileName, Buffer.from(bytes as string), fields);
  if (job["status"] === "failed") errors.push(JSON.stringify(job));
  return job;
}

describe.skipIf(deployment)("secrets", () => {
  it("stay out of the log and out of every error answer", async () => {
    const webhook = { url: `${outsideUrl}/hook?token=${secrets["the query of a webhook URL"]}` };
    const password = secrets["the password of a document"]!;
    const made = await call("POST", "/v1/webhooks/secrets", { endpoint: webhook.url });
    secrets["a webhook's secret"] = made.body["secret"];
    const key = await call("POST", "/v1/auth/create", { name: "canary", scopes: ["read"] });
    secrets["a key that was made"] = key.body["api_key"];

    // Jobs that end well, by way of a model that fails and a webhook that refuses.
    const done = await finish("a.txt", `${text} `.repeat(200), {
      webhook,
      parsing_params: { model: "advanced", summary_use_llm: true },
    });
    expect(done["status"]).toBe("done");
    secrets["the signature of a result URL"] = new URL(done["result_url"]).searchParams.get("signature")!;

    // Jobs that fail, each with text in it.
    const pdf = new PdfWriter({ password: "another" });
    pdf.page().text(text, 72, 72);
    const failed = [
      await finish("locked.pdf", pdf.bytes(), { parsing_params: { password } }),
      await finish("broken.json", `{"${text}": ${text}`),
      await finish("broken.xml", `<a>${text}<b></a>`),
      await finish("broken.docx", `PK\u0003\u0004${text}`),
      await finish("broken.pdf", `%PDF-1.7\n1 0 obj << ${text}`),
      await finish("lie.xlsx", `${text} is no workbook`),
      await finish("broken.png", `\u0089PNG\r\n\u001a\n${text}`),
    ];
    expect(failed.filter(({ status }) => status === "failed").length).toBeGreaterThanOrEqual(5);
    const source_url = `${outsideUrl}/file.pdf?token=${secrets["the query of a source URL"]}`;
    const fetched = await call("POST", "/v1/jobs", { source_type: "url", source_url, webhook });
    const lost = await client.finish(fetched.body["job_id"]);
    expect(lost["status"]).toBe("failed");
    errors.push(JSON.stringify(lost));

    // Requests that are refused.
    const wrong = { authorization: `Bearer ${secrets["a key that is wrong"]}` };
    await call("GET", "/v1/jobs", undefined, wrong);
    await call("GET", "/v1/jobs", undefined, { authorization: secrets["a key that is wrong"]! });
    await call("GET", "/v1/auth/list", undefined, { authorization: `Bearer ${secrets["a key that was made"]}` });
    const asked = { source_type: "file", file_name: "a.pdf" };
    await call("POST", "/v1/jobs", { ...asked, parsing_params: { password: { is: password } } });
    await call("POST", "/v1/jobs", { ...asked, parsing_params: { password, model: "none" } });
    await call("POST", "/v1/jobs", {
      source_type: "url",
      source_url: `http://10.0.0.1/?token=${secrets["the query of a source URL"]}`,
    });
    await call("POST", "/v1/jobs", {
      ...asked,
      webhook: { url: `http://10.0.0.1/?t=${secrets["the query of a webhook URL"]}` },
    });
    const waiting = await call("POST", "/v1/jobs", asked);
    const upload = new URL(waiting.body["upload_url"]);
    secrets["the signature of an upload URL"] = upload.searchParams.get("signature")!;
    const turned = new URL(upload);
    turned.searchParams.set("expires", "9999999999");
    for (const [url, type] of [
      [upload, "text/html"],
      [turned, "application/pdf"],
    ] as const) {
      const refused = await fetch(url, { method: "PUT", body: text, headers: { "content-type": type } });
      expect(refused.status).toBe(403);
      errors.push(await refused.text());
    }
    await call("GET", `/v1/jobs/${done["job_id"]}/images/x.png`);
    await call("GET", `/v1/webhooks/logs?page=x`);

    // The tries of the webhook are written by a round of their own.
    await expect.poll(() => server.errors()).toMatch(/webhook will be tried again|webhook was given up/);
    await server.stop();
    const log = server.output() + server.errors();
    expect(log).toContain("job failed");
    expect(errors.length).toBeGreaterThan(15);
    for (const [what, secret] of Object.entries(secrets)) {
      expect(secret, what).toMatch(/^\S{8,}$/);
      expect(
        log.split("\n").filter((line) => line.includes(secret)),
        `${what} in the log`,
      ).toEqual([]);
      expect(
        errors.filter((answer) => answer.includes(secret)),
        `${what} in an error`,
      ).toEqual([]);
    }
  }, 300_000);

  it("stay out of what the commands say about the settings, right ones and wrong ones", () => {
    const hidden = {
      KNOWHERE_API_KEY: "sk_live_canarysetting",
      KNOWHERE_DATABASE_URL: "postgres://user:canary-setting@127.0.0.1:1/none",
      KNOWHERE_S3_ACCESS_KEY_ID: "canary-setting-id",
      KNOWHERE_S3_SECRET_ACCESS_KEY: "canary-setting-secret",
      KNOWHERE_LLM_API_KEY: "canary-setting-model",
    };
    const wrong = {
      ...hidden,
      KNOWHERE_API_KEY: "canarysetting",
      KNOWHERE_DATABASE_URL: "mysql://user:canary-setting@x/y",
    };
    const program = fileURLToPath(new URL("../bin/knowhere.mjs", import.meta.url));
    for (const [command, settings] of [
      ["config", hidden],
      ["doctor", hidden],
      ["config", wrong],
      ["serve", wrong],
    ] as const) {
      const { stdout, stderr } = spawnSync(process.execPath, [program, command], {
        encoding: "utf8",
        env: { ...process.env, KNOWHERE_DATA_DIR: dataDir.path, ...settings },
      });
      expect(stdout + stderr).toMatch(/KNOWHERE_|database/i);
      expect(stdout + stderr, command).not.toMatch(/canary-?setting/);
    }
  }, 300_000);
});
