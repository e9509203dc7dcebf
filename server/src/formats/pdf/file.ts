/** An open PDF file: its engine, its handle, and what the file says about itself. */
import { problem } from "@knowhere/contract";
import { acquireEngine, guard, type PdfEngine, releaseEngine } from "./engine.ts";
import { Type3Fonts } from "./type3-fonts.ts";

/** FPDF_GetLastError (fpdfview.h). */
const errors = { unknown: 1, file: 2, format: 3, password: 4, security: 5, page: 6 };

export class PdfFile {
  readonly engine: PdfEngine;
  readonly handle: number;
  readonly pageCount: number;
  /** Names of optional-content layers that are known to be painted. */
  readonly shownLayers = new Set<string>();
  /** What the bytes of the file say about fonts that PDFium cannot name. */
  readonly type3Fonts: Type3Fonts;
  readonly #data: number;
  #form = 0;
  #formInfo = 0;
  #closed = false;

  private constructor(engine: PdfEngine, bytes: Uint8Array, data: number, handle: number) {
    this.engine = engine;
    this.type3Fonts = new Type3Fonts(bytes);
    this.#data = data;
    this.handle = handle;
    this.pageCount = Math.max(0, engine.calls.FPDF_GetPageCount(handle));
  }

  /**
   * Opens the bytes of a PDF. Throws ENCRYPTED (a password is needed, or the given one is wrong), PARSING_FAILED
   * (no PDF, or damaged beyond PDFium's repair) or LIMIT_EXCEEDED (larger than the engine's memory).
   */
  static async open(bytes: Uint8Array, password: string | undefined): Promise<PdfFile> {
    const engine = await acquireEngine(bytes.length);
    let data = 0;
    try {
      return guard(engine, () => {
        data = engine.allocate(bytes.length);
        engine.u8.set(bytes, data);
        const load = (pointer: number): number => engine.calls.FPDF_LoadMemDocument(data, bytes.length, pointer);
        const handle = password === undefined ? load(0) : engine.withString(password, load);
        if (handle === 0) throw openProblem(engine.calls.FPDF_GetLastError(), password !== undefined);
        return new PdfFile(engine, bytes, data, handle);
      });
    } catch (error) {
      if (data !== 0 && !engine.broken) engine.calls.free(data);
      releaseEngine(engine);
      throw engine.broken ? trapProblem(engine, error) : error;
    }
  }

  /** The form-fill environment, made on first use; 0 when it cannot be had. No script is ever run. */
  get form(): number {
    if (this.#form === 0 && this.#formInfo === 0) {
      // FPDF_FORMFILLINFO of version 2 with every callback absent: enough to read fields.
      const bytes = 512;
      this.#formInfo = this.engine.allocate(bytes);
      this.engine.u8.fill(0, this.#formInfo, this.#formInfo + bytes);
      this.engine.i32[this.#formInfo >> 2] = 2;
      this.#form = this.engine.calls.FPDFDOC_InitFormFillEnvironment(this.handle, this.#formInfo);
    }
    return this.#form;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { calls } = this.engine;
    if (!this.engine.broken) {
      try {
        guard(this.engine, () => {
          if (this.#form !== 0) calls.FPDFDOC_ExitFormFillEnvironment(this.#form);
          calls.FPDF_CloseDocument(this.handle);
          if (this.#formInfo !== 0) calls.free(this.#formInfo);
          calls.free(this.#data);
        });
      } catch {
        // A trap while closing: the instance is marked broken and dropped below.
      }
    }
    releaseEngine(this.engine);
  }
}

/** What a trap means for the document: a limit was hit, or the file is damaged in a way that PDFium cannot bear. */
export function trapProblem(engine: PdfEngine, cause: unknown): Error {
  if (engine.exhausted) return problem("LIMIT_EXCEEDED", { limit: "memory of one PDF" }, { cause });
  return problem("PARSING_FAILED", {}, { cause });
}

function openProblem(code: number, hadPassword: boolean): Error {
  if (code === errors.password) return problem("ENCRYPTED", hadPassword ? { password: "wrong" } : {});
  if (code === errors.security)
    return problem("ENCRYPTED", { message: "The document uses an encryption that is not supported." });
  return problem("PARSING_FAILED", {
    message: "Unable to parse document: the PDF is damaged, incomplete or not a PDF",
  });
}
