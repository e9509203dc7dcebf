/** What styles say about paragraphs and characters, through what they are based on; worked out once a style. */
import { type ParagraphState, plainParagraph } from "../rtf/state.ts";
import { Bytes } from "./bytes.ts";
import { codes, modifiersOf } from "./properties.ts";
import type { WordStyle } from "./style-table.ts";

export interface ParagraphFacts {
  state: ParagraphState;
  isRowEnd: boolean;
  isInnerCellEnd: boolean;
  isInnerRowEnd: boolean;
  modifiers: Bytes;
}

const maxBases = 50;

export class StyleFacts {
  readonly #paragraphs = new Map<number, ParagraphFacts>();
  readonly #characters = new Map<number, ReadonlyMap<number, number>>();

  constructor(private readonly styles: ReadonlyMap<number, WordStyle>) {}

  /** Shared by all that ask: copy before changing. */
  paragraph(number: number): ParagraphFacts {
    let facts = this.#paragraphs.get(number);
    if (!facts) {
      facts = {
        state: { ...plainParagraph, style: number },
        isRowEnd: false,
        isInnerCellEnd: false,
        isInnerRowEnd: false,
        modifiers: new Bytes(new Uint8Array(0)),
      };
      for (const style of this.#chain(number)) applyTo(facts, style.paragraphList);
      this.#paragraphs.set(number, facts);
    }
    return facts;
  }

  /** The last value of each modifier of characters. */
  character(number: number): ReadonlyMap<number, number> {
    let values = this.#characters.get(number);
    if (!values) {
      const found = new Map<number, number>();
      for (const style of this.#chain(number))
        for (const { code, operand } of modifiersOf(style.characterList)) found.set(code, operand.u8(0));
      this.#characters.set(number, (values = found));
    }
    return values;
  }

  #chain(number: number): WordStyle[] {
    const chain: WordStyle[] = [];
    for (let at: number | undefined = number; at !== undefined && chain.length < maxBases; ) {
      const style: WordStyle | undefined = this.styles.get(at);
      if (!style || chain.includes(style)) break;
      chain.unshift(style);
      at = style.basedOn;
    }
    return chain;
  }
}

/** Writes what a list of modifiers says into the facts. */
export function applyTo(facts: ParagraphFacts, list: Bytes): void {
  const { state } = facts;
  for (const { code, operand } of modifiersOf(list)) {
    const value = operand.u8(0);
    if (code === codes.inTable) state.inTable = value !== 0;
    else if (code === codes.rowEnd) facts.isRowEnd = value !== 0;
    else if (code === codes.tableDepth) state.tableLevel = Math.min(100, operand.u32(0));
    else if (code === codes.innerCellEnd) facts.isInnerCellEnd = value !== 0;
    else if (code === codes.innerRowEnd) facts.isInnerRowEnd = value !== 0;
    else if (code === codes.list) state.list = operand.u16(0) >= 0xf801 ? 0 : operand.u16(0);
    else if (code === codes.listLevel) state.level = Math.min(8, value);
    else if (code === codes.outlineLevel) state.outlineLevel = value;
    else if (code === codes.pageBreakBefore) state.pageBreakBefore = value !== 0;
  }
}
