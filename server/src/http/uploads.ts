/** multipart/form-data: the file goes straight to the blobs, the other parts become the fields of a create request. */
import { formatOfExtension } from "@knowhere/contract";
import { cleanText, parseJson } from "./body.ts";
import type { FormPart, HttpParts } from "./call.ts";
import { invalid } from "./problem.ts";
import { resolveFileName } from "./source.ts";

export interface ReceivedForm {
  fields: Record<string, unknown>;
  file: { key: string; fileName: string; bytes: number; sha256: string };
}

/** Fields whose parts hold JSON text. */
const jsonFields = new Set(["parsing_params", "webhook", "document_metadata"]);

/**
 * Reads the whole form; the first part with a file is the source, stored under `key`. Nothing stays behind when it throws.
 * @throws VALIDATION_FAILED, SOURCE_TOO_LARGE
 */
export async function receiveForm(
  form: AsyncIterable<FormPart>,
  { blobs, settings }: Pick<HttpParts, "blobs" | "settings">,
  key: string,
  signal: AbortSignal,
): Promise<ReceivedForm> {
  const fields: Record<string, unknown> = {};
  let file: ReceivedForm["file"] | undefined;
  try {
    for await (const part of form) {
      if (part.kind === "field") {
        fields[part.name] = jsonFields.has(part.name)
          ? parseJson(part.value, `body.${part.name}`)
          : cleanText(part.value);
      } else if (file) {
        throw invalid("body.file", "send one file a job", "TOO_MANY_FILES");
      } else {
        // The name is judged when the whole form is here: a later part may still give another one.
        const named = typeof fields["file_name"] === "string" ? fields["file_name"] : part.fileName;
        const extension = /\.[^.]+$/.exec(named)?.[0] ?? "";
        const contentType = formatOfExtension(extension)
          ? resolveFileName(named).contentType
          : "application/octet-stream";
        const stored = await blobs.put(key, part.body, { contentType, maxBytes: settings.maxSourceBytes, signal });
        file = { key, fileName: part.fileName, bytes: stored.bytes, sha256: stored.sha256 };
      }
    }
    if (!file) throw invalid("body.file", "the form has no part 'file' with a file name", "MISSING_FIELD");
    return { fields, file };
  } catch (error) {
    await blobs.delete(key);
    throw error;
  }
}
