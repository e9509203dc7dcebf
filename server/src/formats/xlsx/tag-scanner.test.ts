import { describe, expect, it } from "vitest";
import { attributeOf, TagScanner } from "./tag-scanner.ts";

/** Events of a text, written in pieces of `size` characters. */
function eventsOf(xml: string, size = xml.length): string[] {
  const events: string[] = [];
  const scanner = new TagScanner({
    open: (name, tag) => events.push(`<${name} ${attributeOf(tag, "r") ?? ""}`),
    close: (name) => events.push(`/${name}`),
    text: (text) => events.push(text),
    doctype: () => {
      throw new Error("doctype");
    },
  });
  for (let at = 0; at < xml.length; at += size) scanner.write(xml.slice(at, at + size));
  scanner.finish();
  return events;
}

describe("TagScanner", () => {
  const xml =
    '<?xml version="1.0"?><x:a r="1"><!-- <no> --><b  r = \'a>b &amp; "c"\'/>t &lt; &#65;<![CDATA[<raw>]]></x:a>\n';
  it("sees the same however the text is cut", () => {
    const whole = eventsOf(xml);
    expect(whole).toEqual(["<a 1", '<b a>b & "c"', "/b", "t < A", "<raw>", "/a"]);
    for (const size of [1, 2, 3, 7, 16]) expect(eventsOf(xml, size).join("").replace(/\n/g, "")).toBe(whole.join(""));
  });

  it.each(["<a>", "<a></a></a>", "<a", "<a b='></a>", "< a></a>"])("refuses %s", (broken) => {
    expect(() => eventsOf(broken)).toThrow();
  });

  it("reports document types", () => {
    expect(() => eventsOf("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>")).toThrow("doctype");
  });

  it("finds attributes by their whole local name", () => {
    expect(attributeOf('c rr="1" x:r="2"', "r")).toBe("2");
    expect(attributeOf('c dr="1"', "r")).toBeUndefined();
  });
});
