/** Complex fields (ECMA-376 part 1, 17.16): an instruction, then the result that Word last computed for it. */
import type { LinkTarget } from "../../document/span-builder.ts";

/** Fields nest a few levels in honest files (a link inside a table of contents). */
const maxNesting = 50;
const maxInstructionLength = 10_000;

interface OpenField {
  instruction: string;
  inResult: boolean;
  link: LinkTarget | undefined;
  isContents: boolean;
}

export class FieldStack {
  readonly #open: OpenField[] = [];

  begin(): void {
    // Past the limit the innermost field simply goes on; its text stays.
    if (this.#open.length < maxNesting)
      this.#open.push({ instruction: "", inResult: false, link: undefined, isContents: false });
  }

  addInstruction(text: string): void {
    const field = this.#open[this.#open.length - 1];
    if (field && !field.inResult && field.instruction.length < maxInstructionLength) field.instruction += text;
  }

  /** The result starts. */
  separate(): void {
    const field = this.#open[this.#open.length - 1];
    if (!field || field.inResult) return;
    field.inResult = true;
    field.link = linkOfField(field.instruction);
    field.isContents = /^\s*TOC\b/i.test(field.instruction);
  }

  end(): void {
    this.#open.pop();
  }

  /** True while what stands in the text is an instruction, not a result. */
  get inInstruction(): boolean {
    return this.#open.some((field) => !field.inResult);
  }

  /** The link that text belongs to now. */
  get link(): LinkTarget | undefined {
    for (let at = this.#open.length - 1; at >= 0; at--) if (this.#open[at]!.link) return this.#open[at]!.link;
    return undefined;
  }

  get inContents(): boolean {
    return this.#open.some((field) => field.isContents);
  }
}

/** The target of a HYPERLINK field or of a REF field that jumps. */
export function linkOfField(instruction: string): LinkTarget | undefined {
  const words = [...instruction.matchAll(/"((?:\\"|[^"])*)"|(\S+)/g)].map(
    (m) => m[1]?.replaceAll('\\"', '"').replaceAll("\\\\", "\\") ?? m[2]!,
  );
  const name = words[0]?.toUpperCase();
  if (name === "REF" && words[1] && words.includes("\\h")) return { href: `#${words[1]}` };
  if (name !== "HYPERLINK") return undefined;
  let target = "";
  let anchor = "";
  let title: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (word === "\\l") anchor = words[++at] ?? "";
    else if (word === "\\o") title = words[++at];
    else if (word === "\\t") at++;
    else if (!word.startsWith("\\")) target ||= word;
  }
  return linkOf(anchor === "" ? target : `${target}#${anchor}`, title);
}

/** A link to that address; none for addresses that run something. */
export function linkOf(href: string, title?: string): LinkTarget | undefined {
  const clean = href.trim();
  if (clean === "" || /^(javascript|vbscript|data|file):/i.test(clean.replace(/[\s\0]/g, ""))) return undefined;
  return { href: clean, ...(title ? { title } : {}) };
}
