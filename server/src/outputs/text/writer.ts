/** The tree -> plain text, as a person would type it: blank lines between blocks, bullets, tabs between cells. */
import type { Block, Document, List } from "@knowhere/contract";
import { plainInlines } from "../../document/inlines.ts";
import { plainRows } from "../../document/plain.ts";

/** The whole document; ends with a newline unless it is empty. */
export function writeText(document: Document, options: { furniture?: "drop" | "keep" } = {}): string {
  const body = writeBlocks(document.content, options.furniture === "keep");
  return body === "" ? "" : `${body}\n`;
}

function writeBlocks(blocks: readonly Block[], furniture: boolean): string {
  return joined(
    blocks.map((block) => writeBlock(block, furniture)),
    "\n\n",
  );
}

function writeBlock(block: Block, furniture: boolean): string {
  switch (block.type) {
    case "heading":
    case "paragraph":
      return plainInlines(block.content).trim();
    case "list":
      return writeList(block, furniture);
    case "table": {
      const rows = plainRows(block).map((cells) => cells.join("\t"));
      return joined([plainInlines(block.caption ?? []), ...rows], "\n");
    }
    case "figure":
      return joined(
        [block.alt ?? "", writeBlocks(block.content ?? [], furniture), plainInlines(block.caption ?? [])],
        "\n\n",
      );
    case "code":
    case "math":
      return block.text;
    case "definitions":
      return joined(
        block.items.flatMap((item) => [
          plainInlines(item.term),
          ...item.definitions.map((definition) => indent(writeBlocks(definition, furniture), "    ", "    ")),
        ]),
        "\n",
      );
    case "note":
      return `[${block.label}] ${writeBlocks(block.content, furniture)}`;
    case "group":
      return joined([block.title ?? "", writeBlocks(block.content, furniture)], "\n\n");
    case "quote":
      return indent(writeBlocks(block.content, furniture), "> ", "> ");
    case "furniture":
      return furniture ? writeBlocks(block.content, furniture) : "";
    case "divider":
      return "";
  }
}

function writeList(list: List, furniture: boolean): string {
  let number = list.start ?? 1;
  const items = list.items.map((item) => {
    const marker = item.marker?.trim() ?? (list.ordered ? `${number}.` : "-");
    number++;
    const box = item.checked === undefined ? "" : item.checked ? "[x] " : "[ ] ";
    const body = joined(
      item.content.map((block) => writeBlock(block, furniture)),
      "\n",
    );
    return indent(`${box}${body}`, `${marker} `, " ".repeat(marker.length + 1));
  });
  return items.join("\n");
}

function indent(text: string, first: string, others: string): string {
  return (first + text.replace(/\n(?=[^\n])/g, `\n${others}`)).trimEnd();
}

function joined(parts: readonly string[], between: string): string {
  return parts.filter((part) => part !== "").join(between);
}
