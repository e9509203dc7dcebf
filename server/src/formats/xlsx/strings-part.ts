/** Streams `xl/sharedStrings.xml`: the texts that cells point to by number. */
import { problem } from "@knowhere/contract";
import type { OoxmlPackage } from "../ooxml/package.ts";
import { textOf, type XmlElement } from "../xml/element.ts";
import { tidy } from "./sheet-part.ts";

/** Strings of one workbook and characters over all of them. */
const maxStrings = 5_000_000;
const maxCharacters = 256 * 1024 * 1024;

/** The strings of a workbook by number. */
export class SharedStrings {
  readonly list: string[] = [];
  #characters = 0;

  /** Throws LIMIT_EXCEEDED for more strings or characters than any workbook has. */
  add(text: string): void {
    const tidied = tidy(text);
    this.#characters += tidied.length;
    if (this.list.push(tidied) > maxStrings || this.#characters > maxCharacters)
      throw problem("LIMIT_EXCEEDED", { limit: "shared strings" });
  }
}

/** All strings in order; runs of one string are joined, phonetic hints left out. */
export async function readStrings(opened: OoxmlPackage, part: string | undefined): Promise<string[]> {
  const strings = new SharedStrings();
  if (part === undefined) return strings.list;
  await opened.stream(part, new Set(["sst"]), {
    open: (element) => element.name === "sst",
    close: () => undefined,
    tree: (element) => {
      if (element.name === "si") strings.add(textOfItem(element));
    },
  });
  return strings.list;
}

function textOfItem(item: XmlElement): string {
  let text = "";
  for (const child of item.children) {
    if (typeof child === "string") continue;
    if (child.name === "t") text += textOf(child);
    else if (child.name === "r")
      for (const part of child.children) if (typeof part !== "string" && part.name === "t") text += textOf(part);
  }
  return text;
}
