/** What a handler gets and gives: the request already checked against its operation, the answer not yet bytes. */
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Document, OperationId, Operations } from "@knowhere/contract";
import type { z } from "zod";
import type { Jobs } from "../jobs/types.ts";
import type { BlobDoor } from "../ports/blob-door.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries, DeliveryAttempt, WebhookSecrets } from "../ports/deliveries.ts";
import type { Documents } from "../ports/documents.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { Idempotency } from "../ports/idempotency.ts";
import type { Ids } from "../ports/ids.ts";
import type { ApiKeyRecord, ApiKeys } from "../ports/keys.ts";
import type { Limiter } from "../ports/limiter.ts";
import type { Log, RequestLog } from "../ports/log.ts";
import type { Meter } from "../ports/meter.ts";
import type { ResultPackages } from "../ports/packages.ts";
import type { Usage } from "../ports/usage.ts";

export interface HttpSettings {
  /** Base of presigned URLs; undefined: from the request's Host. No slash at the end. */
  publicUrl: string | undefined;
  rateLimitPerMinute: number;
  maxConcurrentJobs: number;
  maxSourceBytes: number;
  uploadTtlS: number;
  resultUrlTtlS: number;
  /** Origins whose pages a browser lets read our answers, lower case; "*" = any. */
  corsOrigins: readonly string[];
  assetUrlTtlS: number;
}
export interface Build {
  version: string;
  /** "unknown" outside a release. */
  commit: string;
  /** ISO 8601, or "unknown". */
  buildTime: string;
  environment: string;
}

/** Everything the border needs; `app.ts` hands it in. */
export interface HttpParts {
  settings: HttpSettings;
  build: Build;
  jobs: Jobs;
  keys: ApiKeys;
  blobs: Blobs;
  /** Answers presigned URLs of the folder store; absent with S3. */
  blobDoor?: BlobDoor | undefined;
  limiter: Limiter;
  idempotency: Idempotency;
  packages: ResultPackages;
  fetcher: Fetcher;
  webhooks: {
    deliveries: Pick<Deliveries, "log">;
    secrets: WebhookSecrets;
    /** One try at once; null when the job's end was never announced. */
    trigger(accountId: string, jobId: string): Promise<DeliveryAttempt | null>;
    /** One signed event that belongs to no job, sent to `url` at once; it is in the log. */
    test(accountId: string, url: string): Promise<DeliveryAttempt>;
  };
  documents: Documents;
  /** Signs URLs of pictures and tables; the same in every process of the installation. */
  assetSecret: Uint8Array;
  usage: Usage;
  meter: Pick<Meter, "request" | "print">;
  /** Writes the tree as one HTML page. */
  renderHtml(document: Document): string;
  /** One word a part ("ok", or what is wrong). Any other word than "ok" means: not ready. */
  checkReadiness(): Promise<Record<string, string>>;
  log: Log & RequestLog;
  clock: Clock;
  ids: Ids;
}

type Parsed<O, Part extends string> = O extends Record<Part, infer S extends z.ZodType> ? z.output<S> : undefined;
type JsonBody<O> = O extends { body: { content: { "application/json": infer S extends z.ZodType } } }
  ? z.output<S>
  : undefined;

/** A part of a multipart form, in the order of the form. A file's stream must be read before the next part comes. */
export type FormPart =
  | { kind: "field"; name: string; value: string }
  | { kind: "file"; name: string; fileName: string; body: Readable & { truncated?: boolean } };

export interface Call<Id extends OperationId = OperationId> {
  requestId: string;
  /** Of the caller; for operations without a scope there is none. */
  key: ApiKeyRecord;
  params: Record<string, string>;
  query: Parsed<Operations[Id], "query">;
  headers: Parsed<Operations[Id], "headers">;
  body: JsonBody<Operations[Id]>;
  /** Set instead of `body` when the request is multipart/form-data. */
  form: (() => AsyncIterable<FormPart>) | undefined;
  /** Absolute, no slash at the end. */
  baseUrl: string;
  /** Aborted when the caller leaves or the server stops. */
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  contentType?: string;
  body?: string | Buffer | Readable;
  /** Instead of `body`: writes the answer itself, for as long as it likes. The headers are already out. */
  stream?: (res: ServerResponse) => Promise<void>;
}
export type Handler<Id extends OperationId> = (call: Call<Id>, parts: HttpParts) => Promise<Answer>;

export const jsonType = "application/json; charset=utf-8";
export const json = (status: number, value: unknown): Answer => ({
  status,
  contentType: jsonType,
  body: JSON.stringify(value),
});
