import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());

const get = (path: string) => house.send("GET", `/v1/documents${path}`);
const create = (fields: object) =>
  house.send("POST", "/v1/jobs", {
    body: { source_type: "url", source_url: "https://files.test/report.pdf", ...fields },
  });
const publish = async (fields: object = {}) => {
  const created = await create(fields);
  await house.finish(created.json.job_id);
  return created.json as { job_id: string; document_id: string };
};

describe("a new version", () => {
  it("is made by a job with the document's id, in the document's namespace, and becomes the current one", async () => {
    const first = await publish({ namespace: "tides", document_metadata: { by: "me" } });
    const second = await publish({ document_id: first.document_id });
    expect(second.document_id).toBe(first.document_id);
    expect((await get(`/${first.document_id}`)).json).toMatchObject({
      namespace: "tides",
      status: "active",
      version: 2,
      job_id: second.job_id,
      source_file_name: "report.pdf",
    });
    const { versions } = (await get(`/${first.document_id}/versions`)).json;
    expect(versions.map(({ job_id, is_current }: Record<string, unknown>) => [job_id, is_current])).toEqual([
      [second.job_id, true],
      [first.job_id, false],
    ]);
  });

  it("has to wait until no other job works on the document", async () => {
    const { document_id } = await publish();
    const running = await create({ document_id });
    const refused = await create({ document_id });
    expect([refused.status, refused.json.error]).toMatchObject([
      409,
      { code: "ABORTED", message: "Document already has an active ingestion job.", details: { id: document_id } },
    ]);
    await house.finish(running.json.job_id);
    expect((await create({ document_id })).status).toBe(202);
  });

  it("is not made of a document that is unknown, foreign, archived or elsewhere", async () => {
    expect((await create({ document_id: "doc_nowhere" })).json.error.details).toEqual({
      resource: "Document",
      id: "doc_nowhere",
    });
    const foreign = await publish();
    house.jobs.change(foreign.job_id, { accountId: "acc_two" });
    expect((await create({ document_id: foreign.document_id })).status).toBe(404);
    const { document_id } = await publish();
    expect((await create({ document_id, namespace: "elsewhere" })).json.error.details).toMatchObject({
      field: "namespace",
      reason: "NAMESPACE_MISMATCH",
    });
    await house.send("POST", `/v1/documents/${document_id}/archive`);
    expect((await create({ document_id })).status).toBe(404);
  });

  it("may be asked for again under the same Idempotency-Key", async () => {
    const { document_id } = await publish();
    const body = { source_type: "url", source_url: "https://files.test/report.pdf", document_id };
    const headers = { "idempotency-key": "again" };
    const first = await house.send("POST", "/v1/jobs", { body, headers });
    const second = await house.send("POST", "/v1/jobs", { body, headers });
    expect([second.status, second.json.job_id]).toEqual([202, first.json.job_id]);
  });
});

describe("chunks", () => {
  it("come in pages, by type, with the section that they are in and where their files are", async () => {
    const { document_id, job_id } = await publish();
    const all = (await get(`/${document_id}/chunks?include_asset_urls=true`)).json;
    expect(all).toMatchObject({
      document_id,
      job_id,
      pagination: { page: 1, page_size: 50, total: 3, total_pages: 1 },
    });
    expect(all.chunks.map((chunk: Record<string, unknown>) => [chunk["chunk_type"], chunk["section_path"]])).toEqual([
      ["image", "report.pdf/Tides/Gauges"],
      ["table", "report.pdf/Tides/Gauges"],
      ["text", "report.pdf/Tides/Gauges"],
    ]);
    const [picture, table] = await Promise.all(
      [0, 1].map((at) => house.send("GET", all.chunks[at].asset_url, { key: null })),
    );
    expect([picture!.status, picture!.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect([table!.text, table!.headers.get("content-type")]).toEqual(["<table></table>", "text/html; charset=utf-8"]);
    expect(table!.headers.get("content-security-policy")).toContain("sandbox");
    expect(all.chunks[2]).not.toHaveProperty("asset_url");
    const second = (await get(`/${document_id}/chunks?page=2&page_size=2`)).json;
    expect(second.chunks.map((chunk: { sort_order: number }) => chunk.sort_order)).toEqual([2]);
    const tables = (await get(`/${document_id}/chunks?chunk_type=table`)).json;
    expect([tables.pagination.total, tables.chunks[0].file_path]).toEqual([1, "tables/TABLE_1.html"]);
    expect((await get(`/${document_id}/chunks?chunk_type=page`)).json.pagination.total_pages).toBe(0);
    expect((await get(`/${document_id}/chunks?page_size=201`)).status).toBe(400);
  });

  it("are found by their own id in the current version only", async () => {
    const { document_id } = await publish();
    const [old] = (await get(`/${document_id}/chunks`)).json.chunks;
    expect((await get(`/${document_id}/chunks/${old.id}`)).json.chunk).toEqual(old);
    await publish({ document_id });
    for (const id of [old.id, old.chunk_id, "chk__0", old.id.replace(/0$/, "99")]) {
      expect((await get(`/${document_id}/chunks/${id}`)).json.error.details).toEqual({
        resource: "Document chunk",
        id,
      });
    }
  });
});

describe("the URL of a picture", () => {
  const open = (url: string) => house.send("GET", url, { key: null });
  const pictureUrl = async () => {
    const { document_id, job_id } = await publish();
    const { chunks } = (await get(`/${document_id}/chunks?include_asset_urls=true`)).json;
    return { job_id, url: chunks[0].asset_url as string };
  };

  it("permits that picture alone", async () => {
    const { url } = await pictureUrl();
    const other = (await pictureUrl()).url;
    for (const changed of [
      url.replace("images/IMAGE_1.png", "tables/TABLE_1.html"),
      url.replace(/job_[0-9a-f]+/, /job_[0-9a-f]+/.exec(other)![0]),
      url.replace(/expires=\d+/, "expires=9999999999"),
      url.replace(/signature=.*/, "signature=00"),
    ]) {
      const refused = await open(changed);
      expect([refused.status, refused.json.error.details], changed).toEqual([403, { reason: "SIGNATURE_MISMATCH" }]);
    }
    expect((await open(url.replace(/\?.*/, ""))).status).toBe(400);
  });

  it("ends with its job, whatever is still known of the package, and with its time", async () => {
    const { job_id, url } = await pictureUrl();
    const kept = (await pictureUrl()).url;
    expect([(await open(url)).status, (await open(kept)).status]).toEqual([200, 200]);
    await house.blobs.delete(`results/${job_id}.1.zip`);
    expect((await open(url)).json.error.details.resource).toBe("Result member");
    house.skip(7 * 24 * 3600_000 + 1000);
    expect((await open(kept)).json.error).toMatchObject({
      code: "PERMISSION_DENIED",
      details: { reason: "URL_EXPIRED" },
    });
  });
});

it("archives under both paths, once, and leaves archived documents out of lists", async () => {
  const namespace = "archive";
  const { document_id } = await publish({ namespace });
  const listed = async (query = "") =>
    (await get(`?namespace=${namespace}${query}`)).json.documents.map(
      (document: { status: string }) => document.status,
    );
  expect(await listed()).toEqual(["active"]);
  const archived = await house.send("POST", `/v1/documents/${document_id}:archive`);
  expect(archived.json).toMatchObject({ document_id, status: "archived" });
  const again = await house.send("POST", `/v1/documents/${document_id}/archive`);
  expect(again.json.archived_at).toBe(archived.json.archived_at);
  expect(await listed()).toEqual([]);
  expect(await listed("&status=all")).toEqual(["archived"]);
  expect((await house.send("POST", "/v1/documents/doc_nowhere/archive")).status).toBe(404);
  expect((await house.send("GET", `/v1/documents/${document_id}:archive`)).status).not.toBe(200);
});

it("archives with the erasing of a job when asked to", async () => {
  const { document_id, job_id } = await publish();
  await publish({ document_id });
  const erased = await house.send("DELETE", `/v1/jobs/${job_id}?archive_document=true`);
  expect(erased.json).toMatchObject({ deleted: true, document_id, document_archived: true });
  expect((await get(`/${document_id}`)).json.status).toBe("archived");
});
