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
import type { PdfiumCalls } from "./calls.ts";

/**
 * Bytes that PDFium may hold for one document besides two copies of the file; more makes its allocations fail, which ends the
 * parse, not the server.
 */
const heapBytesPerDocument = 240 * 1024 * 1024;
/** An instance that grew past this is dropped after its document. */
const keepHeapBytes = 96 * 1024 * 1024;

type Reader = (buffer: number, bytes: number) => number;

/** One PDFium instance with its memory. `scratch` is 256 bytes for out-parameters, 8-byte aligned. */
export class PdfEngine {
  readonly calls: PdfiumCalls;
  readonly scratch: number;
  /** Pause record for progressive rendering: rendering stops when `renderExpired` says so. */
  readonly pause: number;
  renderExpired: () => boolean = () => false;
  /** Set after a trap or an abort: nothing may be called any more. */
  broken = false;
  /** Growth of the heap past this is refused. */
  maxHeapBytes = heapBytesPerDocument;
  /** Set when growth was refused: what fails then, fails for want of memory. */
  exhausted = false;
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
    this.pause = this.calls.malloc(16);
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
  let engine: PdfEngine | undefined;
  const wrapped = await init({
    print: () => {},
    printErr: () => {},
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) {
      const env = imports.env as Record<string, (...args: number[]) => number>;
      const grow = env.emscripten_resize_heap!;
      env.emscripten_resize_heap = (bytes) => {
        if (!engine || bytes! >>> 0 <= engine.maxHeapBytes) return grow(bytes!);
        engine.exhausted = true;
        return 0;
      };
      void WebAssembly.instantiate(module, imports).then((instance) => {
        exports = instance.exports;
        done(instance, module);
      });
      return {};
    },
  } as unknown as Parameters<typeof init>[0]);
  (exports as unknown as { FPDF_InitLibrary(): void }).FPDF_InitLibrary();
  engine = new PdfEngine(exports!);
  // IFSDK_PAUSE (fpdf_progressive.h): version, callback, user data. The callback is asked between the objects of a page.
  const created = engine;
  const callback = wrapped.pdfium.addFunction(() => (created.renderExpired() ? 1 : 0), "ii");
  const view = engine.i32;
  view[engine.pause >> 2] = 1;
  view[(engine.pause >> 2) + 1] = callback;
  view[(engine.pause >> 2) + 2] = 0;
  return engine;
}

/** An engine for one document of so many bytes; give it back with `releaseEngine`. */
export async function acquireEngine(sourceBytes: number): Promise<PdfEngine> {
  const engine = idle.pop() ?? (await createEngine());
  engine.maxHeapBytes = heapBytesPerDocument + 2 * sourceBytes;
  engine.exhausted = false;
  return engine;
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
