/**
 * What an OLE compound file is, from the stream names of its directory ([MS-CFB] 2.2, 2.3, 2.6).
 * A bounded walk of the header, the FAT and the directory chain; no stream is read.
 */

/** Directory entries looked at; real files have tens. */
const maxEntries = 4096;

/** All stream and storage names, or [] when the structure is broken. */
export function listCfbNames(bytes: Uint8Array): string[] {
  if (bytes.length < 512) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectorBytes = 1 << Math.min(view.getUint16(30, true), 16);
  if (sectorBytes < 128) return [];
  const sectorAt = (sector: number): number => (sector + 1) * sectorBytes;
  /** The FAT sector numbers in the header cover 109 FAT sectors (6.8 MB at 512 bytes); later ones are chained. */
  const fatSectors: number[] = [];
  for (let index = 0; index < 109; index++) {
    const sector = view.getUint32(76 + index * 4, true);
    if (sector < 0xfffffffa) fatSectors.push(sector);
  }
  let chained = view.getUint32(68, true);
  for (let hops = 0; chained < 0xfffffffa && hops < 1024 && sectorAt(chained) + sectorBytes <= bytes.length; hops++) {
    for (let offset = 0; offset < sectorBytes - 4; offset += 4) {
      const sector = view.getUint32(sectorAt(chained) + offset, true);
      if (sector < 0xfffffffa) fatSectors.push(sector);
    }
    chained = view.getUint32(sectorAt(chained) + sectorBytes - 4, true);
  }
  const nextSector = (sector: number): number => {
    const perSector = sectorBytes / 4;
    const fatSector = fatSectors[Math.floor(sector / perSector)];
    if (fatSector === undefined) return 0xfffffffe;
    const at = sectorAt(fatSector) + (sector % perSector) * 4;
    return at + 4 <= bytes.length ? view.getUint32(at, true) : 0xfffffffe;
  };
  const names: string[] = [];
  const seen = new Set<number>();
  let sector = view.getUint32(48, true);
  while (sector < 0xfffffffa && !seen.has(sector) && names.length < maxEntries) {
    seen.add(sector);
    for (let at = sectorAt(sector); at < sectorAt(sector) + sectorBytes && at + 128 <= bytes.length; at += 128) {
      const nameBytes = view.getUint16(at + 64, true);
      if (view.getUint8(at + 66) === 0 || nameBytes < 2 || nameBytes > 64) continue;
      names.push(new TextDecoder("utf-16le").decode(bytes.subarray(at, at + nameBytes - 2)));
    }
    sector = nextSector(sector);
  }
  return names;
}

/** The kind of a compound file: a format name, "encrypted-office", or "cfb" for any other. */
export function sniffCfb(bytes: Uint8Array): string {
  const names = new Set(listCfbNames(bytes));
  if (names.has("EncryptedPackage")) return "encrypted-office";
  if (names.has("WordDocument")) return "doc";
  if (names.has("PowerPoint Document")) return "ppt";
  if (names.has("Workbook") || names.has("Book") || names.has("WORKBOOK") || names.has("BOOK")) return "xls";
  if (names.has("__properties_version1.0") || names.has("__nameid_version1.0")) return "msg";
  return "cfb";
}
