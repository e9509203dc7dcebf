/** Property modifiers ("sprms") and the pages that say which stretch of the file has which ([MS-DOC] 2.2.5, 2.9.33, 2.9.175). */
import { Bytes } from "./bytes.ts";
import type { WordFile } from "./word-file.ts";

export interface Modifier {
  readonly code: number;
  readonly operand: Bytes;
}

/** Codes of the modifiers that are read (2.6). */
export const codes = {
  isDeleted: 0x0800,
  bold: 0x0835,
  italic: 0x0836,
  strike: 0x0837,
  hidden: 0x083c,
  underline: 0x2a3e,
  raised: 0x2a48,
  characterStyle: 0x4a30,
  symbol: 0x6a09,
  font: 0x4a4f,
  picture: 0x6a03,
  isData: 0x0806,
  inTable: 0x2416,
  rowEnd: 0x2417,
  tableDepth: 0x6649,
  innerCellEnd: 0x244b,
  innerRowEnd: 0x244c,
  listLevel: 0x260a,
  list: 0x460b,
  outlineLevel: 0x2640,
  pageBreakBefore: 0x2407,
  largeList: 0x6646,
  olderLargeList: 0x6645,
  rowDefinition: 0xd608,
  headRow: 0x3404,
  mergeCells: 0x5624,
  mergeDown: 0xd62b,
} as const;

const sizes = [1, 1, 2, 4, 2, 2, 0, 3];
const changeTabs = 0xc615;

/** The modifiers of a list, in their order. A list that is cut off ends where it does. */
export function* modifiersOf(list: Bytes): Generator<Modifier> {
  let at = 0;
  while (at + 2 <= list.length) {
    const code = list.u16(at);
    at += 2;
    let size = sizes[code >> 13]!;
    if (size === 0) {
      // A row definition states its size in two bytes, one more than there are; a list of tabs may state it as 255.
      if (code === codes.rowDefinition) {
        size = Math.max(0, list.u16(at) - 1);
        at += 2;
      } else {
        size = list.u8(at);
        at += 1;
        if (code === changeTabs && size === 255) {
          const deleted = list.u8(at);
          size = 2 + deleted * 4 + list.u8(at + 1 + deleted * 4) * 3;
        }
      }
    }
    if (at + size > list.length) return;
    yield { code, operand: list.part(at, size) };
    at += size;
  }
}

export interface ParagraphProperties {
  readonly style: number;
  readonly list: Bytes;
}

const pageBytes = 512;

/** Finds properties by offset in the main stream. Neighbours share a page, so the last page is kept. */
export class PropertyPages {
  readonly #starts: number[];
  readonly #pages: number[];
  #page = -1;
  #offsets: number[] = [];

  constructor(
    private readonly file: WordFile,
    index: Bytes,
  ) {
    const count = Math.max(0, Math.floor((index.length - 4) / 8));
    this.#starts = Array.from({ length: count }, (_, at) => index.u32(at * 4));
    this.#pages = Array.from({ length: count }, (_, at) => index.u32((count + 1) * 4 + at * 4) & 0x3fffff);
  }

  /** Index of the run on the page of an offset, with where the page begins and where the run ends. */
  #find(offset: number): { run: number; base: number; end: number } | undefined {
    const at = lastNotAfter(this.#starts, offset);
    const number = this.#pages[at];
    if (number === undefined) return undefined;
    const base = number * pageBytes;
    if (this.#page !== number) {
      const count = this.file.main.u8(base + pageBytes - 1);
      this.#offsets = Array.from({ length: count + 1 }, (_, index) => this.file.main.u32(base + index * 4));
      this.#page = number;
    }
    const run = lastNotAfter(this.#offsets, offset);
    const end = this.#offsets[run + 1];
    return run < 0 || end === undefined ? undefined : { run, base, end };
  }

  /** Style and modifiers of the paragraph whose mark stands at an offset. */
  paragraph(offset: number): ParagraphProperties {
    const none = { style: 0, list: new Bytes(new Uint8Array(0)) };
    const found = this.#find(offset);
    if (!found) return none;
    const { main } = this.file;
    const entry = found.base + this.#offsets.length * 4 + found.run * 13;
    const at = found.base + main.u8(entry) * 2;
    if (main.u8(entry) === 0) return none;
    const isPadded = main.u8(at) === 0;
    const size = isPadded ? main.u8(at + 1) * 2 : main.u8(at) * 2 - 1;
    const start = isPadded ? at + 2 : at + 1;
    const within = Math.min(size, found.base + pageBytes - start);
    return { style: main.u16(start), list: this.#whole(main.part(start + 2, within - 2)) };
  }

  /** A list too long for its page stands in the data stream (2.6.2, sprmPHugePapx). */
  #whole(list: Bytes): Bytes {
    for (const { code, operand } of modifiersOf(list)) {
      if (code !== codes.largeList && code !== codes.olderLargeList) continue;
      const at = operand.u32(0);
      return this.file.data.part(at + 2, this.file.data.u16(at));
    }
    return list;
  }

  /** Modifiers of the characters at an offset, and where their run ends. */
  run(offset: number): { list: Bytes; end: number } {
    const found = this.#find(offset);
    if (!found) return { list: new Bytes(new Uint8Array(0)), end: Number.POSITIVE_INFINITY };
    const { main } = this.file;
    const word = main.u8(found.base + this.#offsets.length * 4 + found.run);
    const at = found.base + word * 2;
    const list = word === 0 ? new Bytes(new Uint8Array(0)) : main.part(at + 1, main.u8(at));
    return { list, end: found.end };
  }
}

/** Index of the last value that is not after `value`; -1 when all are. */
function lastNotAfter(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
