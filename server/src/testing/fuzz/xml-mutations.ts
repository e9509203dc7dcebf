/** Damage that keeps the syntax of XML whole and spoils what it says, so that it gets past the parser into the reader. */
import type { Random } from "./random.ts";

type Mutation = (xml: string, random: Random) => string;

/** Deeper than any limit of nesting. */
const deepTimes = 300;
const wideTimes = 2000;
const longValue = 100_000;
const strangeValues = [
  "",
  "-1",
  "0",
  "4294967295",
  "1e9",
  "NaN",
  "99999999999999999999",
  "../../etc/passwd",
  "\u202e\u0000",
];

interface Element {
  start: number;
  end: number;
}

/** Some element with its content, by its tags; null when there is none to be had. */
function pickElement(xml: string, random: Random): Element | null {
  const tags = [...xml.matchAll(/<([A-Za-z_][\w:.-]*)(?:\s[^<>]*?)?(\/?)>/g)];
  if (tags.length === 0) return null;
  const tag = random.pick(tags);
  const start = tag.index;
  if (tag[2] === "/") return { start, end: start + tag[0].length };
  const name = tag[1]!;
  const marks = new RegExp(`<(/?)${name.replace(/[.]/g, "\\.")}(?=[\\s/>])[^<>]*?(/?)>`, "g");
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(xml); mark; mark = marks.exec(xml)) {
    if (mark[1] === "/") depth--;
    else if (mark[2] !== "/") depth++;
    if (depth === 0) return { start, end: marks.lastIndex };
  }
  return null;
}

function replaceElement(xml: string, random: Random, change: (element: string) => string): string {
  const found = pickElement(xml, random);
  return found ? xml.slice(0, found.start) + change(xml.slice(found.start, found.end)) + xml.slice(found.end) : xml;
}

function replaceAttribute(xml: string, random: Random, wanted: RegExp, change: (value: string) => string): string {
  const found = [...xml.matchAll(/\s([\w:.-]+)="([^"]*)"/g)].filter((match) => wanted.test(match[1]!));
  if (found.length === 0) return xml;
  const { index, 0: whole, 1: name, 2: value } = random.pick(found);
  return `${xml.slice(0, index)} ${name}="${change(value!)}"${xml.slice(index + whole.length)}`;
}

const mutations: Readonly<Record<string, Mutation>> = {
  remove: (xml, random) => replaceElement(xml, random, () => ""),
  duplicate: (xml, random) => replaceElement(xml, random, (element) => element + element),
  many: (xml, random) =>
    replaceElement(xml, random, (element) =>
      element.repeat(Math.min(wideTimes, 1 + Math.floor(longValue / element.length))),
    ),
  /** An element inside itself, over and over: only the outermost pair of tags is repeated. */
  nest: (xml, random) =>
    replaceElement(xml, random, (element) => {
      const opening = /^<[^>]*[^/]>/.exec(element)?.[0];
      const closing = /<\/[^>]*>$/.exec(element)?.[0];
      if (!opening || !closing) return element;
      const times = 1 + random.below(deepTimes);
      return opening.repeat(times) + element + closing.repeat(times);
    }),
  /** Two elements change places, or one goes into the other. */
  move(xml, random) {
    const from = pickElement(xml, random);
    const to = pickElement(xml, random);
    if (!from || !to || (to.start >= from.start && to.start < from.end)) return xml;
    const element = xml.slice(from.start, from.end);
    const at = to.start;
    return at < from.start
      ? xml.slice(0, at) + element + xml.slice(at, from.start) + xml.slice(from.end)
      : xml.slice(0, from.start) + xml.slice(from.end, at) + element + xml.slice(at);
  },
  value: (xml, random) => replaceAttribute(xml, random, /./, () => random.pick(strangeValues).replaceAll("\0", "&#1;")),
  long: (xml, random) =>
    replaceAttribute(xml, random, /./, (value) => (value || "x").repeat(Math.ceil(longValue / (value.length || 1)))),
  /** Spans, repeats, rows, columns, levels and sizes: whatever a reader counts with. */
  count: (xml, random) =>
    replaceAttribute(
      xml,
      random,
      /span|repeat|row|col|level|lvl|val|^r$|ref|count|start|size|:c$|min|max|width|height|^x$|^y$|cx|cy/i,
      () =>
        random.pick(["0", "-1", "65536", "1048577", "16777216", "2147483647", "4294967296", "1e18", "ZZZZZZ99999999"]),
    ),
  /** A reference leads to another thing, or to where it stands. */
  reference: (xml, random) => {
    const targets = [
      ...xml.matchAll(/\s(?:Target|Id|r:id|r:embed|href|xlink:href|idref|full-path|src|id)="([^"]*)"/g),
    ].map((match) => match[1]!);
    return replaceAttribute(xml, random, /Target$|^Id$|r:id|r:embed|href|idref|full-path|src|id$/i, () =>
      random.pick([
        ...targets,
        "",
        "/",
        "#",
        "..",
        "document.xml",
        "content.xml",
        "/_rels/.rels",
        "file:///etc/passwd",
        "/dev/zero",
      ]),
    );
  },
  text: (xml, random) => {
    const texts = [...xml.matchAll(/>([^<>]+)</g)];
    if (texts.length === 0) return xml;
    const { index, 1: text } = random.pick(texts);
    const changed = random.pick([
      text!.repeat(5000),
      "\u202e\u200b\ufeff\ud83d\ude00",
      " ",
      "-1",
      "&#0;",
      "&amp;".repeat(1000),
      "99999999999999999999",
    ]);
    return xml.slice(0, index + 1) + changed + xml.slice(index + 1 + text!.length);
  },
  doctype: (xml) =>
    `<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>${xml.replace(/^<\?xml[^>]*\?>/, "").replace(/>([^<]+)</, ">&c;<")}`,
};
const names = Object.keys(mutations);

export function mutateXml(xml: string, random: Random): { xml: string; how: string } {
  const how = random.pick(names);
  return { xml: mutations[how]!(xml, random), how };
}
