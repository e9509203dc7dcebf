/** A small Word 97 file made of parts: text, styles, lists, notes and pages of properties ([MS-DOC] 2.5, 2.9). */
import { compoundOf } from "./compound-files.ts";

export interface WordRun {
  readonly text: string;
  /** Modifiers of the characters. */
  readonly modifiers?: Buffer;
}
export interface WordParagraph {
  readonly runs: readonly (WordRun | string)[];
  /** Ends with a paragraph mark unless it says otherwise ("\u0007" for cells and rows). */
  readonly mark?: string;
  readonly style?: number;
  readonly modifiers?: Buffer;
}
export interface WordStyleParts {
  readonly identifier: number;
  readonly name: string;
  readonly base?: number;
  readonly isCharacter?: boolean;
  readonly paragraph?: Buffer;
  readonly character?: Buffer;
}
export interface WordParts {
  readonly body: readonly WordParagraph[];
  readonly footnotes?: readonly WordParagraph[];
  /** The seventh story and those after it are headers and footers of the first section. */
  readonly headers?: readonly WordParagraph[];
  readonly styles?: readonly WordStyleParts[];
  /** One list each, of what its levels print and the number format. */
  readonly lists?: readonly (readonly { text: string; format: number }[])[];
  readonly bookmarks?: readonly { name: string; at: number }[];
  readonly data?: Uint8Array;
}

const u16 = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
const utf16 = (text: string) => Buffer.from(text, "utf16le");

/** One modifier. */
export const sprm = (code: number, ...operand: number[]): Buffer => Buffer.concat([u16(code), Buffer.from(operand)]);
/** A row of cells with their right edges and merge flags ([MS-DOC] 2.9.339). */
export function rowModifier(cells: readonly { edge: number; flags?: number }[]): Buffer {
  const edges = u16(0, ...cells.map(({ edge }) => edge));
  const flags = cells.map(({ flags = 0 }) => Buffer.concat([u16(flags), Buffer.alloc(18)]));
  const operand = Buffer.concat([Buffer.from([cells.length]), edges, ...flags]);
  return Buffer.concat([u16(0xd608, operand.length + 1), operand]);
}

const textAt = 0x600;
const page = 512;

export function wordFileOf(parts: WordParts): Uint8Array {
  const stories = [parts.body, parts.footnotes ?? [], parts.headers ?? []];
  const text = stories.flat().map(textOf).join("");
  const lengths = stories.map((story) => story.map(textOf).join("").length);
  const pages: Buffer[] = [];
  const firstPage = Math.ceil((textAt + text.length) / page);
  const paragraphs: [number, number][] = [];
  const runs: [number, number][] = [];
  let at = textAt;
  for (const paragraph of stories.flat()) {
    const end = at + textOf(paragraph).length;
    paragraphs.push([at, firstPage + pages.length]);
    pages.push(paragraphPage(at, end, paragraph));
    for (const run of [...paragraph.runs, paragraph.mark ?? "\r"].map(runOf)) {
      runs.push([at, firstPage + pages.length]);
      pages.push(characterPage(at, at + run.text.length, run.modifiers));
      at += run.text.length;
    }
  }
  const main = Buffer.concat([Buffer.alloc(firstPage * page), ...pages]);
  main.set(u16(0xa5ec, 0x00c1), 0);
  main.writeUInt16LE(0x0200, 10);
  for (const [index, length] of lengths.entries()) main.writeUInt32LE(length, 76 + index * 4);
  main.writeUInt16LE(93, 152);
  main.set(Buffer.from(text, "latin1"), textAt);
  const indexOf = (entries: [number, number][]) =>
    Buffer.concat([u32(...entries.map(([start]) => start), at), u32(...entries.map(([, number]) => number))]);
  const pieces = Buffer.concat([u32(0, text.length), u16(0), u32((textAt * 2) | 0x40000000), u16(0)]);
  const starts = (story: readonly WordParagraph[]): number[] => {
    const all = [0];
    for (const paragraph of story) all.push(all.at(-1)! + textOf(paragraph).length);
    return all;
  };
  const bodyText = parts.body.map(textOf).join("");
  const references = [...bodyText].flatMap((character, position) => (character === "\u0002" ? [position] : []));
  const { bookmarks = [], lists = [] } = parts;
  const tables = new Map<number, Buffer>([
    [33, Buffer.concat([Buffer.from([2]), u32(pieces.length), pieces])],
    [12, indexOf(runs)],
    [13, indexOf(paragraphs)],
    [1, styleSheet(parts.styles ?? [])],
    [2, Buffer.concat([u32(...references, bodyText.length), u16(...references.map(() => 1))])],
    [3, u32(...starts(parts.footnotes ?? []))],
    [11, u32(...starts(parts.headers ?? []))],
    [
      21,
      Buffer.concat([
        u16(0xffff, bookmarks.length, 0),
        ...bookmarks.map(({ name }) => Buffer.concat([u16(name.length), utf16(name)])),
      ]),
    ],
    [22, Buffer.concat([u32(...bookmarks.map((mark) => mark.at), bodyText.length), u32(...bookmarks.map(() => 0))])],
    [74, Buffer.concat([u32(lists.length), ...lists.map((_, index) => u32(index + 1, 0, 0, 0))])],
  ]);
  const table: Buffer[] = [];
  let length = 0;
  const add = (number: number, part: Buffer, behind = Buffer.alloc(0)): void => {
    main.writeUInt32LE(length, 154 + number * 8);
    main.writeUInt32LE(part.length, 158 + number * 8);
    table.push(part, behind);
    length += part.length + behind.length;
  };
  for (const [number, part] of tables) add(number, part);
  add(
    73,
    Buffer.concat([
      u16(lists.length),
      ...lists.map((_, index) => Buffer.concat([u32(index + 1, 0), Buffer.alloc(20)])),
    ]),
    Buffer.concat(lists.flatMap((levels) => Array.from({ length: 9 }, (_, level) => levelOf(levels[level])))),
  );
  const pad = (stream: Buffer) => Buffer.concat([stream, Buffer.alloc(Math.max(0, 4096 - stream.length))]);
  return compoundOf({
    "/WordDocument": pad(main),
    "/1Table": pad(Buffer.concat(table)),
    ...(parts.data ? { "/Data": pad(Buffer.from(parts.data)) } : {}),
  });
}

function textOf({ runs, mark = "\r" }: WordParagraph): string {
  return runs.map((run) => runOf(run).text).join("") + mark;
}

function runOf(run: WordRun | string): WordRun {
  return typeof run === "string" ? { text: run } : run;
}

/** A page of one paragraph, its properties at the end. */
function paragraphPage(start: number, end: number, { style = 0, modifiers = Buffer.alloc(0) }: WordParagraph): Buffer {
  const out = Buffer.alloc(page);
  out.set(u32(start, end), 0);
  const list = Buffer.concat([u16(style), modifiers, Buffer.alloc(modifiers.length % 2)]);
  const at = (page - 2 - 2 - list.length) & ~1;
  out.writeUInt8(at / 2, 8);
  out.writeUInt8(0, at);
  out.writeUInt8(list.length / 2, at + 1);
  out.set(list, at + 2);
  out.writeUInt8(1, page - 1);
  return out;
}

function characterPage(start: number, end: number, modifiers: Buffer | undefined): Buffer {
  const out = Buffer.alloc(page);
  out.set(u32(start, end), 0);
  if (modifiers) {
    const at = (page - 2 - modifiers.length - 1) & ~1;
    out.writeUInt8(at / 2, 8);
    out.writeUInt8(modifiers.length, at);
    out.set(modifiers, at + 1);
  }
  out.writeUInt8(1, page - 1);
  return out;
}

function styleSheet(styles: readonly WordStyleParts[]): Buffer {
  const head = Buffer.concat([u16(18), u16(styles.length, 10), Buffer.alloc(14)]);
  const written = styles.map(
    ({ identifier, name, base = 0x0fff, isCharacter = false, paragraph, character }, number) => {
      const even = (list: Buffer) => Buffer.concat([u16(list.length), list, Buffer.alloc(list.length % 2)]);
      const style = Buffer.concat([
        u16(identifier, (base << 4) | (isCharacter ? 2 : 1), isCharacter ? 1 : 2, 0, 0),
        u16(name.length),
        utf16(name),
        u16(0),
        ...(isCharacter ? [] : [even(Buffer.concat([u16(number), paragraph ?? Buffer.alloc(0)]))]),
        even(character ?? Buffer.alloc(0)),
      ]);
      return Buffer.concat([u16(style.length), style]);
    },
  );
  return Buffer.concat([head, ...written]);
}

function levelOf(level: { text: string; format: number } = { text: "", format: 255 }): Buffer {
  const head = Buffer.alloc(28);
  head.writeUInt32LE(1, 0);
  head.writeUInt8(level.format, 4);
  return Buffer.concat([head, u16(level.text.length), utf16(level.text)]);
}

/** One of everything that is read. */
export function wordFile(): Uint8Array {
  const inTable = sprm(0x2416, 1);
  const cell = (text: string): WordParagraph => ({ runs: [text], mark: "\u0007", modifiers: inTable });
  const row = (cells: Buffer): WordParagraph => ({
    runs: [],
    mark: "\u0007",
    modifiers: Buffer.concat([inTable, sprm(0x2417, 1), cells]),
  });
  const item = (text: string, level: number): WordParagraph => ({
    runs: [text],
    modifiers: Buffer.concat([sprm(0x260a, level), sprm(0x460b, 1, 0)]),
  });
  return wordFileOf({
    body: [
      { runs: ["Title"], style: 1 },
      {
        runs: [
          "A ",
          { text: "bold", modifiers: sprm(0x0835, 1) },
          ' word\u0002 and \u0013 HYPERLINK \\l "x" \u0014link\u0015.',
        ],
      },
      ...[cell("A1"), cell("B1"), row(rowModifier([{ edge: 1000, flags: 0x60 }, { edge: 2000 }]))],
      ...[cell(""), cell("B2"), row(rowModifier([{ edge: 1000, flags: 0x20 }, { edge: 2000 }]))],
      item("one", 0),
      item("inner", 1),
    ],
    footnotes: [{ runs: ["\u0002 A note."] }],
    headers: [...Array.from({ length: 7 }, () => ({ runs: [], mark: "" })), { runs: ["Head"] }],
    styles: [
      { identifier: 0, name: "Normal" },
      { identifier: 1, name: "Heading 1", base: 0, paragraph: sprm(0x2640, 0) },
    ],
    lists: [
      [
        { text: "\u0000.", format: 0 },
        { text: "\uf0b7", format: 23 },
      ],
    ],
    bookmarks: [{ name: "x", at: 0 }],
  });
}
