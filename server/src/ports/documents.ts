/**
 * What jobs publish. A finished job is a version of its document, written by the transaction that finishes it; the
 * newest version is the document's current one. The chunks of a version are those in the job's result package. A
 * version goes with its job; a document goes with its last version.
 */
export interface DocumentVersion {
  /** `jr_` and the job's digits: a job has one result. */
  versionId: string;
  jobId: string;
  /** From 1, rising. */
  number: number;
  fileName: string;
  publishedAt: Date;
}
export interface DocumentRecord {
  documentId: string;
  accountId: string;
  namespace: string;
  status: "active" | "archived";
  current: DocumentVersion;
  /** Of the newest job that gave any. */
  metadata: unknown;
  createdAt: Date;
  updatedAt: Date;
  archivedAt: Date | null;
}
export interface Documents {
  find(accountId: string, documentId: string): Promise<DocumentRecord | null>;
  /** Latest change first. */
  list(
    filter: { accountId: string; namespace: string; status: DocumentRecord["status"] | null },
    page: { page: number; pageSize: number },
  ): Promise<{ documents: DocumentRecord[]; total: number }>;
  /** Newest first. */
  versions(accountId: string, documentId: string): Promise<DocumentVersion[]>;
  /** The document as it then is; archiving it again changes nothing. Null when there is none. */
  archive(accountId: string, documentId: string, now: Date): Promise<DocumentRecord | null>;
  /** Whether a job other than `exceptJobId` is at work on it. */
  isBusy(accountId: string, documentId: string, exceptJobId: string | undefined): Promise<boolean>;
}
