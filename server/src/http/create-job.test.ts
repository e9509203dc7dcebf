import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse, type Sent } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse({ maxSourceBytes: 1000 });
});
afterAll(() => house.close());

const create = (body: unknown, headers: Record<string, string> = {}, path = "/v1/jobs") =>
  house.send("POST", path, { body, headers });
const refusal = ({ status, json: { error } }: Sent) => [
  status,
  error.code,
  error.message,
  error.details.field,
  error.details.reason,
];
const made = (id: string) => house.jobs.all().find(({ jobId }) => jobId === id)!;
const form = (
  fields: Record<string, string>,
  file: { name: string; bytes: BlobPart } | null = { name: "report.pdf", bytes: "%PDF-1.7" },
  first = false,
) => {
  const data = new FormData();
  if (file && first) data.set("file", new Blob([file.bytes]), file.name);
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  if (file && !first) data.set("file", new Blob([file.bytes]), file.name);
  return data;
};
const upload = (data: FormData, headers: Record<string, string> = {}) =>
  house.send("POST", "/v1/jobs", { raw: data, headers });
const blobKeys = async () => {
  const keys: string[] = [];
  for await (const { key } of house.blobs.list("uploads/")) keys.push(key);
  return keys.sort();
};

describe("a job from a file", () => {
  it("waits for its upload, which starts it by itself", async () => {
    const { status, json } = await create({ source_type: "file", file_name: "My Report.PDF", data_id: "a.b-c_1" });
    expect([status, json.status, json.data_id, json.expires_in, json.file_extension]).toEqual([
      200,
      "waiting-file",
      "a.b-c_1",
      3600,
      "PDF",
    ]);
    expect(json.upload_headers).toEqual({ "Content-Type": "application/pdf" });
    expect(json.upload_url.startsWith(`${house.base}/blobs/uploads/${json.job_id}`)).toBe(true);
    const put = await house.send("PUT", json.upload_url, { key: null, raw: "%PDF-1.7", headers: json.upload_headers });
    expect(put.status).toBe(200);
    expect((await house.send("GET", `/v1/jobs/${json.job_id}`)).json.status).toBe("pending");
    const again = await house.send("PUT", json.upload_url, {
      key: null,
      raw: "%PDF-1.7",
      headers: json.upload_headers,
    });
    expect(again.status).toBe(409);
    expect((await house.send("GET", `/v1/jobs/${json.job_id}`)).json.status).toBe("pending");
  });

  it("gives its upload URL again when it is asked for", async () => {
    const { json } = await create({ source_type: "file", file_name: "a.pdf" });
    const again = (await house.send("GET", `/v1/jobs/${json.job_id}`)).json;
    expect(again.upload_headers).toEqual(json.upload_headers);
    expect((await house.send("PUT", again.upload_url, { raw: "%PDF", headers: again.upload_headers })).status).toBe(
      200,
    );
  });

  it("can be confirmed, once the file is there, as often as one likes", async () => {
    const { json } = await create({ source_type: "file", file_name: "a.pdf" });
    const confirm = () =>
      house.send("POST", `/v1/jobs/${json.job_id}/confirm-upload`, {
        raw: "",
        headers: { "content-type": "application/json" },
      });
    expect(refusal(await confirm())).toEqual([
      400,
      "INVALID_ARGUMENT",
      "S3 file does not exist, please upload the file first",
      "file",
      "FILE_MISSING",
    ]);
    await house.blobs.put(`uploads/${json.job_id}`, Buffer.from("%PDF"), { contentType: "application/pdf" });
    expect((await confirm()).json).toEqual({ message: "File upload confirmed; processing started" });
    expect((await confirm()).json).toEqual({ message: "File upload confirmed; processing started" });
    house.jobs.change(json.job_id, { status: "running" });
    expect((await confirm()).json).toEqual({ message: "Job status already updated" });
  });

  it.each([
    ["report.exe", "Unsupported file type. Supported formats: "],
    ["report", "Unsupported file type. Supported formats: "],
    ["", "file_name is required when source_type is 'file'"],
    [undefined, "file_name is required when source_type is 'file'"],
    [null, "file_name is required when source_type is 'file'"],
  ])("is refused for the name %j", async (file_name, message) => {
    const [status, code, text, field] = refusal(await create({ source_type: "file", file_name }));
    expect([status, code, field]).toEqual([400, "INVALID_ARGUMENT", "file_name"]);
    expect(text.startsWith(message)).toBe(true);
    if (text.startsWith("Unsupported"))
      expect(text.split(": ")[1].split(", ")).toEqual(text.split(": ")[1].split(", ").sort());
  });

  it("is told what to do with a picture of a type that is not read", async () => {
    const [status, code, text, field] = refusal(await create({ source_type: "file", file_name: "IMG_0012.HEIC" }));
    expect([status, code, field]).toEqual([400, "INVALID_ARGUMENT", "file_name"]);
    expect(text).toMatch(
      /^Unsupported file type\. Supported formats: .*\.yml\. Save the picture as PNG or JPEG and upload that\.$/,
    );
  });

  it.each([
    ["../../etc/pass.pdf", "pass.pdf"],
    ["C:\\temp\\a.pdf", "a.pdf"],
    ["a\u0000b\n.pdf", "ab.pdf"],
    [`${"x".repeat(1000)}.pdf`, `${"x".repeat(251)}.pdf`],
    ["\ud800.pdf", "\ufffd.pdf"],
  ])("keeps of the name %j what is harmless", async (file_name, expected) => {
    expect((await create({ source_type: "file", file_name })).json.file_name).toBe(expected);
  });
});

describe("a job from a URL", () => {
  it.each([
    ["https://files.test/papers/report.pdf?x=1", "report.pdf", ".pdf"],
    ["https://files.test/My%20notes.MD", "My notes.MD", ".md"],
    ["https://files.test/paper.php", "paper.php.pdf", ".pdf"],
    ["https://files.test/%ff.pdf", "%ff.pdf", ".pdf"],
    ["https://files.test/..%2f..%2fetc.pdf", "etc.pdf", ".pdf"],
  ])("takes name and type from %s", async (source_url, fileName, fileExtension) => {
    const { status, json } = await create({ source_type: "url", source_url });
    expect([status, json.status]).toEqual([202, "pending"]);
    expect(json).not.toHaveProperty("upload_url");
    expect(made(json.job_id)).toMatchObject({ sourceUrl: new URL(source_url).href, fileName, fileExtension });
  });

  it("makes up a name when the URL has none", async () => {
    const { json } = await create({ source_type: "url", source_url: "https://files.test/?paper.php" });
    expect(json.file_name).toMatch(/^url_file_[0-9a-f]{8}\.pdf$/);
  });

  it.each([
    [undefined, "source_url is required when source_type is 'url'", "MISSING_FIELD"],
    ["ftp://files.test/a.pdf", "source_url must be a valid HTTP or HTTPS URL", "INVALID_URL_FORMAT"],
    ["not a url", "source_url must be a valid HTTP or HTTPS URL", "INVALID_URL_FORMAT"],
    ["http://private.test/a.pdf", "Invalid URL", "URL_NOT_ALLOWED"],
    ["http://127.0.0.1/a.pdf", "Invalid URL", "URL_NOT_ALLOWED"],
    ["http://unknown.test/a.pdf", "Invalid URL", "URL_NOT_ALLOWED"],
  ])("is refused for %j", async (source_url, message, reason) => {
    const sent = await create({ source_type: "url", source_url });
    expect(refusal(sent)).toEqual([400, "INVALID_ARGUMENT", message, "source_url", reason]);
    expect(sent.json.error.details.violations).toHaveLength(1);
  });

  it.each(["https://files.test/a.exe", "https://silent.test/a"])(
    "is refused when %s is of no type that we read",
    async (source_url) => {
      const sent = await create({ source_type: "url", source_url });
      expect(sent.json.error.message).toMatch(/^Unsupported URL file type\. Supported formats: \./);
    },
  );
});

describe("every job", () => {
  it("is made at both paths, with a slash at the end too", async () => {
    for (const path of ["/v1/jobs", "/v1/jobs/", "/api/v1/jobs", "/api/v1/jobs/"]) {
      expect((await create({ source_type: "url", source_url: "https://files.test/a.pdf" }, {}, path)).status).toBe(202);
    }
  });

  it("gets the options that were asked for, defaults for the rest, and ignores what is unknown", async () => {
    const parsing_params = {
      model: "advanced",
      ocr_enabled: true,
      pages: "1-5,8",
      chunking: { strategy: "tokens", max_tokens: 100, overlap_tokens: 500 },
      is_atlas: true,
    };
    const { json } = await create({
      source_type: "url",
      source_url: "https://files.test/a.pdf",
      parsing_params,
      llm_config: {},
      webhook: { url: "https://hooks.test/x", secret: "s" },
      namespace: " team ",
      document_metadata: { a: [1] },
    });
    expect(made(json.job_id)).toMatchObject({
      options: {
        model: "advanced",
        ocrEnabled: true,
        pages: "1-5,8",
        chunking: { strategy: "tokens", maxTokens: 100, overlapTokens: 99 },
        kbDir: "Default_Root",
        hiddenText: "drop",
        ocrLanguages: [],
      },
      webhookUrl: "https://hooks.test/x",
      namespace: "team",
      documentMetadata: { a: [1] },
    });
  });

  it("is refused with every wrong field named", async () => {
    const { status, json } = await create({
      source_type: "ftp",
      data_id: "a b",
      parsing_params: { model: "best", chunking: { max_tokens: 1 } },
    });
    expect([status, json.error.code, json.error.message]).toEqual([
      400,
      "INVALID_ARGUMENT",
      "Request validation failed",
    ]);
    expect(json.error.details.violations.map(({ field }: { field: string }) => field)).toEqual([
      "body.source_type",
      "body.data_id",
      "body.parsing_params.model",
      "body.parsing_params.chunking.max_tokens",
    ]);
    expect(json.error.details).toMatchObject({ field: "body.source_type", reason: "INVALID_VALUE" });
  });

  it("is refused for a webhook that may not be reached", async () => {
    for (const url of ["http://localhost/hook", "ftp://hooks.test/", "nonsense"]) {
      const sent = await create({ source_type: "url", source_url: "https://files.test/a.pdf", webhook: { url } });
      expect(refusal(sent)).toEqual([400, "INVALID_ARGUMENT", "Invalid webhook URL", "webhook.url", "URL_NOT_ALLOWED"]);
    }
  });

  it("can hold any text without hurting the database", async () => {
    const raw =
      '{"source_type":"url","source_url":"https://files.test/a.pdf","document_metadata":{"a\\u0000b":"\\ud800x","__proto__":{"x":1}}}';
    const { json } = await house.send("POST", "/v1/jobs", { raw, headers: { "content-type": "application/json" } });
    expect(made(json.job_id).documentMetadata).toEqual({ ab: "\ufffdx" });
  });

  it("is refused when too many are active", async () => {
    const small = await openHttpHouse({ maxConcurrentJobs: 2 });
    await small.createJob();
    const second = await small.createJob();
    const body = { source_type: "url", source_url: "https://files.test/a.pdf" };
    const sent = await small.send("POST", "/v1/jobs", { body });
    expect([sent.status, sent.json.error.message]).toEqual([
      429,
      "Too many concurrent requests (2/2 active). Please retry after 30 seconds.",
    ]);
    expect(sent.json.error.details).toEqual({
      reason: "RATE_LIMIT_EXCEEDED",
      retry_after: 30,
      limit: 2,
      period: "concurrent",
      active_jobs: 2,
      available_slots: 0,
    });
    expect([sent.headers.get("retry-after"), sent.headers.get("x-ratelimit-period")]).toEqual(["30", "concurrent"]);
    await small.send("POST", `/v1/jobs/${second}/cancel`);
    expect((await small.send("POST", "/v1/jobs", { body })).status).toBe(202);
    await small.close();
  });
});

describe("an Idempotency-Key", () => {
  const body = { source_type: "file", file_name: "a.pdf", data_id: "one" };

  it("gives the same answer for the same request, in whatever order its fields come", async () => {
    const first = await create(body, { "idempotency-key": "k1" });
    const second = await create(
      { data_id: "one", file_name: "a.pdf", source_type: "file" },
      { "idempotency-key": "k1" },
    );
    expect([second.status, second.json, second.headers.get("idempotent-replayed")]).toEqual([
      first.status,
      first.json,
      "true",
    ]);
  });

  it("refuses another request under the same key", async () => {
    await create(body, { "idempotency-key": "k2" });
    const sent = await create({ ...body, data_id: "two" }, { "idempotency-key": "k2" });
    expect([sent.status, sent.json.error.code, sent.json.error.details.reason]).toEqual([
      400,
      "INVALID_ARGUMENT",
      "IDEMPOTENCY_KEY_REUSED",
    ]);
  });

  it("refuses a twin that is still running, with a hint", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = await openHttpHouse();
    const submit = slow.jobs.submit;
    slow.jobs.submit = async (job) => {
      await held;
      return submit.call(slow.jobs, job);
    };
    const first = slow.send("POST", "/v1/jobs", { body, headers: { "idempotency-key": "k" } });
    const twin = await expect
      .poll(async () => (await slow.send("POST", "/v1/jobs", { body, headers: { "idempotency-key": "k" } })).status)
      .toBe(409)
      .then(() => slow.send("POST", "/v1/jobs", { body, headers: { "idempotency-key": "k" } }));
    expect([twin.json.error.code, twin.json.error.details.retry_after, twin.headers.get("retry-after")]).toEqual([
      "ABORTED",
      1,
      "1",
    ]);
    release();
    expect((await first).status).toBe(200);
    await slow.close();
  });

  it("is free again after a refusal", async () => {
    expect((await create({ ...body, file_name: "a.exe" }, { "idempotency-key": "k3" })).status).toBe(400);
    expect((await create(body, { "idempotency-key": "k3" })).status).toBe(200);
  });

  it("has at most 255 characters", async () => {
    const sent = await create(body, { "idempotency-key": "k".repeat(256) });
    expect([sent.status, sent.json.error.details.field]).toEqual([400, "header.idempotency-key"]);
  });

  it("means nothing to another account, and without one two requests are two jobs", async () => {
    const { key } = await house.keys.create({ account: "acc_two", name: "other", scopes: ["write"] });
    const ids = [
      (await create(body, { "idempotency-key": "k4" })).json.job_id,
      (await house.send("POST", "/v1/jobs", { body, key, headers: { "idempotency-key": "k4" } })).json.job_id,
      (await create(body)).json.job_id,
      (await create(body)).json.job_id,
    ];
    expect(new Set(ids).size).toBe(4);
  });
});

describe("a form", () => {
  it("makes a job in one call, wherever the file stands in it", async () => {
    const params = JSON.stringify({ model: "advanced" });
    for (const first of [true, false]) {
      const { status, json } = await upload(form({ data_id: "x", parsing_params: params }, undefined, first));
      expect([status, json.status, json.source_type, json.file_name, json.data_id, json.model]).toEqual([
        202,
        "pending",
        "file",
        "report.pdf",
        "x",
        "advanced",
      ]);
      const { sourceKey } = made(json.job_id);
      expect(await house.blobs.head(sourceKey!)).toMatchObject({ bytes: 8, contentType: "application/pdf" });
    }
  });

  it("leaves nothing behind when it is refused", async () => {
    const before = await blobKeys();
    const refusals = [
      upload(form({}, { name: "report.exe", bytes: "MZ" })),
      upload(form({}, { name: "report.pdf", bytes: "x".repeat(1001) })),
      upload(form({ parsing_params: "{nonsense" })),
      upload(form({ data_id: "a b" })),
      upload(form({ data_id: "x" }, null)),
      house.send("POST", "/v1/jobs", {
        raw: "--x\r\nnonsense",
        headers: { "content-type": "multipart/form-data; boundary=x" },
      }),
      house.send("POST", "/v1/jobs", { raw: "", headers: { "content-type": "multipart/form-data" } }),
    ];
    const answers = await Promise.all(refusals);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400));
    expect(answers.slice(0, 5).map(({ json }) => json.error.details.reason)).toEqual([
      "UNSUPPORTED_FILE_TYPE",
      "SOURCE_TOO_LARGE",
      "MALFORMED_JSON",
      "INVALID_FORMAT",
      "MISSING_FIELD",
    ]);
    expect(await blobKeys()).toEqual(before);
  });

  it("is answered once under one Idempotency-Key", async () => {
    const headers = { "idempotency-key": "form-1" };
    const first = await upload(form({}), headers);
    const keys = await blobKeys();
    const second = await upload(form({}), headers);
    expect(second.json).toEqual(first.json);
    expect(await blobKeys()).toEqual(keys);
    expect((await upload(form({}, { name: "report.pdf", bytes: "other" }), headers)).json.error.details.reason).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });
});
