/** Inline content -> HTML. */
import type { Inline } from "@knowhere/contract";
import { escapeHtml, safeHref } from "./escape.ts";

export interface InlineHtmlOptions {
  /** Where the picture of an asset can be found; undefined when it has no file. */
  image(asset: string): string | undefined;
  /** Id of the element that holds a note, when references should link to it. */
  noteAnchor?(note: string): string | undefined;
  /** The content stands in a link: links inside it are written as their text. */
  readonly linked?: boolean;
}

const tags: Record<string, string> = {
  strong: "strong",
  emphasis: "em",
  strike: "del",
  underline: "u",
  superscript: "sup",
  subscript: "sub",
  highlight: "mark",
};

/** A run of inline content; everything in it is escaped, links are limited to harmless schemes. */
export function writeInlinesHtml(content: readonly Inline[], options: InlineHtmlOptions): string {
  return content.map((node) => writeInlineHtml(node, options)).join("");
}

function writeInlineHtml(node: Inline, options: InlineHtmlOptions): string {
  switch (node.type) {
    case "text":
      return escapeHtml(node.text);
    case "code":
      return `<code>${escapeHtml(node.text)}</code>`;
    case "math":
      return node.notation === "latex"
        ? `<span class="math">\\(${escapeHtml(node.text)}\\)</span>`
        : escapeHtml(node.text);
    case "break":
      return "<br>";
    case "checkbox":
      return node.checked ? "☒" : "☐";
    case "image":
      return writeImageHtml(node.asset, node.href, node.alt, options);
    case "note_ref": {
      const anchor = options.noteAnchor?.(node.note);
      const label = escapeHtml(node.label);
      return anchor === undefined || options.linked
        ? `<sup>${label}</sup>`
        : `<sup><a href="#${escapeHtml(anchor)}">${label}</a></sup>`;
    }
    case "link": {
      const href = safeHref(node.href);
      const inner = writeInlinesHtml(node.content, { ...options, linked: true });
      if (href === undefined || inner === "" || options.linked) return inner;
      const title = node.title === undefined ? "" : ` title="${escapeHtml(node.title)}"`;
      return `<a href="${escapeHtml(href)}"${title}>${inner}</a>`;
    }
    default:
      return `<${tags[node.type]}>${writeInlinesHtml(node.content, options)}</${tags[node.type]}>`;
  }
}

/** A picture of the document or, with only a foreign address, a link to it: a page we write loads nothing from elsewhere. */
export function writeImageHtml(
  asset: string | undefined,
  href: string | undefined,
  alt: string,
  options: InlineHtmlOptions,
): string {
  const file = asset === undefined ? undefined : options.image(asset);
  if (file !== undefined) return `<img src="${escapeHtml(file)}" alt="${escapeHtml(alt)}">`;
  const target = href === undefined ? undefined : safeHref(href);
  if (target === undefined) return escapeHtml(alt);
  const shown = escapeHtml(alt === "" ? target : alt);
  // A link must not hold another one.
  return options.linked ? shown : `<a href="${escapeHtml(target)}">${shown}</a>`;
}
