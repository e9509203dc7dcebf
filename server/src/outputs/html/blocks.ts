/** Blocks -> HTML, one function for each kind of node. */
import type { Block, Figure, Group, List, Note } from "@knowhere/contract";
import { escapeHtml } from "./escape.ts";
import { type InlineHtmlOptions, writeImageHtml, writeInlinesHtml } from "./inlines.ts";
import { writeTableHtml } from "./table.ts";

export interface BlockHtmlOptions extends InlineHtmlOptions {
  furniture: "drop" | "keep";
  /** Between blocks; "" keeps everything on one line (table cells). */
  newline: string;
}

/** The blocks in order. */
export function writeBlocksHtml(blocks: readonly Block[], options: BlockHtmlOptions): string {
  return blocks
    .map((block) => writeBlockHtml(block, options))
    .filter((html) => html !== "")
    .join(options.newline);
}

/** The content of a table cell: a single paragraph loses its `<p>`, and no line is broken. */
export function writeCellHtml(blocks: readonly Block[], options: BlockHtmlOptions): string {
  const inside = { ...options, newline: "" };
  const only = blocks[0];
  if (blocks.length === 1 && only?.type === "paragraph") return writeInlinesHtml(only.content, inside).trim();
  return writeBlocksHtml(blocks, inside);
}

function writeBlockHtml(block: Block, options: BlockHtmlOptions): string {
  switch (block.type) {
    case "heading": {
      const level = Math.min(block.level, 6);
      return `<h${level}>${writeInlinesHtml(block.content, options)}</h${level}>`;
    }
    case "paragraph":
      return `<p${block.role === undefined ? "" : ` class="${block.role}"`}>${writeInlinesHtml(block.content, options)}</p>`;
    case "list":
      return writeListHtml(block, options);
    case "table": {
      const table = writeTableHtml(block, {
        writeCellBlocks: (blocks) => writeCellHtml(blocks, options),
        newline: options.newline,
      });
      if (block.caption === undefined || block.caption.length === 0) return table;
      const caption = `<caption>${writeInlinesHtml(block.caption, options)}</caption>`;
      return `<table>${options.newline}${caption}${table.slice("<table>".length)}`;
    }
    case "figure":
      return writeFigureHtml(block, options);
    case "code": {
      const language =
        block.language === undefined ? "" : ` class="language-${escapeHtml(block.language.replace(/\s+/g, "-"))}"`;
      const text = escapeHtml(block.text);
      return `<pre><code${language}>${options.newline === "" ? text.replace(/\n/g, "&#10;") : text}</code></pre>`;
    }
    case "math":
      return block.notation === "latex"
        ? `<p class="math">\\[${escapeHtml(block.text)}\\]</p>`
        : `<p class="math">${escapeHtml(block.text)}</p>`;
    case "quote":
      return wrap("blockquote", "", block.content, options);
    case "definitions":
      return wrapLines(
        "dl",
        block.items.flatMap((item) => [
          `<dt>${writeInlinesHtml(item.term, options)}</dt>`,
          ...item.definitions.map((definition) => `<dd>${writeCellHtml(definition, options)}</dd>`),
        ]),
        options,
      );
    case "note":
      return writeNoteHtml(block, options);
    case "group":
      return writeGroupHtml(block, options);
    case "furniture":
      return options.furniture === "keep"
        ? wrap("div", ` class="furniture ${block.role}"`, block.content, options)
        : "";
    case "divider":
      return "<hr>";
  }
}

function writeListHtml(list: List, options: BlockHtmlOptions): string {
  const tag = list.ordered ? "ol" : "ul";
  const start = list.ordered && list.start !== undefined && list.start !== 1 ? ` start="${list.start}"` : "";
  const items = list.items.map((item) => {
    const box = item.checked === undefined ? "" : `<input type="checkbox" disabled${item.checked ? " checked" : ""}> `;
    // A marker that the list type would not draw by itself ("a)", "§ 1") is part of the text.
    const plain =
      item.marker === undefined || (list.ordered ? /^\d+[.)]?$/ : /^[^\p{L}\p{N}]{1,2}$/u).test(item.marker);
    const marker = plain ? "" : `<span class="marker">${escapeHtml(item.marker!)}</span> `;
    return `<li${plain ? "" : ' style="list-style-type:none"'}>${box}${marker}${writeCellHtml(item.content, options)}</li>`;
  });
  return wrapLines(`${tag}${start}`, items, options);
}

function writeFigureHtml(figure: Figure, options: BlockHtmlOptions): string {
  const picture = writeImageHtml(figure.asset, undefined, figure.alt ?? "", options);
  const inside = figure.content === undefined ? "" : writeBlocksHtml(figure.content, options);
  const caption =
    figure.caption === undefined || figure.caption.length === 0
      ? ""
      : `<figcaption>${writeInlinesHtml(figure.caption, options)}</figcaption>`;
  const parts = [picture, inside, caption].filter((part) => part !== "");
  return parts.length === 0 ? "" : wrapLines("figure", parts, options);
}

function writeNoteHtml(note: Note, options: BlockHtmlOptions): string {
  const anchor = options.noteAnchor?.(note.note);
  const id = anchor === undefined ? "" : ` id="${escapeHtml(anchor)}"`;
  return `<aside class="${note.kind}"${id}><sup>${escapeHtml(note.label)}</sup> ${writeCellHtml(note.content, options)}</aside>`;
}

function writeGroupHtml(group: Group, options: BlockHtmlOptions): string {
  const tag = { contents: "nav", sidebar: "aside", header: "header" }[group.role as string] ?? "section";
  const title =
    group.title === undefined || group.title === ""
      ? []
      : [`<p class="group-title"><strong>${escapeHtml(group.title)}</strong></p>`];
  return wrapLines(
    `${tag} class="${group.role.replace("_", "-")}"`,
    [...title, writeBlocksHtml(group.content, options)],
    options,
  );
}

function wrap(tag: string, attributes: string, blocks: readonly Block[], options: BlockHtmlOptions): string {
  return wrapLines(`${tag}${attributes}`, [writeBlocksHtml(blocks, options)], options);
}

function wrapLines(opening: string, lines: readonly string[], options: BlockHtmlOptions): string {
  return [`<${opening}>`, ...lines.filter((line) => line !== ""), `</${opening.split(" ")[0]}>`].join(options.newline);
}
