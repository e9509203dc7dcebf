/** Documents in memory, for tests of the border: what the finished jobs there make of them. */
import type { JobRecord } from "../jobs/types.ts";
import type { DocumentRecord, Documents } from "../ports/documents.ts";
import type { MemoryJobs } from "./memory-jobs.ts";

export function createMemoryDocuments(jobs: MemoryJobs): Documents {
  const archived = new Map<string, Date>();
  const versionsOf = (accountId: string, documentId: string) =>
    jobs
      .all()
      .filter((job) => job.accountId === accountId && job.documentId === documentId && job.status === "done")
      .map((job, index) => ({
        versionId: `jr_${job.jobId.slice(4)}`,
        jobId: job.jobId,
        number: index + 1,
        fileName: job.fileName,
        publishedAt: job.finishedAt!,
      }))
      .reverse();
  function documentOf({ accountId, documentId, namespace, documentMetadata }: JobRecord): DocumentRecord | null {
    const versions = versionsOf(accountId, documentId);
    const archivedAt = archived.get(documentId) ?? null;
    return versions.length === 0
      ? null
      : {
          documentId,
          accountId,
          namespace,
          status: archivedAt ? "archived" : "active",
          current: versions[0]!,
          metadata: documentMetadata,
          createdAt: versions.at(-1)!.publishedAt,
          updatedAt: archivedAt ?? versions[0]!.publishedAt,
          archivedAt,
        };
  }
  const all = (accountId: string) => {
    const byId = new Map(jobs.all().map((job) => [job.documentId, job]));
    return [...byId.values()]
      .filter((job) => job.accountId === accountId)
      .map(documentOf)
      .filter((document) => document !== null)
      .reverse();
  };
  const find: Documents["find"] = async (accountId, documentId) =>
    all(accountId).find((document) => document.documentId === documentId) ?? null;
  return {
    find,
    async list({ accountId, namespace, status }, { page, pageSize }) {
      const own = all(accountId).filter(
        (document) => document.namespace === namespace && (status ?? document.status) === document.status,
      );
      return { documents: own.slice((page - 1) * pageSize, page * pageSize), total: own.length };
    },
    versions: async (accountId, documentId) => versionsOf(accountId, documentId),
    async archive(accountId, documentId, now) {
      if (await find(accountId, documentId)) archived.set(documentId, archived.get(documentId) ?? now);
      return find(accountId, documentId);
    },
    isBusy: async (accountId, documentId, exceptJobId) =>
      jobs
        .all()
        .some(
          (job) =>
            job.accountId === accountId &&
            job.documentId === documentId &&
            job.jobId !== exceptJobId &&
            job.status !== "done" &&
            job.status !== "failed",
        ),
  };
}
