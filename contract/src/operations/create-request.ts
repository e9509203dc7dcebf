/** The body of POST /v1/jobs. Unknown fields are ignored; every default is written here and nowhere else. */
import { z } from "zod";
import { SourceType } from "../job.ts";

/** "1-5,8,12-" : counted from 1, both ends inclusive, an open end runs to the last page. */
const pageRanges = /^\s*\d{1,7}(\s*-\s*\d{0,7})?(\s*,\s*\d{1,7}(\s*-\s*\d{0,7})?)*\s*$/;

/** True when no range is empty or starts before page 1. */
function rangesRise(pages: string): boolean {
  return pages.split(",").every((range) => {
    const [first, last] = range.split("-").map((end) => end.trim());
    return Number(first) >= 1 && (!last || Number(last) >= Number(first));
  });
}

/** A field that may be sent as null, which means: not sent. */
const optional = <T extends z.ZodType, D extends NonNullable<z.output<T>>>(schema: T, fallback: D) =>
  schema.nullish().transform((value) => (value ?? fallback) as NonNullable<z.output<T>>);
const unset = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

export const Chunking = z
  .object({
    strategy: optional(z.enum(["section", "tokens"]), "section").describe(
      "section: one chunk a section, long ones split at paragraph ends (default). tokens: chunks of about max_tokens.",
    ),
    max_tokens: unset(z.int().min(32).max(100_000)).describe(
      "Most tokens of a chunk. Default 512 for tokens; for section none, a section stays below 8,000 characters.",
    ),
    overlap_tokens: optional(z.int().min(0).max(10_000), 0).describe(
      "Tokens repeated from the chunk before; for tokens only. Default 0.",
    ),
  })
  .meta({ id: "Chunking" });

export const ParsingParams = z
  .object({
    model: optional(z.enum(["base", "advanced"]), "base").describe("Default base."),
    ocr_enabled: optional(z.boolean(), false).describe(
      "Read pages without a usable text layer, and pictures, by OCR. Default false.",
    ),
    doc_type: optional(z.enum(["auto", "pdf", "docx", "txt", "md"]), "auto").describe(
      "Taken from older clients; the bytes decide. Default auto.",
    ),
    smart_title_parse: optional(z.boolean(), true).describe(
      "Find headings that the file does not state. Default true.",
    ),
    summary_image: optional(z.boolean(), true).describe("Default true."),
    summary_table: optional(z.boolean(), true).describe("Default true."),
    summary_txt: optional(z.boolean(), true).describe("Default true."),
    summary_use_llm: optional(z.boolean(), false).describe("Needs a configured language model. Default false."),
    // One published SDK types this field as a boolean by mistake: accepted, and means nothing.
    add_frag_desc: z
      .union([z.string().max(2000), z.boolean()])
      .nullish()
      .transform((value) => (typeof value === "string" ? value : ""))
      .describe("Taken from older clients; changes nothing here."),
    kb_dir: z
      .string()
      .max(255)
      .nullish()
      .transform((value) => value?.trim() || "Default_Root")
      .describe("First segment of the chunks' paths. Default Default_Root."),
    pages: unset(
      z
        .string()
        .max(1000)
        .regex(pageRanges, 'must look like "1-5,8"')
        .refine(rangesRise, { error: "pages count from 1 and ranges must rise", abort: true }),
    ).describe('Only these pages: "1-5,8". Default all.'),
    ocr_languages: unset(
      z
        .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{1,31}$/, 'must be a language code such as "eng"'))
        .min(1)
        .max(10),
    ).describe(
      "Tesseract language codes. Default: English, and what the script and the words of a page show it to be in.",
    ),
    chunking: Chunking.nullish(),
    password: unset(z.string().max(1024)).describe("Opens an encrypted document. Never logged or given back."),
    hidden_text: optional(z.enum(["drop", "keep"]), "drop").describe(
      "Text that a reader of the page cannot see. Default drop (counted in a warning).",
    ),
    furniture: optional(z.enum(["drop", "keep"]), "drop").describe(
      "Running headers, footers and page numbers. Default drop.",
    ),
    main_content: optional(z.boolean(), true).describe("Web pages: leave out navigation and the like. Default true."),
    reuse: optional(z.boolean(), true).describe(
      "Take the result of an earlier job of the account with the same bytes, name and options, or cut its tree anew when only the chunks are to differ. Default true.",
    ),
  })
  .meta({ id: "ParsingParams" });

const dataId = /^[A-Za-z0-9._-]{1,128}$/;

export const CreateJobRequest = z
  .object({
    source_type: SourceType,
    source_url: unset(z.string().max(8192)).describe("Required when source_type is url. http or https, a public host."),
    file_name: unset(z.string().max(1024)).describe("Required when source_type is file. Its extension names the type."),
    data_id: z
      .string()
      .regex(dataId, "must be 1 to 128 characters out of letters, digits, '-', '_' and '.'")
      .nullish()
      .transform((value) => value ?? null)
      .describe("Your own identifier; a label, not a key."),
    parsing_params: ParsingParams.nullish().transform((value) => value ?? ParsingParams.parse({})),
    webhook: unset(z.object({ url: z.string().max(2048) })).describe("Told when the job is done or failed."),
    namespace: z
      .string()
      .max(255)
      .nullish()
      .transform((value) => value?.trim() || undefined)
      .describe("Default: default."),
    document_id: z
      .string()
      .max(64)
      .nullish()
      .transform((value) => value?.trim() || undefined)
      .describe("Update this document instead of making a new one."),
    document_metadata: unset(z.record(z.string(), z.unknown())).describe("Free JSON kept with the document."),
  })
  .meta({ id: "CreateJobRequest" });

/** What a caller may send. */
export type CreateJobInput = z.input<typeof CreateJobRequest>;
/** The same with every default filled in. */
export type CreateJobRequest = z.output<typeof CreateJobRequest>;

/** The one-call way: the other fields come as parts of the same names, objects as JSON text. */
export const CreateJobForm = z
  .object({
    file: z.string().meta({ format: "binary", description: "The document. Its file name names the type." }),
    file_name: z.string().optional().describe("Instead of the file name of the part."),
    data_id: z.string().optional(),
    parsing_params: z.string().optional().describe("JSON text of ParsingParams."),
    webhook: z.string().optional().describe('JSON text: {"url": "https://…"}.'),
    namespace: z.string().optional(),
    document_id: z.string().optional(),
    document_metadata: z.string().optional().describe("JSON text of an object."),
  })
  .meta({ id: "CreateJobForm" });
