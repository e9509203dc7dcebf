/** Lists of a Word 97–2003 file: what each level prints, and the numbers so far ([MS-DOC] 2.9.131, 2.9.150, 2.9.147). */
import { bulletOf } from "../ooxml/symbols.ts";
import { isBullet, type ListLevel, printNumber } from "../rtf/tables.ts";
import type { Bytes } from "./bytes.ts";

interface Level extends ListLevel {
  /** Characters below 9 stand for the number of that level. */
  readonly text: string;
}
const maxLists = 10_000;
const nothing = 255;

export class ListTable {
  /** Levels by list. */
  readonly lists = new Map<number, Level[]>();
  /** The list of each override, counted from 1 as paragraphs name them. */
  readonly overrides = new Map<number, number>();
  readonly #values = new Map<number, number[]>();

  constructor(lists: Bytes, definitionsBehind: Bytes, overrides: Bytes) {
    this.#readLists(lists, definitionsBehind);
    const count = Math.min(maxLists, overrides.u32(0));
    for (let index = 0; index < count && 4 + index * 16 < overrides.length; index++)
      this.overrides.set(index + 1, overrides.u32(4 + index * 16));
  }

  /** The levels stand right behind the list of lists, nine for each list or one for a simple one. */
  #readLists(lists: Bytes, behind: Bytes): void {
    let at = 0;
    for (let index = 0; index < Math.min(maxLists, lists.u16(0)) && 2 + index * 28 < lists.length; index++) {
      const entry = 2 + index * 28;
      const isSimple = (lists.u8(entry + 26) & 1) !== 0;
      const levels: Level[] = [];
      for (let level = 0; level < (isSimple ? 1 : 9) && at < behind.length; level++) {
        const textAt = at + 28 + behind.u8(at + 24) + behind.u8(at + 25);
        const length = Math.min(255, behind.u16(textAt));
        levels.push({
          start: behind.u32(at) & 0x7fff,
          numberFormat: behind.u8(at + 4),
          text: behind.utf16(textAt + 2, length),
        });
        at = textAt + 2 + length * 2;
      }
      this.lists.set(lists.u32(entry), levels);
    }
  }

  /** Counts one item and gives what is printed before it; undefined when the list is not known or prints nothing. */
  next(override: number, at: number): string | undefined {
    const list = this.overrides.get(override);
    const levels = list === undefined ? undefined : this.lists.get(list);
    const level = levels?.[at];
    if (list === undefined || !level) return undefined;
    let values = this.#values.get(list);
    if (!values) this.#values.set(list, (values = []));
    const known = values[at];
    values.length = Math.min(values.length, at + 1);
    for (let outer = 0; outer < at; outer++) values[outer] ??= levels[outer]?.start ?? 1;
    values[at] = known === undefined ? level.start : known + 1;
    if (level.numberFormat === nothing && level.text === "") return undefined;
    if (isBullet(level.numberFormat)) return bulletOf(level.text, undefined) || "•";
    const counted = values;
    return level.text
      .replace(/[\0-\u0008]/g, (sign) => {
        const outer = sign.charCodeAt(0);
        return printNumber(counted[outer] ?? 1, levels[outer]?.numberFormat ?? 0);
      })
      .trim();
  }
}
