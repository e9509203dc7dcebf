/** `Documents` on PostgreSQL, and the hooks that keep them in step with their jobs, in the jobs' own transactions. */
import type { DocumentRecord, Documents, DocumentVersion } from "../../ports/documents.ts";
import type { JobRecord } from "../../ports/job.ts";
import type { Database, Row } from "./database.ts";
import type { JobStoreHooks } from "./job-store.ts";

const whole = `select d.*, v.version_id, v.job_id, v.number, v.file_name, v.published_at
  from document d join document_version v on v.version_id = d.current_version`;
const matching = "d.account_id = $1 and d.namespace = $2 and ($3::text is null or d.status = $3)";

const sql = {
  // The row is locked either way, so that versions of one document are numbered one after the other.
  publish: {
    name: "document-publish",
    text: `insert into document as d (document_id, account_id, namespace, status, current_version, metadata, created_at, updated_at)
      values ($1, $2, $3, 'active', $4, $5, $6, $6)
      on conflict (document_id) do update set current_version = excluded.current_version,
        metadata = coalesce(excluded.metadata, d.metadata), updated_at = excluded.updated_at`,
  },
  addVersion: {
    name: "document-version-add",
    text: `insert into document_version (version_id, document_id, job_id, number, file_name, published_at)
      select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5 from document_version where document_id = $2`,
  },
  lock: { name: "document-lock", text: "select 1 from document where document_id = $1 for update" },
  dropVersion: { name: "document-version-drop", text: "delete from document_version where job_id = $1" },
  fallBack: {
    name: "document-fall-back",
    text: `update document d set current_version = v.version_id
      from (select version_id from document_version where document_id = $1 order by number desc limit 1) v
      where d.document_id = $1`,
  },
  dropEmpty: {
    name: "document-drop-empty",
    text: "delete from document where document_id = $1 and not exists (select 1 from document_version where document_id = $1)",
  },
  find: { name: "document-find", text: `${whole} where d.account_id = $1 and d.document_id = $2` },
  list: {
    name: "document-list",
    text: `${whole} where ${matching} order by d.updated_at desc, d.document_id offset $4 limit $5`,
  },
  count: { name: "document-count", text: `select count(*) as total from document d where ${matching}` },
  versions: {
    name: "document-versions",
    text: `select v.* from document_version v join document d using (document_id)
      where d.account_id = $1 and d.document_id = $2 order by v.number desc limit 1000`,
  },
  archive: {
    name: "document-archive",
    text: `update document set status = 'archived', archived_at = $3, updated_at = $3
      where account_id = $1 and document_id = $2 and status = 'active'`,
  },
  busy: {
    name: "document-busy",
    text: `select exists (select 1 from job where account_id = $1 and document_id = $2
      and status not in ('done', 'failed') and job_id is distinct from $3) as busy`,
  },
};

const versionOf = ({ jobId }: JobRecord) => `jr_${jobId.slice(4)}`;

/** The finishing move publishes. An archived document stays archived and keeps the new version for its history. */
export const publishDocument: NonNullable<JobStoreHooks["onMove"]> = async (tx, { before, after }) => {
  if (after.status !== "done" || before?.status === "done") return;
  const at = after.finishedAt ?? after.updatedAt;
  const metadata = after.documentMetadata === null ? null : JSON.stringify(after.documentMetadata);
  const versionId = versionOf(after);
  await tx.query(sql.publish, [after.documentId, after.accountId, after.namespace, versionId, metadata, at]);
  await tx.query(sql.addVersion, [versionId, after.documentId, after.jobId, after.fileName, at]);
};

/** Before the job goes: its version goes too, the version before becomes the current one, an empty document is none. */
export const withdrawDocument: NonNullable<JobStoreHooks["onErase"]> = async (tx, job) => {
  if (job.status !== "done") return;
  await tx.query(sql.lock, [job.documentId]);
  await tx.query(sql.dropVersion, [job.jobId]);
  await tx.query(sql.fallBack, [job.documentId]);
  await tx.query(sql.dropEmpty, [job.documentId]);
};

export function createDocuments(database: Database): Documents {
  const find: Documents["find"] = async (accountId, documentId) =>
    (await database.query(sql.find, [accountId, documentId])).rows.map(documentOf)[0] ?? null;
  return {
    find,
    async list({ accountId, namespace, status }, { page, pageSize }) {
      const filter = [accountId, namespace, status];
      const [{ rows }, counted] = await Promise.all([
        database.query(sql.list, [...filter, (page - 1) * pageSize, pageSize]),
        database.query(sql.count, filter),
      ]);
      return { documents: rows.map(documentOf), total: counted.rows[0]!["total"] };
    },
    async versions(accountId, documentId) {
      return (await database.query(sql.versions, [accountId, documentId])).rows.map(versionRow);
    },
    async archive(accountId, documentId, now) {
      await database.query(sql.archive, [accountId, documentId, now]);
      return find(accountId, documentId);
    },
    async isBusy(accountId, documentId, exceptJobId) {
      return (await database.query(sql.busy, [accountId, documentId, exceptJobId ?? null])).rows[0]!["busy"];
    },
  };
}

function documentOf(row: Row): DocumentRecord {
  return {
    documentId: row["document_id"],
    accountId: row["account_id"],
    namespace: row["namespace"],
    status: row["status"],
    current: versionRow(row),
    metadata: row["metadata"],
    createdAt: row["created_at"],
    updatedAt: row["updated_at"],
    archivedAt: row["archived_at"],
  };
}

const versionRow = (row: Row): DocumentVersion => ({
  versionId: row["version_id"],
  jobId: row["job_id"],
  number: row["number"],
  fileName: row["file_name"],
  publishedAt: row["published_at"],
});
