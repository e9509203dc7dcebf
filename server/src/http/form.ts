/** multipart/form-data as a plain sequence of parts. */
import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import { maxBodyBytes } from "./body.ts";
import type { FormPart } from "./call.ts";
import { invalid } from "./problem.ts";

/** The file's own size is limited where it is stored. */
const limits = {
  fieldNameSize: 200,
  fieldSize: maxBodyBytes,
  fields: 32,
  files: 2,
  parts: 34,
  headerPairs: 100,
  fileSize: Number.POSITIVE_INFINITY,
};
/** A refused form is read on for so long, so that the client gets to see the answer instead of a broken pipe. */
const drainLimit = { bytes: 64 * 1024 * 1024, ms: 10_000 };

/** @throws VALIDATION_FAILED when the bytes are no form or hold more than the limits allow. */
export async function* readForm(request: FastifyRequest): AsyncIterable<FormPart> {
  const parts = request.parts({ limits });
  try {
    for await (const part of parts) {
      if (part.type === "file")
        yield { kind: "file", name: part.fieldname, fileName: part.filename ?? "", body: part.file };
      else if (part.valueTruncated || part.fieldnameTruncated)
        throw invalid(`body.${part.fieldname}`, "is too long", "TOO_LARGE");
      else yield { kind: "field", name: part.fieldname, value: fieldText(part.value) };
    }
  } catch (error) {
    throw isFormFault(error)
      ? invalid(
          "body",
          "is not a readable multipart form",
          "MALFORMED_FORM",
          "Request body is not a valid multipart form",
        )
      : error;
  }
}

/** A part that calls itself application/json arrives parsed. */
const fieldText = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** What the parser says about broken forms: its own codes, or plain errors with these texts. */
function isFormFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = "" } = error as { code?: string };
  return (
    [
      "FST_PARTS_LIMIT",
      "FST_FILES_LIMIT",
      "FST_FIELDS_LIMIT",
      "FST_PROTO_VIOLATION",
      "FST_INVALID_MULTIPART_CONTENT_TYPE",
      "FST_NO_FORM_DATA",
      "FST_INVALID_JSON_FIELD_ERROR",
      "FST_MP_PREMATURE_CLOSE",
    ].includes(code) ||
    /unexpected end of (multipart|form)|multipart: boundary|malformed part header|part terminated early|premature close/i.test(
      error.message,
    )
  );
}

/** Reads on and throws away, up to the limits. */
export function drainRequest(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (req.destroyed || req.readableEnded || req.complete) return resolve();
    let bytes = 0;
    const stop = () => {
      clearTimeout(timer);
      req.off("data", count).off("end", stop).off("close", stop).off("error", stop);
      resolve();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > drainLimit.bytes) stop();
    };
    const timer = setTimeout(stop, drainLimit.ms);
    req.unpipe();
    req.on("data", count).on("end", stop).on("close", stop).on("error", stop);
    req.resume();
  });
}
