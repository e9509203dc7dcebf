/**
 * The catalogue of problems: the code is the contract, the message is for a person, the cause is for the log.
 * Throw `problem("SOURCE_TOO_LARGE", { … }, { cause })`; anything else that is thrown is our own bug and becomes INTERNAL_ERROR.
 */

/** Canonical wire codes and their HTTP statuses. */
export const statusOfCode = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PAYMENT_REQUIRED: 402,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL_ERROR: 500,
  UNKNOWN: 500,
  DATA_LOSS: 500,
  NOT_IMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
  UPLOAD_EXPIRED: 410,
  JOB_EXPIRED: 410,
} as const;
export type WireCode = keyof typeof statusOfCode;

export type Details = Record<string, unknown>;
interface Entry {
  code: WireCode;
  /** Says what failed, why, and what to change. `details` is what the thrower gave. */
  // biome-ignore lint/suspicious/noExplicitAny: each problem knows the details its own thrower gives.
  message: (details: Record<string, any>) => string;
  /** What goes into `error.details` besides what the thrower gave. */
  details?: Details;
}

const parse = (reason: string, message: Entry["message"]): Entry => ({
  code: "INVALID_ARGUMENT",
  message,
  details: { reason },
});

export const catalogue = {
  // ---- requests ----
  VALIDATION_FAILED: { code: "INVALID_ARGUMENT", message: (d) => d.message ?? "Request validation failed" },
  MISSING_AUTHORIZATION: {
    code: "UNAUTHENTICATED",
    message: () => "Authentication required. Provide Authorization header.",
  },
  BAD_AUTHORIZATION: { code: "UNAUTHENTICATED", message: () => "Invalid Authorization header format" },
  BAD_API_KEY: { code: "UNAUTHENTICATED", message: () => "Invalid API Key" },
  SCOPE_MISSING: {
    code: "PERMISSION_DENIED",
    message: (d) => `This API key lacks the scope '${d.required_permission}'. Use a key that has it.`,
  },
  NOT_FOUND: { code: "NOT_FOUND", message: (d) => `${d.resource ?? "Resource"} not found` },
  ROUTE_NOT_FOUND: { code: "NOT_FOUND", message: () => "Resource not found" },
  METHOD_NOT_ALLOWED: { code: "METHOD_NOT_ALLOWED", message: () => "Method not allowed" },
  RATE_LIMITED: {
    code: "RESOURCE_EXHAUSTED",
    message: (d) => `Rate limit exceeded. Please retry after ${d.retry_after} seconds.`,
    details: { reason: "RATE_LIMIT_EXCEEDED" },
  },
  TOO_MANY_ACTIVE_JOBS: {
    code: "RESOURCE_EXHAUSTED",
    message: (d) =>
      `Too many concurrent requests (${d.active_jobs}/${d.limit} active). Please retry after ${d.retry_after} seconds.`,
    details: { reason: "RATE_LIMIT_EXCEEDED" },
  },
  IDEMPOTENCY_KEY_REUSED: {
    code: "INVALID_ARGUMENT",
    message: () => "This Idempotency-Key was used with a different request body. Use a new key for a new request.",
    details: { reason: "IDEMPOTENCY_KEY_REUSED" },
  },
  IDEMPOTENT_TWIN_RUNNING: {
    code: "ABORTED",
    message: () => "A request with this Idempotency-Key is still running. Retry shortly.",
    details: { retry_after: 1 },
  },
  CONFLICT: {
    code: "ABORTED",
    message: (d) => d.message ?? "The resource was changed at the same time. Retry the request.",
  },
  BODY_TOO_LARGE: {
    code: "INVALID_ARGUMENT",
    message: () => "Request body is too large.",
    details: { reason: "BODY_TOO_LARGE" },
  },
  INTERNAL_ERROR: {
    code: "INTERNAL_ERROR",
    message: () => "An internal system error occurred. Please contact support.",
  },
  UNAVAILABLE: {
    code: "UNAVAILABLE",
    message: () => "The service is temporarily unavailable. Please retry.",
    details: { retry_after: 5 },
  },

  SIGNED_URL_REFUSED: {
    code: "PERMISSION_DENIED",
    message: (d) =>
      d.reason === "URL_EXPIRED"
        ? "This URL has expired. Ask for a fresh one."
        : "The signature of this URL does not fit it. Use it exactly as it was given out.",
  },
  RANGE_NOT_SATISFIABLE: {
    code: "OUT_OF_RANGE",
    message: (d) => `The range begins beyond the end: there are ${d.bytes} bytes.`,
  },

  // ---- jobs ----
  RESULT_NOT_READY: {
    code: "FAILED_PRECONDITION",
    message: (d) =>
      `The job has no result: it is ${d.status}.${d.status === "failed" ? "" : " Ask again when it is done."}`,
    details: { reason: "RESULT_NOT_READY" },
  },
  SOURCE_GONE: {
    code: "FAILED_PRECONDITION",
    message: () => "The job's source is not there: it was never uploaded or is already erased. Create a new job.",
    details: { reason: "SOURCE_GONE" },
  },
  JOB_EXPIRED: {
    code: "JOB_EXPIRED",
    message: () => "Job timed out: execution or upload exceeded maximum allowed duration",
  },
  UPLOAD_EXPIRED: { code: "UPLOAD_EXPIRED", message: () => "The upload URL has expired. Create a new job." },
  CANCELLED: { code: "CANCELLED", message: () => "The job was cancelled" },
  PARSE_DEADLINE: {
    code: "DEADLINE_EXCEEDED",
    message: (d) =>
      `Parsing did not finish within ${d.limit_seconds} seconds. Split the document or raise KNOWHERE_PARSE_TIMEOUT_S.`,
  },
  MEMORY_LIMIT: {
    code: "RESOURCE_EXHAUSTED",
    message: (d) =>
      `Parsing needed more than ${d.limit_mb} MB of memory. Split the document or raise KNOWHERE_PARSE_MEMORY_MB.`,
    details: { reason: "MEMORY_LIMIT" },
  },
  WORKER_LOST: {
    code: "INTERNAL_ERROR",
    message: (d) =>
      `The worker was lost ${d.attempts} times while parsing this document. The document may be crashing the parser.`,
    details: { reason: "WORKER_LOST" },
  },
  RESULT_CONTRACT_VIOLATION: {
    code: "INTERNAL_ERROR",
    message: () => "An internal system error occurred. Please contact support.",
    details: { reason: "PARSE_RESULT_CONTRACT_VIOLATION" },
  },

  // ---- sources ----
  PARSING_FAILED: parse("PARSING_FAILED", (d) => d.message ?? "Unable to parse document: file appears to be corrupted"),
  ENCRYPTED: parse(
    "ENCRYPTED",
    () => "The document is password-protected. Send its password as parsing_params.password.",
  ),
  UNSUPPORTED_TYPE: parse("UNSUPPORTED_TYPE", (d) => d.message ?? "The file is of a type that is not supported."),
  TYPE_MISMATCH: parse(
    "TYPE_MISMATCH",
    (d) =>
      `The file's bytes are not ${d.expected ?? "what its name says"}${d.found ? ` but ${d.found}` : ""}. Upload it under its true type.`,
  ),
  EMPTY_DOCUMENT: parse("EMPTY_DOCUMENT", (d) => d.message ?? "The document is empty: there is nothing to parse."),
  SOURCE_TOO_LARGE: parse(
    "SOURCE_TOO_LARGE",
    (d) => `The file is larger than the limit of ${d.limit_bytes} bytes. Split it or raise KNOWHERE_MAX_SOURCE_MB.`,
  ),
  TOO_MANY_PAGES: parse(
    "TOO_MANY_PAGES",
    (d) =>
      `The document has ${d.pages} pages, more than the limit of ${d.limit}. Choose some with parsing_params.pages or raise KNOWHERE_MAX_PAGES.`,
  ),
  LIMIT_EXCEEDED: parse(
    "LIMIT_EXCEEDED",
    (d) => d.message ?? `The document exceeds a safety limit (${d.limit ?? "size"}).`,
  ),
  DOWNLOAD_FAILED: parse("DOWNLOAD_FAILED", () => "Failed to download file from URL"),
  URL_NOT_ALLOWED: parse("URL_NOT_ALLOWED", () => "The URL points to an address that this server may not reach."),
  OCR_LANGUAGE_MISSING: parse(
    "OCR_LANGUAGE_MISSING",
    (d) => `No OCR data for language '${d.language}'. Install it with: knowhere languages add ${d.language}`,
  ),
} as const satisfies Record<string, Entry>;
export type ProblemName = keyof typeof catalogue;

/** An error that is meant for the caller. `details` go on the wire; `cause` goes to the log only. */
export class Problem extends Error {
  readonly problem: ProblemName;
  readonly code: WireCode;
  readonly status: number;
  readonly details: Details;
  constructor(problem: ProblemName, details: Details = {}, options?: { cause?: unknown }) {
    const entry: Entry = catalogue[problem];
    super(entry.message(details), options);
    this.name = "Problem";
    this.problem = problem;
    this.code = entry.code;
    this.status = statusOfCode[entry.code];
    const { message: _message, ...rest } = details;
    this.details = { ...entry.details, ...rest };
  }
}

/** Makes the named problem of the catalogue; throw what it returns. */
export function problem(name: ProblemName, details?: Details, options?: { cause?: unknown }): Problem {
  return new Problem(name, details, options);
}

/** The job-level error of S: what a failed job carries and what crosses the process border. */
export interface JobError {
  code: WireCode;
  message: string;
  request_id?: string;
  details?: Details;
}

/** The wire form of anything thrown while a job ran; unknown errors become INTERNAL_ERROR without their text. */
export function jobErrorOf(error: unknown): JobError {
  const known = error instanceof Problem ? error : problem("INTERNAL_ERROR", {}, { cause: error });
  return {
    code: known.code,
    message: known.message,
    ...(Object.keys(known.details).length > 0 ? { details: known.details } : {}),
  };
}
