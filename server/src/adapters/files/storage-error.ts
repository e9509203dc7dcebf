/** Errors of presigned URLs, in the words and the XML of S3, because that is what upload clients understand. */
const statuses = {
  AccessDenied: 403,
  SignatureDoesNotMatch: 403,
  AuthorizationQueryParametersError: 400,
  NoSuchKey: 404,
  MethodNotAllowed: 405,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InvalidDigest: 400,
  BadDigest: 400,
  InvalidRange: 416,
  PreconditionFailed: 412,
  /** The one upload that the URL permits has already succeeded. */
  ObjectAlreadyExists: 409,
  InternalError: 500,
  /** Clients repeat an upload on this one. */
  ServiceUnavailable: 503,
} as const;
export type StorageCode = keyof typeof statuses;

export class StorageError extends Error {
  override name = "StorageError";
  readonly status: number;
  constructor(
    readonly code: StorageCode,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = statuses[code];
  }
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const escapeXml = (text: string) =>
  text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "");

export function printStorageError(error: StorageError, resource: string, requestId: string): string {
  const fields = { Code: error.code, Message: error.message, Resource: resource, RequestId: requestId };
  const inner = Object.entries(fields).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join("")}</Error>`;
}
