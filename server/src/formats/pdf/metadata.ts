/** What the file says about itself: Info dictionary, language, page labels, attached files. */
import { guard } from "./engine.ts";
import type { PdfFile } from "./file.ts";

const keys = ["Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate"] as const;
const maxAttachments = 1000;
const maxAttachmentBytes = 64 * 1024 * 1024;

/** Non-empty entries of the Info dictionary; dates as ISO 8601 where they can be read. */
export function readMetadata(file: PdfFile): Record<string, string> {
  const { engine, handle } = file;
  return guard(engine, () => {
    const out: Record<string, string> = {};
    for (const key of keys) {
      const value = engine
        .withString(key, (pointer) =>
          engine.utf16((buffer, bytes) => engine.calls.FPDF_GetMetaText(handle, pointer, buffer, bytes)),
        )
        .trim();
      if (value !== "") out[key] = key.endsWith("Date") ? isoDate(value) : value;
    }
    return out;
  });
}

/** "D:20240131120000+01'00'" (ISO 32000-1, 7.9.4) -> "2024-01-31T12:00:00+01:00"; anything else as it is. */
export function isoDate(value: string): string {
  const parts = /^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*([Zz]|[+-]\d\d'?\d{0,2})?/.exec(value);
  if (!parts) return value;
  const [, year, month = "01", day = "01", hour = "00", minute = "00", second = "00", zone = ""] = parts;
  const digits = zone.replace(/\D/g, "");
  const offset =
    zone === "" ? "" : /[+-]/.test(zone) ? `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2, 4) || "00"}` : "Z";
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

/** BCP 47 tag of the catalog. */
export function readLanguage(file: PdfFile): string | undefined {
  const { engine, handle } = file;
  const language = guard(engine, () =>
    engine.utf16((buffer, bytes) => engine.calls.FPDFCatalog_GetLanguage(handle, buffer, bytes)).trim(),
  );
  return /^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$/.test(language) ? language.replaceAll("_", "-") : undefined;
}

export function isTagged(file: PdfFile): boolean {
  return guard(file.engine, () => file.engine.calls.FPDFCatalog_IsTagged(file.handle) === 1);
}

/** The printed label of a page (1-based), when the file names one that differs from its number. */
export function readPageLabel(file: PdfFile, page: number): string | undefined {
  const { engine, handle } = file;
  const label = guard(engine, () =>
    engine.utf16((buffer, bytes) => engine.calls.FPDF_GetPageLabel(handle, page - 1, buffer, bytes)).trim(),
  );
  return label === "" || label === String(page) ? undefined : label;
}

/** Attached files: listed, never opened. */
export function readAttachments(file: PdfFile): { name: string; mediaType: string; bytes: number }[] {
  const { engine, handle } = file;
  const { calls, scratch } = engine;
  return guard(engine, () => {
    const out: { name: string; mediaType: string; bytes: number }[] = [];
    const count = Math.min(calls.FPDFDoc_GetAttachmentCount(handle), maxAttachments);
    for (let i = 0; i < count; i++) {
      const attachment = calls.FPDFDoc_GetAttachment(handle, i);
      if (attachment === 0) continue;
      const name = engine.utf16((buffer, bytes) => calls.FPDFAttachment_GetName(attachment, buffer, bytes));
      const type = engine.utf16((buffer, bytes) => calls.FPDFAttachment_GetSubtype(attachment, buffer, bytes));
      const sized = calls.FPDFAttachment_GetFile(attachment, 0, 0, scratch);
      const bytes = sized ? Math.min(engine.i32[scratch >> 2]! >>> 0, maxAttachmentBytes) : 0;
      out.push({ name, mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "application/octet-stream", bytes });
    }
    return out;
  });
}
