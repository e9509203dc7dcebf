/**
 * Counts pages from what the file says: the breaks that Word drew when it last saved (`lastRenderedPageBreak`) and the
 * explicit ones. A drawn break right behind an explicit one is the same break.
 */
import { type Place, problem } from "@knowhere/contract";

export class PageCounter {
  #page = 1;
  /** An explicit break was counted and no text has followed yet. */
  #isFresh = true;

  constructor(
    private readonly maxPages: number,
    private readonly progress: (page: number) => void,
  ) {}

  get current(): number {
    return this.#page;
  }

  /** Text stands on the current page. */
  sawText(): void {
    this.#isFresh = false;
  }

  /** `w:br w:type="page"`. */
  breakPage(): void {
    this.#advance();
    this.#isFresh = true;
  }

  /** `w:pageBreakBefore`: nothing happens at the top of a page. */
  startPage(): void {
    if (!this.#isFresh) this.breakPage();
  }

  /** `w:lastRenderedPageBreak`. */
  drewBreak(): void {
    if (this.#isFresh && this.#page > 1) this.#isFresh = false;
    else this.#advance();
  }

  /** Places from a start page to the current one. */
  placesFrom(first: number): Place[] {
    const places: Place[] = [];
    for (let page = first; page <= this.#page; page++) places.push({ page });
    return places;
  }

  #advance(): void {
    this.#page += 1;
    if (this.#page > this.maxPages) throw problem("TOO_MANY_PAGES", { pages: this.#page, limit: this.maxPages });
    this.progress(this.#page);
  }
}
