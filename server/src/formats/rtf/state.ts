/** The formatting state of a group; each group starts with a copy of the one around it. */
import type { LinkTarget, MarkType } from "../../document/span-builder.ts";

/** What the text of a group is for. "body" is shown; everything else is collected for one purpose or dropped. */
export type Destination =
  | "body"
  | "skip"
  | "fonts"
  | "styles"
  | "list"
  | "list_level"
  | "list_override"
  | "info"
  | "info_value"
  | "instruction"
  | "picture"
  | "marker"
  | "author"
  | "bookmark"
  | "property_name"
  | "shape_property";

export interface State {
  destination: Destination;
  bold: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  script: "superscript" | "subscript" | undefined;
  hidden: boolean;
  deleted: boolean;
  highlight: boolean;
  /** Printed in capitals. */
  caps: boolean;
  font: number;
  /** Bytes to skip after `\u`. */
  unicodeSkip: number;
  link: LinkTarget | undefined;
  /** Name of the field of `\info` being read. */
  infoName: string;
}

export interface ParagraphState {
  style: number | undefined;
  outlineLevel: number | undefined;
  list: number | undefined;
  level: number;
  inTable: boolean;
  /** `\itap`. */
  tableLevel: number;
  pageBreakBefore: boolean;
  /** The old numbering (`\pn`): undefined when not in it. */
  oldNumbering: "bullet" | "number" | undefined;
}

export const initialState: State = {
  destination: "body",
  bold: false,
  italic: false,
  underline: false,
  strike: false,
  script: undefined,
  hidden: false,
  deleted: false,
  highlight: false,
  caps: false,
  font: -1,
  unicodeSkip: 1,
  link: undefined,
  infoName: "",
};
export const plainParagraph: ParagraphState = {
  style: undefined,
  outlineLevel: undefined,
  list: undefined,
  level: 0,
  inTable: false,
  tableLevel: 0,
  pageBreakBefore: false,
  oldNumbering: undefined,
};

/** `\plain`: character formatting to its defaults. */
export function resetCharacters(state: State): void {
  state.bold =
    state.italic =
    state.underline =
    state.strike =
    state.hidden =
    state.deleted =
    state.highlight =
    state.caps =
      false;
  state.script = undefined;
  state.font = -1;
}

const sets = new Map<string, ReadonlySet<MarkType>>();
/** Marks of a run; equal states share one set. */
export function marksOf(state: State): ReadonlySet<MarkType> {
  const marks: MarkType[] = [];
  if (state.bold) marks.push("strong");
  if (state.italic) marks.push("emphasis");
  if (state.underline && !state.link) marks.push("underline");
  if (state.strike) marks.push("strike");
  if (state.highlight) marks.push("highlight");
  if (state.script) marks.push(state.script);
  const key = marks.join();
  let set = sets.get(key);
  if (!set) sets.set(key, (set = new Set(marks)));
  return set;
}
