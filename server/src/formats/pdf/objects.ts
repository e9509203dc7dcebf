/**
 * One walk over the page's objects, in painting order and through form XObjects: the style of every text object (fetched once
 * each, not per character), paths, pictures. PDFium reports an object inside a form in the form's own coordinates, so the
 * matrices of the forms around it are multiplied in here.
 */
import type { Box } from "@knowhere/contract";
import type { PictureFact } from "../../layout/facts.ts";
import type { PdfEngine } from "./engine.ts";
import { type PdfFont, readFont } from "./fonts.ts";
import { intersect, type Matrix, mapBox, multiply, type PageGeometry } from "./geometry.ts";
import { type PathSink, readPath } from "./paths.ts";

/** Limits of one page; beyond them a page is simplified, never refused. */
export const maxObjectsPerPage = 400_000;
export const maxSegmentsPerPage = 400_000;
const maxFormDepth = 16;
const maxClipSegments = 400;

/** What is the same for all glyphs of one text object. */
export interface TextRun {
  /** Place in the painting order. */
  order: number;
  /** Index into the page's fonts. */
  font: number;
  color: number;
  /** 0–255. */
  alpha: number;
  /** Text rendering mode, 0–7 (ISO 32000-1, table 106). */
  mode: number;
  mcid: number;
  artifact: boolean;
  /** Name of the optional content it belongs to ("" when it has none); undefined outside optional content. */
  layer: string | undefined;
  /** What of the page the object may paint; null = everything. */
  clip: Box | null;
  /** Nominal size; 1 in many files. The matrix of a glyph scales it. */
  nominalSize: number;
  handle: number;
}
export interface PagePicture extends PictureFact {
  handle: number;
  /** Maps the unit square to the page as shown. */
  matrix: Matrix;
  order: number;
}
export interface PageObjects extends PathSink {
  runs: Map<number, TextRun>;
  fonts: PdfFont[];
  pictures: PagePicture[];
  /** True when a limit cut the walk short. */
  cut: boolean;
}

const kinds = { text: 1, path: 2, image: 3, shading: 4, form: 5 };

class ObjectWalk {
  readonly out: PageObjects = {
    runs: new Map(),
    fonts: [],
    pictures: [],
    rulings: [],
    fills: [],
    drawings: [],
    segments: 0,
    cut: false,
  };
  readonly #engine: PdfEngine;
  readonly #geometry: PageGeometry;
  readonly #expired: () => boolean;
  readonly #fontIndex = new Map<number, number>();
  readonly #markNames = new Map<number, string>();
  readonly #layers = new Map<number, string>();
  #order = 0;

  constructor(engine: PdfEngine, geometry: PageGeometry, expired: () => boolean) {
    this.#engine = engine;
    this.#geometry = geometry;
    this.#expired = expired;
  }

  visit(object: number, toPage: Matrix, clip: Box | null, depth: number): void {
    if (object === 0) return;
    this.#order++;
    if (this.#order > maxObjectsPerPage || (this.#order % 1024 === 0 && this.#expired())) {
      this.out.cut = true;
      return;
    }
    const { calls } = this.#engine;
    switch (calls.FPDFPageObj_GetType(object)) {
      case kinds.text:
        this.#readRun(object, toPage, clip);
        break;
      case kinds.path:
        this.#readPath(object, toPage, clip);
        break;
      case kinds.image:
        this.#readPicture(object, toPage, clip);
        break;
      case kinds.shading:
        this.#readShading(object, toPage, clip);
        break;
      case kinds.form: {
        if (depth >= maxFormDepth) return;
        const inner = multiply(this.#matrixOf(object), toPage);
        const innerClip = this.#clipOf(object, toPage, clip);
        const count = calls.FPDFFormObj_CountObjects(object);
        for (let i = 0; i < count && !this.out.cut; i++)
          this.visit(calls.FPDFFormObj_GetObject(object, i), inner, innerClip, depth + 1);
        break;
      }
    }
  }

  #matrixOf(object: number): Matrix {
    const { calls, scratch } = this.#engine;
    if (!calls.FPDFPageObj_GetMatrix(object, scratch)) return [1, 0, 0, 1, 0, 0];
    const at = scratch >> 2;
    const m = this.#engine.f32;
    return [m[at]!, m[at + 1]!, m[at + 2]!, m[at + 3]!, m[at + 4]!, m[at + 5]!];
  }

  /** Bounds on the page; PDFium gives them in the coordinates that `toPage` maps. */
  #boundsOf(object: number, toPage: Matrix): Box | null {
    const { calls, scratch } = this.#engine;
    if (!calls.FPDFPageObj_GetBounds(object, scratch, scratch + 4, scratch + 8, scratch + 12)) return null;
    const at = scratch >> 2;
    const m = this.#engine.f32;
    return mapBox(toPage, m[at]!, m[at + 1]!, m[at + 2]!, m[at + 3]!);
  }

  /** The box that the object's clip paths leave, within the clip around it. */
  #clipOf(object: number, toPage: Matrix, outer: Box | null): Box | null {
    const { calls, scratch } = this.#engine;
    const clip = calls.FPDFPageObj_GetClipPath(object);
    if (clip === 0) return outer;
    const paths = calls.FPDFClipPath_CountPaths(clip);
    let left = outer;
    for (let p = 0; p < paths; p++) {
      const count = calls.FPDFClipPath_CountPathSegments(clip, p);
      if (count <= 0 || count > maxClipSegments) continue;
      let x0 = Infinity;
      let y0 = Infinity;
      let x1 = -Infinity;
      let y1 = -Infinity;
      for (let s = 0; s < count; s++) {
        const segment = calls.FPDFClipPath_GetPathSegment(clip, p, s);
        if (segment === 0 || !calls.FPDFPathSegment_GetPoint(segment, scratch, scratch + 4)) continue;
        const f32 = this.#engine.f32;
        const x = f32[scratch >> 2]!;
        const y = f32[(scratch >> 2) + 1]!;
        if (x < x0) x0 = x;
        if (x > x1) x1 = x;
        if (y < y0) y0 = y;
        if (y > y1) y1 = y;
      }
      if (x0 > x1) continue;
      const box = mapBox(toPage, x0, y0, x1, y1);
      left = left ? (intersect(left, box) ?? [0, 0, -1, -1]) : box;
    }
    return left;
  }

  #colorOf(object: number, stroke: boolean): { color: number; alpha: number } {
    const { calls, scratch } = this.#engine;
    const read = stroke ? calls.FPDFPageObj_GetStrokeColor : calls.FPDFPageObj_GetFillColor;
    if (!read(object, scratch, scratch + 4, scratch + 8, scratch + 12)) return { color: 0, alpha: 255 };
    const at = scratch >> 2;
    const i32 = this.#engine.i32;
    return {
      color: ((i32[at]! & 255) << 16) | ((i32[at + 1]! & 255) << 8) | (i32[at + 2]! & 255),
      alpha: i32[at + 3]! & 255,
    };
  }

  /** Marked content around an object: an artifact, optional content. */
  #marksOf(object: number): { artifact: boolean; layer: string | undefined } {
    const { calls, scratch } = this.#engine;
    const count = calls.FPDFPageObj_CountMarks(object);
    const marks: { artifact: boolean; layer: string | undefined } = { artifact: false, layer: undefined };
    for (let i = 0; i < Math.min(count, 16); i++) {
      const mark = calls.FPDFPageObj_GetMark(object, i);
      if (mark === 0) continue;
      let name = this.#markNames.get(mark);
      if (name === undefined) {
        name = this.#engine.utf16((buffer, bytes) => {
          if (!calls.FPDFPageObjMark_GetName(mark, buffer, bytes, scratch)) return 0;
          return this.#engine.i32[scratch >> 2]!;
        }, 4096);
        this.#markNames.set(mark, name);
      }
      if (name === "Artifact") marks.artifact = true;
      else if (name === "OC") marks.layer = this.#layerOf(mark);
    }
    return marks;
  }

  /** `mark` is the layer's dictionary: its Name is unique enough to tell layers apart. */
  #layerOf(mark: number): string {
    const known = this.#layers.get(mark);
    if (known !== undefined) return known;
    const { calls, scratch } = this.#engine;
    const name = this.#engine.withString("Name", (key) =>
      this.#engine.utf16(
        (buffer, bytes) =>
          calls.FPDFPageObjMark_GetParamStringValue(mark, key, buffer, bytes, scratch)
            ? this.#engine.i32[scratch >> 2]!
            : 0,
        4096,
      ),
    );
    this.#layers.set(mark, name);
    return name;
  }

  #readRun(object: number, toPage: Matrix, outer: Box | null): void {
    const { calls, scratch } = this.#engine;
    const handle = calls.FPDFTextObj_GetFont(object);
    let font = this.#fontIndex.get(handle);
    if (font === undefined) {
      font = this.out.fonts.length;
      this.out.fonts.push(readFont(this.#engine, handle));
      this.#fontIndex.set(handle, font);
    }
    const mode = calls.FPDFTextObj_GetTextRenderMode(object);
    const { color, alpha } = this.#colorOf(object, mode === 1 || mode === 5);
    const nominalSize = calls.FPDFTextObj_GetFontSize(object, scratch) ? this.#engine.f32[scratch >> 2]! : 1;
    this.out.runs.set(object, {
      order: this.#order,
      font,
      color,
      alpha,
      mode,
      mcid: calls.FPDFPageObj_GetMarkedContentID(object),
      ...this.#marksOf(object),
      clip: this.#clipOf(object, toPage, outer),
      nominalSize,
      handle: object,
    });
  }

  #readPath(object: number, toPage: Matrix, outer: Box | null): void {
    const { calls, scratch } = this.#engine;
    if (!calls.FPDFPath_GetDrawMode(object, scratch, scratch + 4)) return;
    const filled = this.#engine.i32[scratch >> 2]! !== 0;
    const stroked = this.#engine.i32[(scratch >> 2) + 1]! !== 0;
    if (!filled && !stroked) return;
    const bounds = this.#boundsOf(object, toPage);
    if (!bounds) return;
    const fill = filled ? this.#colorOf(object, false) : null;
    const stroke = stroked ? this.#colorOf(object, true) : null;
    const matrix = multiply(this.#matrixOf(object), toPage);
    const width = stroked && calls.FPDFPageObj_GetStrokeWidth(object, scratch) ? this.#engine.f32[scratch >> 2]! : 0;
    const scale = Math.sqrt(Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]));
    const page: Box = [0, 0, this.#geometry.width, this.#geometry.height];
    const clip = this.#clipOf(object, toPage, outer);
    const style = {
      fill: fill && fill.alpha > 0 ? fill.color : null,
      stroke: stroke && stroke.alpha > 0 ? stroke.color : null,
      strokeWidth: width * scale,
      clip: clip ? (intersect(clip, page) ?? ([0, 0, -1, -1] as Box)) : page,
      order: this.#order,
    };
    if (style.fill === null && style.stroke === null) return;
    readPath(this.#engine, object, matrix, style, bounds, this.out, maxSegmentsPerPage);
  }

  #readPicture(object: number, toPage: Matrix, outer: Box | null): void {
    const { calls, scratch } = this.#engine;
    const matrix = multiply(this.#matrixOf(object), toPage);
    const whole = mapBox(matrix, 0, 0, 1, 1);
    const clip = this.#clipOf(object, toPage, outer);
    const box = intersect(clip ? (intersect(whole, clip) ?? [0, 0, -1, -1]) : whole, [
      0,
      0,
      this.#geometry.width,
      this.#geometry.height,
    ]);
    if (!box) return;
    const sized = calls.FPDFImageObj_GetImagePixelSize(object, scratch, scratch + 4);
    this.out.pictures.push({
      box,
      index: this.out.pictures.length,
      pixelWidth: sized ? this.#engine.i32[scratch >> 2]! : 0,
      pixelHeight: sized ? this.#engine.i32[(scratch >> 2) + 1]! : 0,
      mcid: calls.FPDFPageObj_GetMarkedContentID(object),
      mask: false,
      handle: object,
      matrix,
      order: this.#order,
    });
  }

  #readShading(object: number, toPage: Matrix, outer: Box | null): void {
    const bounds = this.#boundsOf(object, toPage);
    const clip = this.#clipOf(object, toPage, outer);
    const page: Box = [0, 0, this.#geometry.width, this.#geometry.height];
    const box = bounds && intersect(clip ? (intersect(bounds, clip) ?? [0, 0, -1, -1]) : bounds, page);
    if (box) this.out.drawings.push({ box, segments: 1, filled: true, color: 0x808080 });
  }
}

/** Walks all objects of a loaded page until `expired` says to stop. */
export function readObjects(
  engine: PdfEngine,
  geometry: PageGeometry,
  page: number,
  expired: () => boolean,
): PageObjects {
  const walk = new ObjectWalk(engine, geometry, expired);
  const count = engine.calls.FPDFPage_CountObjects(page);
  for (let i = 0; i < count && !walk.out.cut; i++) {
    walk.visit(engine.calls.FPDFPage_GetObject(page, i), geometry.toPage, null, 0);
  }
  return walk.out;
}
