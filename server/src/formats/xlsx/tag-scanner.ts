/**
 * A forward scan over the tags and texts of worksheet XML, for parts of a million rows: no attribute objects, no
 * namespaces, no entity declarations. It checks that tags nest in number, not in name. A validating parser takes three
 * times as long and far more memory for the same events.
 */
export interface TagHandlers {
  /** `tag` is the text between "<" and ">", for `attributeOf`. */
  open(name: string, tag: string): void;
  close(name: string): void;
  text(text: string): void;
  /** A document type declaration; expected to throw. */
  doctype(): void;
}

/** A tag longer than this is no markup. */
const maxTagCharacters = 1024 * 1024;

export class TagScanner {
  #rest = "";
  #depth = 0;

  constructor(private readonly handlers: TagHandlers) {}

  /** Takes the next piece of the part. Throws an Error for what cannot be markup. */
  write(piece: string): void {
    const data = this.#rest + piece;
    let at = 0;
    while (at < data.length) {
      const open = data.indexOf("<", at);
      if (open < 0) break;
      if (open > at) this.#text(data.slice(at, open));
      const end = this.#endOfMarkup(data, open);
      if (end < 0) {
        at = open;
        break;
      }
      this.#markup(data, open, end);
      at = end;
    }
    this.#rest = at === 0 ? data : data.slice(at);
    if (this.#rest.length > maxTagCharacters) throw new Error("markup that does not end");
  }

  /** Ends the part. Throws an Error when something is still open. */
  finish(): void {
    if (this.#depth !== 0 || this.#rest.trim() !== "") throw new Error("an element is not closed");
  }

  /** Index behind the markup that starts at `open`, or -1 when it is not whole yet. */
  #endOfMarkup(data: string, open: number): number {
    if (data.charCodeAt(open + 1) === 33) {
      if (data.length < open + 9) return -1;
      if (data.startsWith("<!--", open)) return behind(data, "-->", open + 4);
      if (data.startsWith("<![CDATA[", open)) return behind(data, "]]>", open + 9);
    }
    let close = data.indexOf(">", open + 1);
    // A ">" between quotes belongs to an attribute value.
    while (close >= 0 && !hasClosedQuotes(data, open, close)) close = data.indexOf(">", close + 1);
    return close < 0 ? -1 : close + 1;
  }

  #markup(data: string, open: number, end: number): void {
    const first = data.charCodeAt(open + 1);
    if (first === 47) {
      if (--this.#depth < 0) throw new Error("an end tag without its start");
      this.handlers.close(localName(data, open + 2, end - 1));
    } else if (first === 33) {
      if (data.startsWith("<![CDATA[", open)) this.handlers.text(data.slice(open + 9, end - 3));
      else if (/^<!doctype/i.test(data.slice(open, open + 9))) this.handlers.doctype();
    } else if (first !== 63) {
      const isEmpty = data.charCodeAt(end - 2) === 47;
      const name = localName(data, open + 1, end - 1);
      if (!/^[A-Za-z_]/.test(name)) throw new Error("a tag without a name");
      this.#depth++;
      this.handlers.open(name, data.slice(open + 1, end - 1));
      if (!isEmpty) return;
      this.#depth--;
      this.handlers.close(name);
    }
  }

  #text(text: string): void {
    this.handlers.text(decodeEntities(text));
  }
}

function behind(data: string, mark: string, from: number): number {
  const at = data.indexOf(mark, from);
  return at < 0 ? -1 : at + mark.length;
}

/** Whether every quote that opens between the two indexes closes before the second. */
function hasClosedQuotes(data: string, from: number, to: number): boolean {
  let quote = 0;
  for (let at = from; at < to; at++) {
    const code = data.charCodeAt(at);
    if (quote === 0 && (code === 34 || code === 39)) quote = code;
    else if (code === quote) quote = 0;
  }
  return quote === 0;
}

/** The name that starts at `from`, without its prefix. */
function localName(data: string, from: number, to: number): string {
  let start = from;
  let end = from;
  for (; end < to; end++) {
    const code = data.charCodeAt(end);
    if (code <= 32 || code === 47) break;
    if (code === 58) start = end + 1;
  }
  return data.slice(start, end);
}

/** The value of an attribute of a tag by its local name; undefined when it is not there. */
export function attributeOf(tag: string, name: string): string | undefined {
  for (let at = tag.indexOf(name); at >= 0; at = tag.indexOf(name, at + 1)) {
    const before = tag.charCodeAt(at - 1);
    // Behind a blank, or behind a prefix.
    if (before > 32 && before !== 58) continue;
    let next = at + name.length;
    while (tag.charCodeAt(next) <= 32) next++;
    if (tag.charCodeAt(next) !== 61) continue;
    next++;
    while (tag.charCodeAt(next) <= 32) next++;
    const quote = tag[next];
    if (quote !== '"' && quote !== "'") continue;
    const end = tag.indexOf(quote, next + 1);
    if (end >= 0) return decodeEntities(tag.slice(next + 1, end));
  }
  return undefined;
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five entities of XML and character references; others stay as they are written. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{2,4}));/g,
    (whole, hex: string, decimal: string, name: string) => {
      if (name) return named[name] ?? whole;
      const code = Number.parseInt(hex ?? decimal, hex ? 16 : 10);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : "\ufffd";
    },
  );
}
