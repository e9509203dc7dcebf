/** Names of places in the text of a Word 97–2003 file ([MS-DOC] 2.8.10, 2.9.277). */
import { positionsOf, tableParts, type WordFile } from "./word-file.ts";

const maxBookmarks = 50_000;

export class BookmarkTable {
  readonly #places: { position: number; name: string }[] = [];

  constructor(file: WordFile) {
    const names = file.part(tableParts.bookmarkNames);
    const positions = positionsOf(file.part(tableParts.bookmarkStarts), 4);
    let at = 6;
    for (let index = 0; index < Math.min(maxBookmarks, names.u16(2)) && at < names.length; index++) {
      const length = names.u16(at);
      this.#places.push({ position: positions[index] ?? 0, name: names.utf16(at + 2, Math.min(64, length)) });
      at += 2 + length * 2;
    }
    this.#places.sort((a, b) => a.position - b.position);
  }

  /** Names that begin from one position up to, but without, another. */
  between(from: number, to: number): string[] {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#places[middle]!.position < from) low = middle + 1;
      else high = middle;
    }
    const names: string[] = [];
    for (let at = low; at < this.#places.length && this.#places[at]!.position < to; at++)
      names.push(this.#places[at]!.name);
    return names;
  }
}
