/** The title of a slide that states none. */
import type { Block } from "@knowhere/contract";
import { plainBlocks } from "../../document/plain.ts";
import type { SlideBox } from "./order.ts";

const maxTitleLength = 150;
/** How much larger than the rest of the slide a title is set. */
const titleRatio = 1.2;

export interface TitleCandidate {
  readonly box: SlideBox | undefined;
  readonly blocks: readonly Block[];
  /** The program says what it is; then it is no free shape. */
  readonly placeholder?: unknown;
  /** The largest size of its text; undefined where some text does not state its size. */
  readonly fontSize?: number | undefined;
}

/**
 * Some programs write slides of free shapes alone. Then one line above everything else, clearly larger than all other text,
 * is what everybody takes for the title.
 */
export function apparentTitle<Item extends TitleCandidate>(items: readonly Item[]): Item | undefined {
  const texts = items.filter(
    ({ blocks, box }) => box && blocks.some(({ type }) => type === "paragraph" || type === "list"),
  );
  const [first, ...others] = [...texts].sort((a, b) => a.box![1] - b.box![1]);
  const [line] = first?.blocks ?? [];
  if (first?.fontSize === undefined || first.placeholder || first.blocks.length !== 1 || line?.type !== "paragraph")
    return undefined;
  if (plainBlocks([line]).length > maxTitleLength || others.length === 0) return undefined;
  const isSmaller = ({ fontSize }: Item) => fontSize !== undefined && fontSize * titleRatio <= first.fontSize!;
  return others.every(isSmaller) ? first : undefined;
}
