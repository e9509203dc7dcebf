/** Warnings that many pages share: one for each kind, with the pages it is about. */
import type { Warning } from "@knowhere/contract";

const messages = {
  PAGE_UNREADABLE: "could not be read; the other pages were.",
  PAGE_CUT: "exceeded a limit on objects or time and may be incomplete.",
  NEEDS_OCR: "has no usable text layer. Set parsing_params.ocr_enabled to recognise its text.",
  HIDDEN_TEXT: "holds text that is not visible; it was left out. Set parsing_params.hidden_text to keep to have it.",
} as const;
export type PageWarning = keyof typeof messages;

export class PageWarnings {
  readonly #pages = new Map<PageWarning, Map<number, number>>();

  /** `count` adds up: hidden glyphs, for one. */
  add(code: PageWarning, page: number, count = 0): void {
    const pages = this.#pages.get(code) ?? new Map<number, number>();
    pages.set(page, (pages.get(page) ?? 0) + count);
    this.#pages.set(code, pages);
  }

  /** Number of pages with this warning. */
  count(code: PageWarning): number {
    return this.#pages.get(code)?.size ?? 0;
  }

  list(): Warning[] {
    return [...this.#pages].map(([code, counts]) => {
      const pages = [...counts.keys()].sort((a, b) => a - b);
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      return {
        code,
        message: `Page${pages.length > 1 ? "s" : ""} ${describePages(pages)} ${pluralize(messages[code], pages.length)}`,
        pages,
        ...(pages.length === 1 ? { page: pages[0]! } : {}),
        ...(total > 0 ? { count: total } : {}),
      };
    });
  }
}

/** "1-3, 7": runs of pages, at most ten of them. */
function describePages(pages: number[]): string {
  const runs: string[] = [];
  for (let i = 0; i < pages.length; i++) {
    const first = pages[i]!;
    while (i + 1 < pages.length && pages[i + 1] === pages[i]! + 1) i++;
    runs.push(first === pages[i] ? String(first) : `${first}-${pages[i]}`);
  }
  return runs.length > 10 ? `${runs.slice(0, 10).join(", ")} and more` : runs.join(", ");
}

function pluralize(message: string, pages: number): string {
  if (pages === 1) return message;
  return message
    .replace(/^has /, "have ")
    .replace(/^holds /, "hold ")
    .replace("recognise its text", "recognise their text");
}
