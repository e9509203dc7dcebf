/**
 * Bytes by key, outside the database. Keys are ours ("uploads/job_…", "results/job_….3.zip"), never a user's.
 * A blob is whole or absent: a reader never sees half a write.
 */
import type { Readable } from "node:stream";

export interface BlobInfo {
  key: string;
  bytes: number;
  /** Quoted, as HTTP wants it. */
  etag: string;
  contentType: string;
  modifiedAt: Date;
}
/** What a listing tells; the content type takes a `head`. */
export type BlobEntry = Omit<BlobInfo, "contentType">;
export interface PutOptions {
  contentType: string;
  /** Refuse more with SOURCE_TOO_LARGE, before anything becomes visible. */
  maxBytes?: number;
  /**
   * Refuse to replace an existing blob (rejects with Problem CONFLICT). Of two first writers at once one wins, except
   * on S3 engines that do not know conditional writes.
   */
  ifAbsent?: boolean;
  signal?: AbortSignal;
}
export interface Presigned {
  url: string;
  expiresAt: Date;
}
export interface Blobs {
  put(
    key: string,
    body: Readable | Uint8Array,
    options: PutOptions,
  ): Promise<BlobInfo & { sha256: string; md5: string }>;
  /** `range` is inclusive. Rejects with Problem NOT_FOUND. */
  get(key: string, range?: { start: number; end: number }): Promise<{ info: BlobInfo; body: Readable }>;
  head(key: string): Promise<BlobInfo | null>;
  /** Deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
  list(prefix: string): AsyncIterable<BlobEntry>;
  /**
   * Bound to method, key, content type and expiry, in the folder store to the size limit too (S3 can sign only an exact
   * size, so there the worker refuses what is too large). `baseUrl` is the public base of this server (folder store only).
   */
  presignPut(
    key: string,
    options: { contentType: string; maxBytes: number; expiresInS: number; baseUrl: string },
  ): Promise<Presigned>;
  presignGet(
    key: string,
    options: { fileName: string; contentType: string; expiresInS: number; baseUrl: string },
  ): Promise<Presigned>;
  /** Copies the blob into a local file, for a parse. */
  download(key: string, path: string, signal?: AbortSignal): Promise<void>;
}
