import { Problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { docxOf, p, pptxOf, shape, table } from "./ooxml-builder.ts";
import { readSource, zipOf } from "./read-source.ts";

/** A small generator (mulberry32), so that a failing round can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const fixtures: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  "a.docx": () =>
    docxOf({
      body:
        p("one") +
        table([
          ["a", "b"],
          [table([["c"]]), "d"],
        ]) +
        p("two", '<w:outlineLvl w:val="0"/>'),
    }),
  "a.pptx": () => pptxOf({ slides: [{ shapes: shape("T", '<p:ph type="title"/>') + shape("x") }] }),
  "a.odt": () =>
    zipOf({
      mimetype: "application/vnd.oasis.opendocument.text",
      "content.xml": `<office:document-content xmlns:office="${odf}:office:1.0" xmlns:text="${odf}:text:1.0"><office:body><office:text><text:list><text:list-item><text:p>one</text:p></text:list-item></text:list></office:text></office:body></office:document-content>`,
    }),
  "a.rtf": async () =>
    Buffer.from(
      "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\pard {\\b one}\\par\\trowd\\cellx100\\intbl x\\cell\\row{\\footnote n}\\u8364?\\'e9{\\pict\\pngblip 8950}\\par}",
    ),
};
const rounds = 60;

describe("damaged office files", () => {
  it.each(Object.keys(fixtures))("%s ends in a tree or a named problem, however it is cut or flipped", async (name) => {
    const whole = await fixtures[name]!();
    for (let round = 0; round < rounds; round++) {
      const random = randomOf(round);
      const bytes = Uint8Array.from(round % 3 === 0 ? whole.subarray(0, Math.floor(random() * whole.length)) : whole);
      const flips = round % 3 === 0 ? 0 : round % 3 === 1 ? 3 : 40;
      for (let at = 0; at < flips; at++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const outcome = await readSource(name, bytes).then(
        () => "read",
        (error) => (error instanceof Problem ? "problem" : `round ${round}: ${(error as Error).stack}`),
      );
      expect(["read", "problem"]).toContain(outcome);
    }
  });
});
