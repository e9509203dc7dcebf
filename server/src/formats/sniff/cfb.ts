/**
 * What an OLE compound file is, from the stream names of its directory ([MS-CFB] 2.2, 2.3, 2.6), and whether its streams
 * can be what they say. A bounded walk of the header, the FAT and the directory chain; no stream is read.
 */

/** Directory entries looked at for names; real files have tens, and what tells the kind stands at the top. */
const maxEntries = 4096;

interface Entry {
  name: string;
  /** 1 storage, 2 stream, 5 root. */
  type: number;
  start: number;
  size: number;
  left: number;
  right: number;
  child: number;
}

/** Names of the streams and storages at the top level, or [] when the structure is broken. Embedded documents lie deeper. */
export function listCfbNames(bytes: Uint8Array): string[] {
  const entries = readEntries(bytes);
  const names: string[] = [];
  const seen = new Set<number>();
  // Siblings form a binary tree below the root entry's child ([MS-CFB] 2.6.4).
  const stack = entries.length > 0 ? [entries[0]!.child] : [];
  while (stack.length > 0) {
    const id = stack.pop()!;
    const entry = entries[id];
    if (!entry || seen.has(id)) continue;
    seen.add(id);
    names.push(entry.name);
    stack.push(entry.left, entry.right);
  }
  return names;
}

/** Streams smaller than this live in the mini stream, in sectors of 64 bytes (2.4). */
const miniBelow = 4096;
const miniSectorBytes = 64;

/**
 * False when streams claim more bytes than the file has, or small ones sit on a chain that does not end about where their size
 * does. Libraries reserve what a stream claims and follow its chain for as long as it goes on; a file of a few kilobytes can
 * claim gigabytes.
 */
export function hasSoundStreams(bytes: Uint8Array): boolean {
  const streams = readEntries(bytes, Number.POSITIVE_INFINITY).filter(({ type }) => type === 2);
  if (streams.reduce((sum, { size }) => sum + size, 0) > bytes.length) return false;
  const nextMini = miniSectorChain(bytes);
  return streams.every(({ start, size }) => {
    if (size === 0 || size >= miniBelow) return true;
    // Writers may reserve more than they fill.
    let left = 2 * Math.ceil(size / miniSectorBytes) + 8;
    for (let sector = start; sector < endOfChain; sector = nextMini(sector)) if (left-- === 0) return false;
    return true;
  });
}

/** The mini FAT, itself a stream of the FAT's sectors (2.4). */
function miniSectorChain(bytes: Uint8Array): (sector: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectorBytes = sectorBytesOf(view);
  const nextSector = sectorChain(view, sectorBytes);
  const sectors = new Set<number>();
  for (let sector = view.getUint32(60, true); sector < endOfChain && !sectors.has(sector); sector = nextSector(sector))
    sectors.add(sector);
  return tableLookup(view, sectorBytes, [...sectors]);
}

function sectorBytesOf(view: DataView): number {
  return 1 << Math.min(view.getUint16(30, true), 16);
}

function readEntries(bytes: Uint8Array, most = maxEntries): Entry[] {
  const entries: Entry[] = [];
  if (bytes.length < 512) return entries;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectorBytes = sectorBytesOf(view);
  if (sectorBytes < 128) return entries;
  const sectorAt = (sector: number): number => (sector + 1) * sectorBytes;
  const nextSector = sectorChain(view, sectorBytes);
  const seen = new Set<number>();
  let sector = view.getUint32(48, true);
  while (sector < endOfChain && !seen.has(sector) && entries.length < most) {
    seen.add(sector);
    for (let at = sectorAt(sector); at < sectorAt(sector) + sectorBytes && at + 128 <= bytes.length; at += 128) {
      const nameBytes = Math.min(64, view.getUint16(at + 64, true));
      const name = new TextDecoder("utf-16le").decode(bytes.subarray(at, at + Math.max(0, nameBytes - 2)));
      entries.push({
        name,
        type: view.getUint8(at + 66),
        start: view.getUint32(at + 116, true),
        size: view.getUint32(at + 120, true),
        left: view.getUint32(at + 68, true),
        right: view.getUint32(at + 72, true),
        child: view.getUint32(at + 76, true),
      });
    }
    sector = nextSector(sector);
  }
  return entries;
}

/** Sector numbers from here on are marks, not sectors (2.1). */
const endOfChain = 0xfffffffa;

/** The FAT as a function from a sector to the next of its chain. */
function sectorChain(view: DataView, sectorBytes: number): (sector: number) => number {
  const sectorAt = (sector: number): number => (sector + 1) * sectorBytes;
  const fatSectors: number[] = [];
  // The header names the first 109 FAT sectors (6.8 MB of file at 512 bytes); further ones are in a chain of their own.
  for (let index = 0; index < 109; index++) {
    const sector = view.getUint32(76 + index * 4, true);
    if (sector < endOfChain) fatSectors.push(sector);
  }
  let chained = view.getUint32(68, true);
  for (let hops = 0; chained < endOfChain && hops < 1024; hops++) {
    if (sectorAt(chained) + sectorBytes > view.byteLength) break;
    for (let offset = 0; offset < sectorBytes - 4; offset += 4) {
      const sector = view.getUint32(sectorAt(chained) + offset, true);
      if (sector < endOfChain) fatSectors.push(sector);
    }
    chained = view.getUint32(sectorAt(chained) + sectorBytes - 4, true);
  }
  return tableLookup(view, sectorBytes, fatSectors);
}

/** Entries of a table of sector numbers that lies in these sectors. */
function tableLookup(view: DataView, sectorBytes: number, sectors: readonly number[]): (sector: number) => number {
  const perSector = sectorBytes / 4;
  return (sector) => {
    const holder = sectors[Math.floor(sector / perSector)];
    if (holder === undefined) return endOfChain;
    const at = (holder + 1) * sectorBytes + (sector % perSector) * 4;
    return at + 4 <= view.byteLength ? view.getUint32(at, true) : endOfChain;
  };
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
