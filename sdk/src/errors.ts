/** What can go wrong, as classes to tell apart with `instanceof`; `code` and `details` are those of the API. */
import type { ErrorAnswer, FailedJob, Job } from "@knowhere/contract";

export class KnowhereError extends Error {
  override name = "KnowhereError";
}

/** The API refused the request. */
export class ApiError extends KnowhereError {
  override name = "ApiError";
  readonly code: string;
  readonly requestId: string | undefined;
  readonly details: Record<string, unknown>;
  constructor(
    readonly status: number,
    error: Partial<ErrorAnswer["error"]>,
    /** Seconds that the server asked to wait; undefined when it gave no hint. */
    readonly retryAfterS: number | undefined,
  ) {
    super(error.message ?? `The server answered ${status}`);
    this.code = error.code ?? "UNKNOWN";
    this.requestId = error.request_id;
    this.details = error.details ?? {};
  }
}
export class InvalidRequestError extends ApiError {
  override name = "InvalidRequestError";
}
export class AuthenticationError extends ApiError {
  override name = "AuthenticationError";
}
export class PermissionError extends ApiError {
  override name = "PermissionError";
}
export class NotFoundError extends ApiError {
  override name = "NotFoundError";
}
export class ConflictError extends ApiError {
  override name = "ConflictError";
}
export class RateLimitError extends ApiError {
  override name = "RateLimitError";
}
export class UnavailableError extends ApiError {
  override name = "UnavailableError";
}

const classes: Record<number, typeof ApiError> = {
  400: InvalidRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  405: InvalidRequestError,
  409: ConflictError,
  429: RateLimitError,
  503: UnavailableError,
  504: UnavailableError,
};

/** The error that an answer stands for, whatever stands in its body. */
export async function errorOf(answer: Response): Promise<ApiError> {
  const text = await answer.text().catch(() => "");
  const error = readEnvelope(text);
  const hint = error.details?.["retry_after"] ?? Number(answer.headers.get("retry-after") ?? Number.NaN);
  const seconds = typeof hint === "number" && hint > 0 ? hint : undefined;
  return new (classes[answer.status] ?? ApiError)(answer.status, error, seconds);
}

function readEnvelope(text: string): Partial<ErrorAnswer["error"]> {
  try {
    return (JSON.parse(text) as Partial<ErrorAnswer>).error ?? {};
  } catch {
    return {};
  }
}

/** The file store refused an upload or a download; `code` is the word in its XML. */
export class StorageError extends KnowhereError {
  override name = "StorageError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export async function storageErrorOf(answer: Response): Promise<StorageError> {
  const text = await answer.text().catch(() => "");
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return new StorageError(
    answer.status,
    field("Code") ?? "Unknown",
    field("Message") ?? `The file store answered ${answer.status}`,
  );
}

/** The job ended as failed. */
export class JobFailedError extends KnowhereError {
  override name = "JobFailedError";
  readonly code: string;
  readonly details: Record<string, unknown>;
  constructor(readonly job: FailedJob) {
    super(job.error.message);
    this.code = job.error.code;
    this.details = job.error.details ?? {};
  }
}

/** The job is still not over; it goes on without us. */
export class WaitTimeoutError extends KnowhereError {
  override name = "WaitTimeoutError";
  constructor(readonly job: Job) {
    super(`Job ${job.job_id} is still ${job.status}`);
  }
}

/** The bytes are not those that the job names: the download was damaged. */
export class ChecksumError extends KnowhereError {
  override name = "ChecksumError";
}

/** No answer at all. */
export class ConnectionError extends KnowhereError {
  override name = "ConnectionError";
}
