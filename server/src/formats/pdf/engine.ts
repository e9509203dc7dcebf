/**
 * The one file that knows `@embedpdf/pdfium`. It hands out PDFium's own upstream functions (`FPDF*`), called on the raw
 * WebAssembly exports: the package's wrapped functions check and convert every argument, which costs more than the work
 * behind `FPDFText_GetUnicode`. Another build of PDFium as WASM fits in by replacing this file.
 *
 * PDFium is not re-entrant, and a trap leaves it in an unknown state: after `engine.broken` is set the instance is thrown
 * away. WASM memory never shrinks, so an instance that a large document blew up is not kept either.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { init } from "@embedpdf/pdfium";
import { problem } from "@knowhere/contract";

/** Bytes that PDFium may hold for one document; more makes its allocations fail, which ends the parse, not the server. */
export const maxHeapBytes = 400 * 1024 * 1024;
/** An instance that grew past this is dropped after its document. */
const keepHeapBytes = 96 * 1024 * 1024;

type N = number;
/** The upstream functions in use. Pointers and booleans are numbers; strings are pointers to NUL-terminated bytes. */
export interface PdfiumCalls {
  malloc(bytes: N): N;
  free(pointer: N): void;
  FPDF_LoadMemDocument(data: N, bytes: N, password: N): N;
  FPDF_CloseDocument(doc: N): void;
  FPDF_GetLastError(): N;
  FPDF_GetPageCount(doc: N): N;
  FPDF_GetMetaText(doc: N, tag: N, buffer: N, bytes: N): N;
  FPDF_GetPageLabel(doc: N, index: N, buffer: N, bytes: N): N;
  FPDF_LoadPage(doc: N, index: N): N;
  FPDF_ClosePage(page: N): void;
  FPDF_GetPageWidthF(page: N): N;
  FPDF_GetPageHeightF(page: N): N;
  FPDF_GetPageBoundingBox(page: N, rect: N): N;
  FPDF_GetFormType(doc: N): N;
  FPDF_RenderPageBitmap(bitmap: N, page: N, x: N, y: N, width: N, height: N, rotate: N, flags: N): void;
  FPDF_RenderPageBitmapWithMatrix(bitmap: N, page: N, matrix: N, clip: N, flags: N): void;
  FPDF_FFLDraw(form: N, bitmap: N, page: N, x: N, y: N, width: N, height: N, rotate: N, flags: N): void;
  FPDFPage_GetRotation(page: N): N;
  FPDFPage_CountObjects(page: N): N;
  FPDFPage_GetObject(page: N, index: N): N;
  FPDFPageObj_GetType(object: N): N;
  FPDFPageObj_GetBounds(object: N, left: N, bottom: N, right: N, top: N): N;
  FPDFPageObj_GetMatrix(object: N, matrix: N): N;
  FPDFPageObj_GetFillColor(object: N, r: N, g: N, b: N, a: N): N;
  FPDFPageObj_GetStrokeColor(object: N, r: N, g: N, b: N, a: N): N;
  FPDFPageObj_GetStrokeWidth(object: N, width: N): N;
  FPDFPageObj_GetMarkedContentID(object: N): N;
  FPDFPageObj_CountMarks(object: N): N;
  FPDFPageObj_GetMark(object: N, index: N): N;
  FPDFPageObj_GetClipPath(object: N): N;
  FPDFPageObj_SetIsActive(object: N, active: N): N;
  FPDFPageObjMark_GetName(mark: N, buffer: N, bytes: N, out: N): N;
  FPDFPageObjMark_GetParamStringValue(mark: N, key: N, buffer: N, bytes: N, out: N): N;
  FPDFClipPath_CountPaths(clip: N): N;
  FPDFClipPath_CountPathSegments(clip: N, path: N): N;
  FPDFClipPath_GetPathSegment(clip: N, path: N, segment: N): N;
  FPDFFormObj_CountObjects(form: N): N;
  FPDFFormObj_GetObject(form: N, index: N): N;
  FPDFPath_CountSegments(path: N): N;
  FPDFPath_GetPathSegment(path: N, index: N): N;
  FPDFPath_GetDrawMode(path: N, fill: N, stroke: N): N;
  FPDFPathSegment_GetPoint(segment: N, x: N, y: N): N;
  FPDFPathSegment_GetType(segment: N): N;
  FPDFPathSegment_GetClose(segment: N): N;
  FPDFText_LoadPage(page: N): N;
  FPDFText_ClosePage(text: N): void;
  FPDFText_CountChars(text: N): N;
  FPDFText_GetUnicode(text: N, index: N): N;
  FPDFText_IsGenerated(text: N, index: N): N;
  FPDFText_HasUnicodeMapError(text: N, index: N): N;
  FPDFText_GetTextObject(text: N, index: N): N;
  FPDFText_GetCharBox(text: N, index: N, left: N, right: N, bottom: N, top: N): N;
  FPDFText_GetLooseCharBox(text: N, index: N, rect: N): N;
  FPDFText_GetCharOrigin(text: N, index: N, x: N, y: N): N;
  FPDFText_GetMatrix(text: N, index: N, matrix: N): N;
  FPDFText_GetFontSize(text: N, index: N): N;
  FPDFTextObj_GetFont(object: N): N;
  FPDFTextObj_GetFontSize(object: N, size: N): N;
  FPDFTextObj_GetTextRenderMode(object: N): N;
  FPDFFont_GetBaseFontName(font: N, buffer: N, bytes: N): N;
  FPDFFont_GetFamilyName(font: N, buffer: N, bytes: N): N;
  FPDFFont_GetFlags(font: N): N;
  FPDFFont_GetWeight(font: N): N;
  FPDFFont_GetItalicAngle(font: N, angle: N): N;
  FPDFFont_GetIsEmbedded(font: N): N;
  FPDFImageObj_GetImagePixelSize(image: N, width: N, height: N): N;
  FPDFImageObj_GetImageFilterCount(image: N): N;
  FPDFImageObj_GetImageFilter(image: N, index: N, buffer: N, bytes: N): N;
  FPDFImageObj_GetImageDataRaw(image: N, buffer: N, bytes: N): N;
  FPDFImageObj_GetImageMetadata(image: N, page: N, metadata: N): N;
  FPDFImageObj_GetRenderedBitmap(doc: N, page: N, image: N): N;
  FPDFImageObj_SetMatrix(image: N, a: N, b: N, c: N, d: N, e: N, f: N): N;
  FPDFBitmap_CreateEx(width: N, height: N, format: N, scan: N, stride: N): N;
  FPDFBitmap_FillRect(bitmap: N, x: N, y: N, width: N, height: N, color: N): N;
  FPDFBitmap_GetBuffer(bitmap: N): N;
  FPDFBitmap_GetFormat(bitmap: N): N;
  FPDFBitmap_GetWidth(bitmap: N): N;
  FPDFBitmap_GetHeight(bitmap: N): N;
  FPDFBitmap_GetStride(bitmap: N): N;
  FPDFBitmap_Destroy(bitmap: N): void;
  FPDFBookmark_GetFirstChild(doc: N, bookmark: N): N;
  FPDFBookmark_GetNextSibling(doc: N, bookmark: N): N;
  FPDFBookmark_GetTitle(bookmark: N, buffer: N, bytes: N): N;
  FPDFBookmark_GetDest(doc: N, bookmark: N): N;
  FPDFBookmark_GetAction(bookmark: N): N;
  FPDFDest_GetDestPageIndex(doc: N, dest: N): N;
  FPDFDest_GetLocationInPage(dest: N, hasX: N, hasY: N, hasZoom: N, x: N, y: N, zoom: N): N;
  FPDFDest_GetView(dest: N, count: N, params: N): N;
  FPDFAction_GetType(action: N): N;
  FPDFAction_GetDest(doc: N, action: N): N;
  FPDFAction_GetURIPath(doc: N, action: N, buffer: N, bytes: N): N;
  FPDFLink_Enumerate(page: N, position: N, link: N): N;
  FPDFLink_GetDest(doc: N, link: N): N;
  FPDFLink_GetAction(link: N): N;
  FPDFLink_GetAnnotRect(link: N, rect: N): N;
  FPDFLink_CountQuadPoints(link: N): N;
  FPDFLink_GetQuadPoints(link: N, index: N, points: N): N;
  FPDFPage_GetAnnotCount(page: N): N;
  FPDFPage_GetAnnot(page: N, index: N): N;
  FPDFPage_CloseAnnot(annot: N): void;
  FPDFAnnot_GetSubtype(annot: N): N;
  FPDFAnnot_GetRect(annot: N, rect: N): N;
  FPDFAnnot_GetFlags(annot: N): N;
  FPDFAnnot_GetStringValue(annot: N, key: N, buffer: N, bytes: N): N;
  FPDFAnnot_GetFormFieldType(form: N, annot: N): N;
  FPDFAnnot_GetFormFieldFlags(form: N, annot: N): N;
  FPDFAnnot_GetFormFieldName(form: N, annot: N, buffer: N, bytes: N): N;
  FPDFAnnot_GetFormFieldAlternateName(form: N, annot: N, buffer: N, bytes: N): N;
  FPDFAnnot_GetFormFieldValue(form: N, annot: N, buffer: N, bytes: N): N;
  FPDFAnnot_GetOptionCount(form: N, annot: N): N;
  FPDFAnnot_GetOptionLabel(form: N, annot: N, index: N, buffer: N, bytes: N): N;
  FPDFAnnot_IsOptionSelected(form: N, annot: N, index: N): N;
  FPDFAnnot_IsChecked(form: N, annot: N): N;
  FPDFDOC_InitFormFillEnvironment(doc: N, info: N): N;
  FPDFDOC_ExitFormFillEnvironment(form: N): void;
  FPDFCatalog_IsTagged(doc: N): N;
  FPDFCatalog_GetLanguage(doc: N, buffer: N, bytes: N): N;
  FPDFDoc_GetAttachmentCount(doc: N): N;
  FPDFDoc_GetAttachment(doc: N, index: N): N;
  FPDFAttachment_GetName(attachment: N, buffer: N, bytes: N): N;
  FPDFAttachment_GetFile(attachment: N, buffer: N, bytes: N, out: N): N;
  FPDFAttachment_GetSubtype(attachment: N, buffer: N, bytes: N): N;
  FPDF_StructTree_GetForPage(page: N): N;
  FPDF_StructTree_Close(tree: N): void;
  FPDF_StructTree_CountChildren(tree: N): N;
  FPDF_StructTree_GetChildAtIndex(tree: N, index: N): N;
  FPDF_StructElement_GetType(element: N, buffer: N, bytes: N): N;
  FPDF_StructElement_GetAltText(element: N, buffer: N, bytes: N): N;
  FPDF_StructElement_GetActualText(element: N, buffer: N, bytes: N): N;
  FPDF_StructElement_CountChildren(element: N): N;
  FPDF_StructElement_GetChildAtIndex(element: N, index: N): N;
  FPDF_StructElement_GetChildMarkedContentID(element: N, index: N): N;
  FPDF_StructElement_GetAttributeCount(element: N): N;
  FPDF_StructElement_GetAttributeAtIndex(element: N, index: N): N;
  FPDF_StructElement_Attr_GetValue(attribute: N, name: N): N;
  FPDF_StructElement_Attr_GetNumberValue(value: N, out: N): N;
  FPDF_StructElement_Attr_GetStringValue(value: N, buffer: N, bytes: N, out: N): N;
}

type Reader = (buffer: number, bytes: number) => number;

/** One PDFium instance with its memory. `scratch` is 256 bytes for out-parameters, 8-byte aligned. */
export class PdfEngine {
  readonly calls: PdfiumCalls;
  readonly scratch: number;
  /** Set after a trap or an abort: nothing may be called any more. */
  broken = false;
  readonly #memory: WebAssembly.Memory;
  readonly #text: number;
  #buffer: ArrayBuffer;
  #f32: Float32Array;
  #f64: Float64Array;
  #i32: Int32Array;
  #u8: Uint8Array;
  static readonly #textBytes = 8192;

  constructor(exports: WebAssembly.Exports) {
    this.calls = exports as unknown as PdfiumCalls;
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#buffer = this.#memory.buffer;
    this.#f32 = new Float32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
    this.#i32 = new Int32Array(this.#buffer);
    this.#u8 = new Uint8Array(this.#buffer);
    this.scratch = this.calls.malloc(256);
    this.#text = this.calls.malloc(PdfEngine.#textBytes);
  }

  get heapBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The views die whenever the memory grows, which any call may cause. */
  #refresh(): void {
    if (this.#buffer === this.#memory.buffer) return;
    this.#buffer = this.#memory.buffer;
    this.#f32 = new Float32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
    this.#i32 = new Int32Array(this.#buffer);
    this.#u8 = new Uint8Array(this.#buffer);
  }
  /** Out-parameters are read through these right after the call that wrote them. */
  get f32(): Float32Array {
    if (this.#buffer !== this.#memory.buffer) this.#refresh();
    return this.#f32;
  }
  get f64(): Float64Array {
    if (this.#buffer !== this.#memory.buffer) this.#refresh();
    return this.#f64;
  }
  get i32(): Int32Array {
    if (this.#buffer !== this.#memory.buffer) this.#refresh();
    return this.#i32;
  }
  get u8(): Uint8Array {
    if (this.#buffer !== this.#memory.buffer) this.#refresh();
    return this.#u8;
  }

  /** Memory of PDFium's; LIMIT_EXCEEDED when the heap is exhausted. */
  allocate(bytes: number): number {
    const pointer = this.calls.malloc(bytes);
    if (pointer === 0) throw problem("LIMIT_EXCEEDED", { limit: "memory of one PDF" });
    return pointer;
  }

  /** Runs `use` with `bytes` copied into the heap as they are. */
  withBytes<T>(bytes: Uint8Array, use: (pointer: number) => T): T {
    const pointer = this.allocate(bytes.length);
    try {
      this.u8.set(bytes, pointer);
      return use(pointer);
    } finally {
      if (!this.broken) this.calls.free(pointer);
    }
  }
  /** Runs `use` with the string as NUL-terminated UTF-8. */
  withString<T>(text: string, use: (pointer: number) => T): T {
    return this.withBytes(new TextEncoder().encode(`${text}\0`), use);
  }

  /**
   * Calls a PDFium getter of the "returns the bytes needed, fills the buffer" kind.
   * The answer is cut at `maxBytes`: PDFium copies nothing when the buffer is too small, so a longer value reads as "".
   */
  #read(reader: Reader, maxBytes: number): Uint8Array {
    const needed = reader(this.#text, PdfEngine.#textBytes) >>> 0;
    if (needed <= PdfEngine.#textBytes) return this.u8.slice(this.#text, this.#text + needed);
    if (needed > maxBytes) return new Uint8Array(0);
    const pointer = this.allocate(needed);
    try {
      const got = Math.min(needed, reader(pointer, needed) >>> 0);
      return this.u8.slice(pointer, pointer + got);
    } finally {
      this.calls.free(pointer);
    }
  }
  /** A UTF-16LE string without its terminator; "" when there is none. */
  utf16(reader: Reader, maxBytes = 1 << 20): string {
    const bytes = this.#read(reader, maxBytes);
    const text = new TextDecoder("utf-16le").decode(bytes);
    const end = text.indexOf("\0");
    return end < 0 ? text : text.slice(0, end);
  }
  /** A string of 8-bit characters (UTF-8 where it is valid) without its terminator. */
  utf8(reader: Reader, maxBytes = 1 << 20): string {
    const bytes = this.#read(reader, maxBytes);
    const end = bytes.indexOf(0);
    return new TextDecoder("utf-8").decode(end < 0 ? bytes : bytes.subarray(0, end));
  }
  /** The raw bytes of a getter of the same kind; null when longer than `maxBytes`. */
  bytesOf(reader: Reader, maxBytes: number): Uint8Array | null {
    const needed = reader(0, 0) >>> 0;
    if (needed === 0 || needed > maxBytes) return null;
    const pointer = this.allocate(needed);
    try {
      const got = Math.min(needed, reader(pointer, needed) >>> 0);
      return this.u8.slice(pointer, pointer + got);
    } finally {
      this.calls.free(pointer);
    }
  }
}

let compiled: Promise<WebAssembly.Module> | undefined;
const idle: PdfEngine[] = [];

function compile(): Promise<WebAssembly.Module> {
  compiled ??= readFile(createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm")).then((bytes) =>
    WebAssembly.compile(bytes),
  );
  return compiled;
}

async function createEngine(): Promise<PdfEngine> {
  const module = await compile();
  let exports: WebAssembly.Exports | undefined;
  await init({
    print: () => {},
    printErr: () => {},
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) {
      const env = imports.env as Record<string, (...args: number[]) => number>;
      const grow = env.emscripten_resize_heap!;
      env.emscripten_resize_heap = (bytes) => (bytes! >>> 0 > maxHeapBytes ? 0 : grow(bytes!));
      void WebAssembly.instantiate(module, imports).then((instance) => {
        exports = instance.exports;
        done(instance, module);
      });
      return {};
    },
  } as unknown as Parameters<typeof init>[0]);
  (exports as unknown as { FPDF_InitLibrary(): void }).FPDF_InitLibrary();
  return new PdfEngine(exports!);
}

/** An engine for one document; give it back with `releaseEngine`. */
export async function acquireEngine(): Promise<PdfEngine> {
  return idle.pop() ?? (await createEngine());
}

/** Keeps a healthy, small engine for the next document and drops any other. */
export function releaseEngine(engine: PdfEngine): void {
  if (!engine.broken && engine.heapBytes <= keepHeapBytes && idle.length < 2) idle.push(engine);
}

/**
 * Runs calls into PDFium. A trap (out-of-bounds access, abort, stack overflow) marks the engine broken
 * and is rethrown as the error it was.
 */
export function guard<T>(engine: PdfEngine, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) engine.broken = true;
    throw error;
  }
}
