import { problem } from "@knowhere/contract";
import { expect, it } from "vitest";
import type { JobRecord } from "../../ports/job.ts";
import { jobRecord, jobResult } from "../../testing/job-records.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { createDocuments, publishDocument, withdrawDocument } from "./documents.ts";
import { createJobStore } from "./job-store.ts";

const postgres = useTestPostgres();
const after = (s: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, s));
const documentId = "doc_000000000001";

async function setUp() {
  const database = await postgres.database();
  const store = createJobStore(database, { onMove: publishDocument, onErase: withdrawDocument });
  const insert = (n: number, fields: Partial<JobRecord> = {}) =>
    store.insert(jobRecord({ jobId: `job_${String(n).padStart(12, "0")}`, documentId, ...fields }));
  async function publish(n: number, fields: Partial<JobRecord> = {}) {
    const job = (await insert(n, fields))!;
    const at = after(n);
    await store.move(job.jobId, (row) => ({
      job: { ...row, version: 2, status: "done", updatedAt: at, finishedAt: at, result: jobResult() },
      events: [],
      queue: { do: "remove" },
    }));
    return job.jobId;
  }
  return { database, store, documents: createDocuments(database), insert, publish };
}
const page = { page: 1, pageSize: 10 };

it("publishes a version with every finished job and keeps the metadata that was given last", async () => {
  const { documents, publish } = await setUp();
  await publish(1, { documentMetadata: { by: "me" } });
  await publish(2, { fileName: "second.pdf" });
  const found = await documents.find("acc_one", documentId);
  expect(found).toEqual({
    documentId,
    accountId: "acc_one",
    namespace: "default",
    status: "active",
    current: {
      versionId: "jr_000000000002",
      jobId: "job_000000000002",
      number: 2,
      fileName: "second.pdf",
      publishedAt: after(2),
    },
    metadata: { by: "me" },
    createdAt: after(1),
    updatedAt: after(2),
    archivedAt: null,
  });
  expect((await documents.versions("acc_one", documentId)).map(({ number }) => number)).toEqual([2, 1]);
  expect(await documents.find("acc_two", documentId)).toBeNull();
  expect(await documents.versions("acc_two", documentId)).toEqual([]);
});

it("publishes nothing of a job that failed", async () => {
  const { documents, store, insert } = await setUp();
  const { jobId } = (await insert(1))!;
  const error = { code: "CANCELLED" as const, message: "" };
  await store.move(jobId, (row) => ({
    job: { ...row, version: 2, status: "failed", finishedAt: after(1), error },
    events: [],
    queue: { do: "remove" },
  }));
  expect(await documents.find("acc_one", documentId)).toBeNull();
});

it("lets one of two jobs that race for a document in, and the other one once it is over", async () => {
  const { documents, insert, publish } = await setUp();
  const settled = await Promise.allSettled([insert(1), insert(2)]);
  expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const { reason } = settled.find((each) => each.status === "rejected")!;
  expect([reason.code, reason.message]).toEqual(["ABORTED", "Document already has an active ingestion job."]);
  expect(reason.problem).toBe(problem("CONFLICT").problem);
  const winner = settled[0]!.status === "fulfilled" ? "job_000000000001" : "job_000000000002";
  expect(await documents.isBusy("acc_one", documentId, undefined)).toBe(true);
  expect(await documents.isBusy("acc_one", documentId, winner)).toBe(false);
  expect(await documents.isBusy("acc_two", documentId, undefined)).toBe(false);
  await publish(3, { documentId: "doc_other" });
  expect((await documents.find("acc_one", "doc_other"))!.current.number).toBe(1);
});

it("falls back to the version before when a job is erased, and forgets the document with the last one", async () => {
  const { documents, store, publish, database } = await setUp();
  const [first, second] = [await publish(1), await publish(2)];
  await store.erase(second, null, after(9));
  expect((await documents.find("acc_one", documentId))!.current.jobId).toBe(first);
  const third = await publish(3);
  await store.erase(first, null, after(9));
  expect((await documents.find("acc_one", documentId))!.current).toMatchObject({ jobId: third });
  await store.erase(third, null, after(9));
  expect(await documents.find("acc_one", documentId)).toBeNull();
  expect((await database.query("select count(*) as n from document_version")).rows[0]!["n"]).toBe(0);
});

it("lists a namespace, latest change first, and archives once", async () => {
  const { documents, publish } = await setUp();
  await publish(1, { documentId: "doc_a" });
  await publish(2, { documentId: "doc_b" });
  await publish(3, { documentId: "doc_c", namespace: "other" });
  await publish(4, { documentId: "doc_a" });
  const filter = { accountId: "acc_one", namespace: "default", status: "active" as const };
  const ids = async (status: "active" | "archived" | null) =>
    (await documents.list({ ...filter, status }, page)).documents.map((document) => document.documentId);
  expect(await ids("active")).toEqual(["doc_a", "doc_b"]);
  expect((await documents.list(filter, { page: 2, pageSize: 1 })).documents).toMatchObject([{ documentId: "doc_b" }]);
  const archived = await documents.archive("acc_one", "doc_a", after(10));
  expect(archived).toMatchObject({ status: "archived", archivedAt: after(10) });
  expect(await documents.archive("acc_one", "doc_a", after(20))).toEqual(archived);
  expect(await documents.archive("acc_two", "doc_b", after(20))).toBeNull();
  expect([await ids("active"), await ids("archived"), await ids(null)]).toEqual([
    ["doc_b"],
    ["doc_a"],
    ["doc_a", "doc_b"],
  ]);
  expect((await documents.list(filter, page)).total).toBe(1);
  await publish(5, { documentId: "doc_a" });
  expect(await documents.find("acc_one", "doc_a")).toMatchObject({ status: "archived", current: { number: 3 } });
});
