import { describe, expect, it } from "vitest";
import { childOf, textOf, type XmlElement } from "./element.ts";
import { readXml, replayTree, streamXml, type XmlHandlers } from "./stream.ts";

const namespaces = { "urn:one": "w", "urn:strict-one": "w", "urn:two": "a" };
const bytes = (xml: string) => [Buffer.from(xml)];
const read = (xml: string) => readXml(bytes(xml), { namespaces });
const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => "no problem",
    (error) => error.problem,
  );

function recorder(): { handlers: XmlHandlers; events: string[] } {
  const events: string[] = [];
  const handlers: XmlHandlers = {
    open: (element) => events.push(`<${element.name}>`) > 0,
    close: (name) => void events.push(`</${name}>`),
    tree: (element) => void events.push(`${element.name}:${textOf(element)}`),
  };
  return { handlers, events };
}

describe("readXml", () => {
  it("gives elements and attributes our prefixes, whatever the file calls them", async () => {
    const root = await read('<x:doc xmlns:x="urn:strict-one" xmlns="urn:two"><p x:val="1" val="2"/></x:doc>');
    expect(root.name).toBe("w:doc");
    expect(childOf(root, "a:p")?.attributes).toEqual({ "w:val": "1", val: "2" });
  });

  it("does not take a foreign namespace with a familiar prefix for ours", async () => {
    expect((await read('<w:doc xmlns:w="urn:other"/>')).name).toBe("?w:doc");
  });

  it("keeps scopes of inner declarations apart", async () => {
    const root = await read('<w:d xmlns:w="urn:one"><w:p xmlns:w="urn:two"/><w:p/></w:d>');
    expect(root.children.map((child) => (child as XmlElement).name)).toEqual(["a:p", "w:p"]);
  });

  it("reads UTF-16 and declared single-byte encodings", async () => {
    const utf16 = Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><d>é漢</d>', "utf16le");
    expect(textOf(await readXml([utf16], { namespaces }))).toBe("é漢");
    const latin = Buffer.from('<?xml version="1.0" encoding="windows-1251"?><d>\xcf\xf0</d>', "latin1");
    expect(textOf(await readXml([latin], { namespaces }))).toBe("Пр");
  });

  it("joins characters that are split between chunks", async () => {
    const whole = Buffer.from("<d>a€b</d>");
    const chunks = Array.from(whole, (_, at) => whole.subarray(at, at + 1));
    expect(textOf(await readXml(chunks, { namespaces }))).toBe("a€b");
  });

  it("refuses entity bombs and external entities with the document type that declares them", async () => {
    const bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>';
    expect(await problemOf(read(bomb))).toBe("LIMIT_EXCEEDED");
    expect(await problemOf(read('<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>'))).toBe("LIMIT_EXCEEDED");
  });

  it("lets a bare document type pass where the format demands one, but no internal subset", async () => {
    const options = { namespaces, doctype: "ignore" as const };
    expect((await readXml(bytes('<!DOCTYPE ncx PUBLIC "-//X" "http://x.invalid/x.dtd"><ncx/>'), options)).name).toBe(
      "ncx",
    );
    expect(await problemOf(readXml(bytes('<!DOCTYPE d [<!ENTITY a "a">]><d/>'), options))).toBe("LIMIT_EXCEEDED");
  });

  it("names damage and bounds depth and size", async () => {
    expect(await problemOf(read("<a><b></a>"))).toBe("PARSING_FAILED");
    expect(await problemOf(read("<a>"))).toBe("PARSING_FAILED");
    expect(await problemOf(readXml([], { namespaces }))).toBe("PARSING_FAILED");
    expect(await problemOf(read("<a>".repeat(1100) + "</a>".repeat(1100)))).toBe("LIMIT_EXCEEDED");
    const wide = readXml(bytes(`<a>${"<b/>".repeat(50)}</a>`), { namespaces, maxTreeNodes: 40 });
    expect(await problemOf(wide)).toBe("LIMIT_EXCEEDED");
  });
});

describe("streamXml", () => {
  it("opens and closes containers and hands over everything else as trees", async () => {
    const { handlers, events } = recorder();
    const xml = "<doc><body><p>one <i>two</i></p><t><p>in</p></t></body></doc>";
    await streamXml(bytes(xml), { namespaces, containers: new Set(["body", "t"]) }, handlers);
    expect(events).toEqual(["<doc>", "<body>", "p:one two", "<t>", "p:in", "</t>", "</body>", "</doc>"]);
  });

  it("replays a tree with the same events", async () => {
    const xml = "<body><p>one</p><t><p>in</p></t></body>";
    const streamed = recorder();
    const containers = new Set(["body", "t"]);
    await streamXml(bytes(xml), { namespaces, containers }, streamed.handlers);
    const replayed = recorder();
    replayTree(await read(xml), containers, replayed.handlers);
    expect(replayed.events).toEqual(streamed.events);
  });
});
