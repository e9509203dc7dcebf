/**
 * What a ZIP is, from its central directory: member names and two tiny members, nothing else is unpacked.
 * A look for detection only; reading members safely is the business of the ZIP room.
 */
import { inflateRawSync } from "node:zlib";

/** More members than any office file has; the directory walk stops there. */
const maxNames = 20_000;
/** `[Content_Types].xml` and `mimetype` are small; more is a bomb. */
const maxMemberBytes = 1024 * 1024;

interface Member {
  name: string;
  method: number;
  compressedBytes: number;
  headerOffset: number;
}

/** Members by the central directory, or undefined when there is none (truncated or no ZIP at all). */
function listMembers(bytes: Uint8Array): Member[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // APPNOTE 4.3.16: the end record is 22 bytes plus a comment of at most 65,535.
  let end = -1;
  for (let at = bytes.length - 22; at >= 0 && at >= bytes.length - 22 - 65_535; at--) {
    if (view.getUint32(at, true) === 0x06054b50) {
      end = at;
      break;
    }
  }
  if (end < 0) return undefined;
  const members: Member[] = [];
  let at = view.getUint32(end + 16, true);
  while (members.length < maxNames && at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50) {
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    members.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      compressedBytes: view.getUint32(at + 20, true),
      headerOffset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return members;
}

/** Text of a small member, or "" when it is missing, too large or damaged. */
function readSmallMember(bytes: Uint8Array, members: readonly Member[], name: string): string {
  const member = members.find((candidate) => candidate.name === name);
  if (!member || member.headerOffset + 30 > bytes.length) return "";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start =
    member.headerOffset +
    30 +
    view.getUint16(member.headerOffset + 26, true) +
    view.getUint16(member.headerOffset + 28, true);
  const packed = bytes.subarray(start, start + Math.min(member.compressedBytes, maxMemberBytes));
  try {
    const plain = member.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: maxMemberBytes });
    return new TextDecoder().decode(plain);
  } catch {
    return "";
  }
}

const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/wordprocessingml\.(?:document|template)\.main|ms-word\.(?:document|template)\.macroEnabled/, "docx"],
  [/spreadsheetml\.(?:sheet|template)\.main|ms-excel\.(?:sheet|template|addin)\.macroEnabled/, "xlsx"],
  [/ms-excel\.sheet\.binary/, "xlsb"],
  [/presentationml\.(?:presentation|slideshow|template)\.main|ms-powerpoint\.\w+\.macroEnabled/, "pptx"],
];
const mimeTypes: readonly (readonly [RegExp, string])[] = [
  [/^application\/epub\+zip/, "epub"],
  [/opendocument\.text/, "odt"],
  [/opendocument\.spreadsheet/, "ods"],
  [/opendocument\.presentation/, "odp"],
];
/** Used when the declaring member is missing or damaged. */
const telltales: readonly (readonly [RegExp, string])[] = [
  [/^word\/document\d*\.xml$/i, "docx"],
  [/^xl\/workbook\.xml$/i, "xlsx"],
  [/^xl\/workbook\.bin$/i, "xlsb"],
  [/^ppt\/presentation\.xml$/i, "pptx"],
  [/^META-INF\/container\.xml$/i, "epub"],
];

/**
 * The kind of a ZIP container: a format name, "zip" for any other archive, or "broken-zip" when it has no directory.
 */
export function sniffZip(bytes: Uint8Array): string {
  const members = listMembers(bytes);
  if (!members) return "broken-zip";
  const declared = readSmallMember(bytes, members, "mimetype").trim();
  const types = readSmallMember(bytes, members, "[Content_Types].xml");
  const found =
    mimeTypes.find(([pattern]) => pattern.test(declared)) ??
    contentTypes.find(([pattern]) => pattern.test(types)) ??
    telltales.find(([pattern]) => members.some((member) => pattern.test(member.name.replaceAll("\\", "/"))));
  return found?.[1] ?? "zip";
}
