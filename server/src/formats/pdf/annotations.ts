/** What is laid over a page: links, form fields with their values, comments. */

import type { Box } from "@knowhere/contract";
import type { FieldFact, LinkFact } from "../../layout/facts.ts";
import { type Matrix, mapBox, type PageGeometry } from "./geometry.ts";
import { readDestination } from "./outline.ts";
import type { PdfPage } from "./page.ts";

const maxAnnotations = 20_000;
/** FPDFANNOT_SUBTYPE (fpdf_annot.h). */
const subtypes = { text: 1, link: 2, freeText: 3, highlight: 9, popup: 16, widget: 20 };
const commentSubtypes = new Set([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
/** Bits of the annotation's F entry. */
const hiddenFlags = 0x02 | 0x20;
/** FPDF_FORMFIELD (fpdf_formfill.h). */
const fieldKinds: Record<number, FieldFact["kind"]> = {
  1: "button",
  2: "checkbox",
  3: "radio",
  4: "choice",
  5: "choice",
  6: "text",
  7: "signature",
};
/** PDFACTION (fpdf_doc.h). */
const actions = { goTo: 1, uri: 3 };
const maxHrefBytes = 8192;

export interface Comment {
  box: Box;
  text: string;
  author: string;
}
export interface Annotations {
  links: LinkFact[];
  fields: FieldFact[];
  comments: Comment[];
}

export function readAnnotations(page: PdfPage): Annotations {
  const { engine } = page.file;
  const out: Annotations = { links: readLinks(page), fields: [], comments: [] };
  const { calls } = engine;
  const count = Math.min(calls.FPDFPage_GetAnnotCount(page.handle), maxAnnotations);
  for (let i = 0; i < count; i++) {
    const annotation = calls.FPDFPage_GetAnnot(page.handle, i);
    if (annotation === 0) continue;
    try {
      const subtype = calls.FPDFAnnot_GetSubtype(annotation);
      if (subtype === subtypes.widget) {
        const field = readField(page, annotation);
        if (field) out.fields.push(field);
      } else if (commentSubtypes.has(subtype) && (calls.FPDFAnnot_GetFlags(annotation) & hiddenFlags) === 0) {
        const text = readString(page, annotation, "Contents").trim();
        if (text !== "")
          out.comments.push({ box: readRect(page, annotation), text, author: readString(page, annotation, "T") });
      }
    } finally {
      if (!engine.broken) calls.FPDFPage_CloseAnnot(annotation);
    }
  }
  return out;
}

function readString(page: PdfPage, annotation: number, key: string): string {
  const { engine } = page.file;
  return engine.withString(key, (pointer) =>
    engine.utf16((buffer, bytes) => engine.calls.FPDFAnnot_GetStringValue(annotation, pointer, buffer, bytes)),
  );
}

/** FS_RECTF is left, top, right, bottom. */
function rectAt(page: PdfPage, toPage: Matrix): Box {
  const at = page.file.engine.scratch >> 2;
  const m = page.file.engine.f32;
  return mapBox(toPage, m[at]!, m[at + 3]!, m[at + 2]!, m[at + 1]!);
}

function readRect(page: PdfPage, annotation: number): Box {
  const { calls, scratch } = page.file.engine;
  return calls.FPDFAnnot_GetRect(annotation, scratch) ? rectAt(page, page.geometry.toPage) : [0, 0, 0, 0];
}

function readField(page: PdfPage, annotation: number): FieldFact | null {
  const { engine } = page.file;
  const { calls } = engine;
  const form = page.file.form;
  if (form === 0 || (calls.FPDFAnnot_GetFlags(annotation) & hiddenFlags) !== 0) return null;
  const kind = fieldKinds[calls.FPDFAnnot_GetFormFieldType(form, annotation)];
  if (!kind) return null;
  const alternate = engine.utf16((buffer, bytes) =>
    calls.FPDFAnnot_GetFormFieldAlternateName(form, annotation, buffer, bytes),
  );
  const name =
    alternate || engine.utf16((buffer, bytes) => calls.FPDFAnnot_GetFormFieldName(form, annotation, buffer, bytes));
  const field: FieldFact = {
    box: readRect(page, annotation),
    name,
    kind,
    value: engine.utf16((buffer, bytes) => calls.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, bytes)),
  };
  if (kind === "checkbox" || kind === "radio") field.checked = isTicked(readString(page, annotation, "AS"));
  if (kind === "choice") field.value = chosenLabels(page, annotation, form) || field.value;
  return field;
}

/**
 * The appearance state names the shown look of a check-box. `FPDFAnnot_IsChecked` would want the form-fill module's view of the
 * page, which is not made because it may act on the document.
 */
function isTicked(state: string): boolean {
  return state !== "" && state !== "Off";
}

/** A choice field stores export values; its labels are what is printed. */
function chosenLabels(page: PdfPage, annotation: number, form: number): string {
  const { engine } = page.file;
  const { calls } = engine;
  const count = Math.min(calls.FPDFAnnot_GetOptionCount(form, annotation), 1000);
  const labels: string[] = [];
  for (let i = 0; i < count; i++) {
    if (calls.FPDFAnnot_IsOptionSelected(form, annotation, i) !== 1) continue;
    labels.push(engine.utf16((buffer, bytes) => calls.FPDFAnnot_GetOptionLabel(form, annotation, i, buffer, bytes)));
  }
  return labels.join(", ");
}

/** Link annotations; a link over several lines has one fact for each of its quads. */
function readLinks(page: PdfPage): LinkFact[] {
  const { engine } = page.file;
  const { calls, scratch } = engine;
  const links: LinkFact[] = [];
  engine.i32[scratch >> 2] = 0;
  const position = engine.allocate(8);
  try {
    engine.i32[position >> 2] = 0;
    while (links.length < maxAnnotations && calls.FPDFLink_Enumerate(page.handle, position, position + 4)) {
      const link = engine.i32[(position + 4) >> 2]!;
      const target = readTarget(page, link);
      if (!target) continue;
      for (const box of readLinkBoxes(page, link, page.geometry)) links.push({ box, ...target });
    }
  } finally {
    if (!engine.broken) calls.free(position);
  }
  return links;
}

function readTarget(page: PdfPage, link: number): { href?: string; page?: number } | null {
  const { engine, handle } = page.file;
  const { calls } = engine;
  let dest = calls.FPDFLink_GetDest(handle, link);
  if (dest === 0) {
    const action = calls.FPDFLink_GetAction(link);
    if (action === 0) return null;
    const type = calls.FPDFAction_GetType(action);
    if (type === actions.uri) {
      const href = engine
        .utf8((buffer, bytes) => calls.FPDFAction_GetURIPath(handle, action, buffer, bytes), maxHrefBytes)
        .trim();
      return href === "" ? null : { href };
    }
    if (type === actions.goTo) dest = calls.FPDFAction_GetDest(handle, action);
  }
  if (dest === 0) return null;
  const target = readDestination(engine, handle, dest);
  return target.page === undefined ? null : { page: target.page };
}

function readLinkBoxes(page: PdfPage, link: number, geometry: PageGeometry): Box[] {
  const { engine } = page.file;
  const { calls, scratch } = engine;
  const quads = Math.min(calls.FPDFLink_CountQuadPoints(link), 64);
  const boxes: Box[] = [];
  for (let i = 0; i < quads; i++) {
    if (!calls.FPDFLink_GetQuadPoints(link, i, scratch)) continue;
    const at = scratch >> 2;
    const m = engine.f32;
    const xs = [m[at]!, m[at + 2]!, m[at + 4]!, m[at + 6]!];
    const ys = [m[at + 1]!, m[at + 3]!, m[at + 5]!, m[at + 7]!];
    boxes.push(mapBox(geometry.toPage, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)));
  }
  if (boxes.length === 0 && calls.FPDFLink_GetAnnotRect(link, scratch)) boxes.push(rectAt(page, geometry.toPage));
  return boxes;
}
