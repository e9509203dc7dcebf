/** Anything thrown, as the one envelope of errors. */
import { type ErrorAnswer, Problem, problem } from "@knowhere/contract";

/** Trouble with the disk or with a neighbour that may be over in a moment; the caller is told to repeat. */
const passing = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EPIPE",
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EMFILE",
  "ENFILE",
]);

/** What Fastify and its parsers throw, in our words. */
const borderFaults: Record<string, (error: Error) => Problem> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => problem("BODY_TOO_LARGE"),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    invalid("body", "the body is not as long as Content-Length says", "INVALID_CONTENT_LENGTH"),
  FST_ERR_BAD_URL: () => invalid("path", "the path is not a valid URL path", "INVALID_PATH"),
  FST_ERR_MAX_PARAM_LENGTH: () => problem("ROUTE_NOT_FOUND"),
  FST_ERR_ROUTE_MAX_PARAM_LENGTH: () => problem("ROUTE_NOT_FOUND"),
};

/** A refusal of one field; `message` defaults to the general one. */
export function invalid(field: string, description: string, reason: string, message?: string): Problem {
  return problem("VALIDATION_FAILED", {
    violations: [{ field, description }],
    field,
    reason,
    ...(message === undefined ? {} : { message }),
  });
}

/** The problem that `error` stands for; what nobody foresaw becomes INTERNAL_ERROR without its text. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") {
    const fault = borderFaults[code];
    if (fault) return fault(error as Error);
    if (passing.has(code)) return problem("UNAVAILABLE", {}, { cause: error });
  }
  return problem("INTERNAL_ERROR", {}, { cause: error });
}

export function envelopeOf({ code, message, details }: Problem, requestId: string): ErrorAnswer {
  return {
    success: false,
    error: { code, message, request_id: requestId, ...(Object.keys(details).length > 0 ? { details } : {}) },
  };
}

/** Headers that go with the details: the hint to wait, and the older names of the limits that some clients read. */
export function headersOf({ status, details }: Problem): Record<string, string> {
  const headers: Record<string, string> = {};
  if (typeof details["retry_after"] === "number") headers["Retry-After"] = String(details["retry_after"]);
  if (status === 429) {
    for (const [name, field] of [
      ["X-RateLimit-Limit", "limit"],
      ["X-RateLimit-Period", "period"],
      ["X-RateLimit-Remaining", "remaining"],
      ["X-RateLimit-Reset", "reset"],
    ] as const) {
      if (details[field] !== undefined) headers[name] = String(details[field]);
    }
  }
  return headers;
}

/** For the log: name, text and stack of an error and its causes, without the other fields (they may hold values of rows). */
export function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...("code" in error ? { code: error.code } : {}),
    ...(error.cause !== undefined && depth < 5 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
