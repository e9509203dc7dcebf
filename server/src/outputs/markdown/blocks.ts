/** Blocks -> Markdown, one function for each kind of node. Reading order is the order of the tree. */
import type {
  Block,
  Code,
  Definitions,
  Figure,
  Group,
  List,
  ListItem,
  MathBlock,
  Note,
  Paragraph,
  Table,
} from "@knowhere/contract";
import { plainInlines, text } from "../../document/inlines.ts";
import {
  type InlineSurroundings,
  longestRun,
  writeAlt,
  writeLine,
  writeParagraphText,
  writeTarget,
} from "./inlines.ts";
import { writeTable } from "./tables.ts";

export interface BlockSurroundings extends InlineSurroundings {
  readonly furniture: "drop" | "keep";
  /** What stands in the place of a table or figure instead of its Markdown; undefined = write it. */
  replace(block: Table | Figure): string | undefined;
}

/** The blocks in order, one blank line between them. Empty blocks leave nothing behind. */
export function writeBlocks(blocks: readonly Block[], surroundings: BlockSurroundings): string {
  return writeEach(blocks, surroundings)
    .filter((written) => written !== "")
    .join("\n\n");
}

/** Each of the blocks as it stands among the others; "" for one that leaves nothing behind. */
export function writeEach(blocks: readonly Block[], surroundings: BlockSurroundings): string[] {
  let previous: ListSign | undefined;
  return blocks.map((block) => {
    const sign = block.type === "list" ? signOf(block, previous) : undefined;
    const written = block.type === "list" ? writeList(block, surroundings, sign!) : writeBlock(block, surroundings);
    if (written !== "") previous = sign;
    return written;
  });
}

/** The bullet of a list, or what follows its numbers. */
type ListSign = "-" | "*" | "." | ")";

/** The sign the list is printed with. Two lists in a row with one sign would run into one: the second takes the other. */
function signOf(list: List, previous: ListSign | undefined): ListSign {
  if (!isNumbered(list)) return previous === "-" ? "*" : "-";
  const isBracketed = list.items.every((item) => /^\(?\d+\)$/.test(item.marker?.trim() ?? ""));
  const sign = isBracketed ? ")" : ".";
  return sign !== previous ? sign : isBracketed ? "." : ")";
}

function writeBlock(block: Exclude<Block, List>, surroundings: BlockSurroundings): string {
  switch (block.type) {
    case "heading":
      return writeHeading(block.level, writeLine(block.content, surroundings));
    case "paragraph":
      return writeParagraph(block, surroundings);
    case "table":
      return writeCaptionedTable(block, surroundings);
    case "figure":
      return writeFigure(block, surroundings);
    case "code":
      return writeCodeBlock(block);
    case "math":
      return writeMath(block, surroundings);
    case "quote":
      return quote(writeBlocks(block.content, surroundings));
    case "definitions":
      return writeDefinitions(block, surroundings);
    case "note":
      return writeNote(block, surroundings);
    case "group":
      return writeGroup(block, surroundings);
    case "furniture":
      return surroundings.furniture === "keep" ? writeBlocks(block.content, surroundings) : "";
    case "divider":
      return "---";
  }
}

function writeHeading(level: number, line: string): string {
  const signs = "#".repeat(Math.min(Math.max(level, 1), 6));
  // Trailing number signs would be read as the closing sequence.
  return line === "" ? signs : `${signs} ${line.replace(/(^|[ \t])(#+)$/, "$1\\$2")}`;
}

function writeParagraph(paragraph: Paragraph, surroundings: BlockSurroundings): string {
  return writeParagraphText(paragraph.content, surroundings);
}

function writeList(list: List, surroundings: BlockSurroundings, sign: ListSign): string {
  const tight = list.items.every(isTight);
  let number = list.start ?? firstNumber(list) ?? 1;
  // A sign that counts says that Markdown's own numbers are the printed ones.
  const numbered = sign === "." || sign === ")";
  const items = list.items.map((item) =>
    writeItem(item, numbered ? `${number++}${sign}` : sign, numbered, surroundings, tight),
  );
  return items.join(tight ? "\n" : "\n\n");
}

/** Whether Markdown's own numbers say the same as the printed markers. Others ("a)", "iv.") are kept as text. */
function isNumbered(list: List): boolean {
  if (!list.ordered) return false;
  const first = list.start ?? firstNumber(list) ?? 1;
  if (first < 0 || first + list.items.length > 999_999_999) return false;
  return list.items.every((item, at) => {
    if (item.marker === undefined) return true;
    const number = /^\(?(\d{1,9})[.)]?$/.exec(item.marker.trim())?.[1];
    return number !== undefined && Number(number) === first + at;
  });
}

function firstNumber(list: List): number | undefined {
  const number = /^\(?(\d{1,9})[.)]?$/.exec(list.items[0]?.marker?.trim() ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

/** An item of one paragraph and the lists below it needs no blank lines. */
function isTight(item: ListItem): boolean {
  const [first, ...rest] = item.content;
  return (
    (first === undefined || first.type === "paragraph" || first.type === "list") &&
    rest.every((block) => block.type === "list" && block.items.every(isTight))
  );
}

function writeItem(
  item: ListItem,
  marker: string,
  numbered: boolean,
  surroundings: BlockSurroundings,
  tight: boolean,
): string {
  const content = numbered ? item.content : withMarker(item);
  const box = item.checked === undefined ? "" : item.checked ? "[x] " : "[ ] ";
  const body = tight
    ? content
        .map((block) => writeBlocks([block], surroundings))
        .filter((written) => written !== "")
        .join("\n")
    : writeBlocks(content, surroundings);
  const indent = " ".repeat(marker.length + 1);
  // A block that is more than a line of text may not share its line with a check box.
  const start = box !== "" && content[0]?.type !== "paragraph" ? `${box.trimEnd()}\n\n` : box;
  return `${marker} ${indentLines(`${start}${body}`, indent)}`.trimEnd();
}

/** Puts a printed marker that Markdown cannot draw in front of the text of its item. */
function withMarker(item: ListItem): Block[] {
  const marker = item.marker?.trim() ?? "";
  if (marker === "" || !/[\p{L}\p{N}]/u.test(marker)) return item.content;
  const [first, ...rest] = item.content;
  if (first?.type === "paragraph") return [{ ...first, content: [...text(`${marker} `), ...first.content] }, ...rest];
  return [{ type: "paragraph", content: text(marker) }, ...item.content];
}

function writeCaptionedTable(table: Table, surroundings: BlockSurroundings): string {
  const caption = table.caption === undefined ? "" : writeParagraphText(table.caption, surroundings);
  const written = surroundings.replace(table) ?? writeTable(table, surroundings, surroundings.furniture);
  return [caption, written].filter((part) => part !== "").join("\n\n");
}

function writeFigure(figure: Figure, surroundings: BlockSurroundings): string {
  const inside = figure.content === undefined ? "" : writeBlocks(figure.content, surroundings);
  const replacement = surroundings.replace(figure);
  const said = replacement === undefined ? describingCaption(figure) : undefined;
  if (said !== undefined && figure.asset !== undefined && surroundings.image(figure.asset) !== undefined) {
    const picture = writePicture({ ...figure, alt: said }, surroundings);
    return [picture, inside].filter((part) => part !== "").join("\n\n");
  }
  const caption = figure.caption === undefined ? "" : writeParagraphText(figure.caption, surroundings);
  const picture = replacement ?? writePicture(figure, surroundings);
  return [picture, inside, caption].filter((part) => part !== "").join("\n\n");
}

const maxDescriptionLength = 200;
/** "Figure 3", "Fig. A.1", "Supplementary Figure S2", "Abbildung IV:" and their like in other languages. */
const numberedCaption = /^(?:[\p{L}.]+\s+){0,2}\p{L}*[.\s-]*\d|^\p{L}+\.?\s+[IVXLC]+\s*[.:]/u;

/**
 * The caption as the text of its picture, where Markdown has a place for one: `![caption](file)`, so that no splitter parts
 * the two. Only a short plain one of a picture without a text of its own. A numbered caption ("Figure 3: …") is cited
 * from elsewhere and stays a paragraph.
 */
function describingCaption(figure: Figure): string | undefined {
  const { caption } = figure;
  if (figure.alt !== undefined || caption === undefined || caption.some((node) => node.type !== "text"))
    return undefined;
  const said = plainInlines(caption).trim();
  return said === "" || said.length > maxDescriptionLength || numberedCaption.test(said) ? undefined : said;
}

function writePicture(figure: Figure, surroundings: BlockSurroundings): string {
  const file = figure.asset === undefined ? undefined : surroundings.image(figure.asset);
  if (file !== undefined) return `![${writeAlt(figure.alt ?? "")}](${writeTarget(file)})`;
  return figure.alt === undefined ? "" : writeParagraphText(text(figure.alt), surroundings);
}

function writeCodeBlock(code: Code): string {
  const fence = "`".repeat(Math.max(3, longestRun(code.text, "`") + 1));
  const language = (code.language ?? "").replace(/[\s`]+/g, "");
  return `${fence}${language}\n${code.text.replace(/\r\n?/g, "\n").replace(/\n$/, "")}\n${fence}`;
}

function writeMath(math: MathBlock, surroundings: BlockSurroundings): string {
  if (math.notation === "latex") return `$$\n${math.text.trim().replace(/\n\s*\n/g, "\n")}\n$$`;
  return writeParagraphText(
    math.text.split("\n").flatMap((line, at) => (at === 0 ? text(line) : [{ type: "break" as const }, ...text(line)])),
    surroundings,
  );
}

function writeDefinitions(list: Definitions, surroundings: BlockSurroundings): string {
  return list.items
    .map((item) => {
      const term = writeParagraphText(item.term, surroundings);
      const definitions = item.definitions.map((definition) => writeBlocks(definition, surroundings));
      const startsWithText = item.definitions[0]?.[0]?.type === "paragraph";
      return [term, ...definitions]
        .filter((part) => part !== "")
        .reduce((all, part, at) => all + (at === 1 && startsWithText ? "  \n" : "\n\n") + part);
    })
    .join("\n\n");
}

/** A note something refers to becomes a footnote definition; any other stays a paragraph with its label in front. */
function writeNote(note: Note, surroundings: BlockSurroundings): string {
  const label = surroundings.noteLabel(note.note);
  const body = writeBlocks(note.content, surroundings);
  if (label !== undefined) return `[^${label}]: ${indentLines(body, "    ")}`.trimEnd();
  const [first, ...rest] = note.content;
  const printed = note.label.trim();
  if (printed === "" || first?.type !== "paragraph") return body;
  return writeBlocks([{ ...first, content: [...text(`${printed} `), ...first.content] }, ...rest], surroundings);
}

function writeGroup(group: Group, surroundings: BlockSurroundings): string {
  const title =
    group.title === undefined ? "" : writeParagraphText([{ type: "strong", content: text(group.title) }], surroundings);
  return [title, writeBlocks(group.content, surroundings)].filter((part) => part !== "").join("\n\n");
}

function quote(body: string): string {
  return body === "" ? "" : body.replace(/^/gm, "> ").replace(/^> $/gm, ">");
}

/** Indents every line but the first; blank lines stay blank. */
function indentLines(body: string, indent: string): string {
  return body.replace(/\n(?=[^\n])/g, `\n${indent}`);
}
