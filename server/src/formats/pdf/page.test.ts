import { describe, expect, it } from "vitest";
import type { PageFacts } from "../../layout/facts.ts";
import { PdfWriter } from "../../testing/pdf-writer.ts";
import { PdfFile } from "./file.ts";
import { type PageReading, PdfPage } from "./page.ts";

async function readPage(pdf: PdfWriter, number = 1, tagged = false, cpuLimitMs?: number): Promise<PageReading> {
  const file = await PdfFile.open(pdf.bytes(), undefined);
  try {
    const page = PdfPage.open(file, number)!;
    const reading = page.readFacts({ tagged, cpuLimitMs });
    page.close();
    return reading;
  } finally {
    file.close();
  }
}

const textOf = (facts: PageFacts): string =>
  facts.glyphs.map((glyph) => (glyph.spaceBefore ? ` ${glyph.text}` : glyph.text)).join("");
const hiddenOf = (facts: PageFacts): (string | undefined)[] => [...new Set(facts.glyphs.map((glyph) => glyph.hidden))];

describe("a page that takes too long", () => {
  it("is cut and says so, by the processor's time and not by the clock", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("Words that nobody has time for", 50, 100);
    expect(await readPage(pdf, 1, false, -1)).toMatchObject({ cut: true, facts: { glyphs: [] } });
    expect(await readPage(pdf, 1, false, Number.POSITIVE_INFINITY)).toMatchObject({ cut: false });
  });
});

describe("glyphs of a page", () => {
  it("have the true size when the size sits in the text matrix", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("Plain", 50, 100, { size: 12 }).text("Scaled", 50, 140, { size: 18, sizeInMatrix: true });
    const { facts } = await readPage(pdf);
    expect(facts.glyphs[0]).toMatchObject({ text: "P", size: 12, baseline: 100, x: 50 });
    expect(facts.glyphs.find((glyph) => glyph.baseline === 140)).toMatchObject({ text: "S", size: 18 });
  });

  it("leave out the spaces and line ends that PDFium adds, and keep those of the file", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("one two", 50, 100).text("three", 200, 100).text("four", 50, 120);
    const { facts } = await readPage(pdf);
    expect(textOf(facts)).toBe("one twothreefour");
    expect(facts.glyphs.filter((glyph) => glyph.spaceBefore)).toHaveLength(1);
  });

  it("carry the style of their text object: font, weight, slant, colour", async () => {
    const pdf = new PdfWriter();
    pdf
      .page()
      .text("a", 50, 100)
      .text("b", 50, 120, { font: "Times-BoldItalic", color: 0x336699 })
      .text("c", 50, 140, { font: "Courier" });
    const { facts } = await readPage(pdf);
    const [a, b, c] = facts.glyphs.map((glyph) => ({ ...facts.fonts[glyph.font]!, color: glyph.color }));
    expect(a).toMatchObject({ name: "Helvetica", bold: false, italic: false, monospace: false, color: 0 });
    expect(b).toMatchObject({ name: "Times-BoldItalic", bold: true, italic: true, serif: true, color: 0x336699 });
    expect(c).toMatchObject({ monospace: true });
  });

  it("say how they are turned", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("up", 300, 400, { angle: 90 }).text("flat", 50, 100);
    const { facts } = await readPage(pdf);
    expect(facts.glyphs.find((glyph) => glyph.text === "u")!.angle).toBe(90);
    expect(facts.glyphs.find((glyph) => glyph.text === "f")!.angle).toBe(0);
  });

  it("follow the page's rotation and crop box", async () => {
    const turned = new PdfWriter();
    turned.page(400, 600, "/Rotate 90").text("x", 10, 20);
    const { facts } = await readPage(turned);
    expect([facts.width, facts.height]).toEqual([600, 400]);
    // 20 pt below the top edge is 20 pt left of the right edge after a quarter turn.
    expect(facts.glyphs[0]!.x).toBeCloseTo(580, 1);
    expect(facts.glyphs[0]!.baseline).toBeCloseTo(10, 1);
    const cropped = new PdfWriter();
    cropped.page(400, 600, "/CropBox [100 100 300 500]").text("in", 150, 200).text("out", 10, 20);
    const crop = (await readPage(cropped)).facts;
    expect([crop.width, crop.height]).toEqual([200, 400]);
    expect(crop.glyphs[0]).toMatchObject({ text: "i", x: 50, baseline: 100 });
    expect(crop.glyphs.at(-1)!.hidden).toBe("off_page");
  });

  it("keep marked-content ids and know artifacts", async () => {
    const pdf = new PdfWriter({ tags: [{ type: "Document", kids: [{ type: "H1", kids: [0] }] }] });
    pdf.page().text("Title", 50, 100, { mcid: 0 }).text("7", 300, 800, { artifact: true });
    const { facts } = await readPage(pdf, 1, true);
    expect(facts.glyphs[0]!.mcid).toBe(0);
    expect(facts.glyphs.at(-1)!.artifact).toBe(true);
    expect(facts.tags).toMatchObject([{ type: "Document", kids: [{ type: "H1", kids: [0] }] }]);
  });

  it("put the Arabic lam-alef ligature into the right order", async () => {
    const pdf = new PdfWriter();
    // A font that maps one code to the isolated ligature U+FEFB.
    pdf.page().text("\ufefb", 100, 100, { font: "Unicode" });
    const { facts } = await readPage(pdf);
    expect(textOf(facts)).toBe("\u0644\u0627");
  });

  it("turn right-to-left words that are stored in visual order", async () => {
    const logical = "\u05e9\u05dc\u05d5\u05dd";
    const visual = new PdfWriter();
    visual.page().text([...logical].reverse().join(""), 100, 100, { font: "Unicode", size: 12 });
    const { facts } = await readPage(visual);
    expect(textOf(facts)).toBe(logical);
    const xs = facts.glyphs.map((glyph) => glyph.x);
    expect(xs).toEqual([...xs].sort((a, b) => b - a));
  });

  it("fold ligatures to letters", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("con\ufb01gure", 100, 100, { font: "Unicode" });
    expect(textOf((await readPage(pdf)).facts)).toBe("configure");
  });

  it("appear once when a producer paints them twice to look bold", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("Heading", 50, 100, { size: 12 }).text("Heading", 50.4, 100, { size: 12 }).text("body", 50, 130);
    const { facts } = await readPage(pdf);
    expect(textOf(facts)).toBe("Headingbody");
    expect(facts.fonts[facts.glyphs[0]!.font]!.bold).toBe(true);
    expect(facts.fonts[facts.glyphs.at(-1)!.font]!.bold).toBe(false);
  });

  it("keep doubled narrow letters", async () => {
    const pdf = new PdfWriter();
    pdf.page().text("illicit llama", 50, 100);
    expect(textOf((await readPage(pdf)).facts)).toBe("illicit llama");
  });
});

describe("visibility", () => {
  it("knows invisible, tiny, white and clipped text", async () => {
    const cases: [string, (pdf: PdfWriter) => void][] = [
      ["invisible", (pdf) => pdf.page().text("secret", 50, 100, { mode: 3 })],
      ["tiny", (pdf) => pdf.page().text("secret", 50, 100, { size: 0.5 })],
      ["same_colour", (pdf) => pdf.page().text("secret", 50, 100, { color: 0xffffff })],
      [
        "same_colour",
        (pdf) => pdf.page().rect(0, 0, 300, 300, { fill: 0x204080 }).text("secret", 50, 100, { color: 0x204080 }),
      ],
      ["off_page", (pdf) => pdf.page().text("secret", 700, 100)],
      ["clipped", (pdf) => pdf.page().raw("q 0 0 10 10 re W n").text("secret", 50, 100).raw("Q")],
    ];
    for (const [reason, draw] of cases) {
      const pdf = new PdfWriter();
      draw(pdf);
      const { facts, hiddenCount } = await readPage(pdf);
      expect(hiddenOf(facts), reason).toEqual([reason]);
      expect(hiddenCount).toBe(6);
    }
  });

  it("sees white text on a dark box", async () => {
    const pdf = new PdfWriter();
    pdf.page().rect(40, 80, 200, 120, { fill: 0x222222 }).text("shown", 50, 100, { color: 0xffffff });
    expect(hiddenOf((await readPage(pdf)).facts)).toEqual([undefined]);
  });

  it("keeps the invisible words over a scanned page", async () => {
    const pdf = new PdfWriter();
    pdf
      .page(200, 200)
      .image([0, 0, 200, 200], { width: 2, height: 2, channels: 1 })
      .text("recognised words of a scan", 20, 100, { mode: 3 });
    const { facts, quality, hiddenCount } = await readPage(pdf);
    expect(hiddenCount).toBe(0);
    expect(textOf(facts)).toContain("recognised words");
    expect(quality).toBe("ocr");
  });

  it("hides the text of a layer that is switched off, and only that", async () => {
    const pdf = new PdfWriter({ layers: { Draft: false, Final: true } });
    pdf.page().text("draft", 50, 100, { layer: "Draft" }).text("final", 50, 130, { layer: "Final" });
    const { facts } = await readPage(pdf);
    const shown = facts.glyphs
      .filter((glyph) => !glyph.hidden)
      .map((glyph) => glyph.text)
      .join("");
    expect(shown).toBe("final");
    expect(facts.glyphs.filter((glyph) => glyph.hidden === "optional_content")).toHaveLength(5);
  });
});

describe("graphics of a page", () => {
  it("give rulings for strokes, stroked boxes and thin fills, fills for areas, drawings for the rest", async () => {
    const pdf = new PdfWriter();
    pdf
      .page()
      .line(50, 100, 250, 100, { width: 1 })
      .rect(50, 200, 250, 201, { fill: 0x112233 })
      .rect(50, 300, 250, 400, { stroke: 0xff0000, width: 2 })
      .rect(50, 500, 250, 600, { fill: 0xeeeeee })
      .raw("300 300 m 350 380 400 300 450 360 c S");
    const { facts } = await readPage(pdf);
    expect(facts.rulings).toHaveLength(6);
    expect(facts.rulings[0]).toMatchObject({ box: [50, 100, 250, 100], vertical: false, width: 1 });
    expect(facts.rulings[1]).toMatchObject({ box: [50, 200.5, 250, 200.5], color: 0x112233 });
    expect(facts.rulings.filter((ruling) => ruling.color === 0xff0000 && ruling.vertical)).toHaveLength(2);
    expect(facts.fills).toMatchObject([{ box: [50, 500, 250, 600], color: 0xeeeeee }]);
    expect(facts.drawings).toHaveLength(1);
  });

  it("multiply the matrices of the forms they sit in", async () => {
    const pdf = new PdfWriter();
    const page = pdf.page(600, 800);
    page.form(`${page.textOperators("in", 10, 790)} 0 0 m 100 0 l S`, "2 0 0 2 50 100");
    const { facts } = await readPage(pdf);
    expect(facts.glyphs[0]).toMatchObject({ text: "i", size: 20, x: 70, baseline: 680 });
    expect(facts.rulings[0]!.box).toEqual([50, 700, 250, 700]);
  });

  it("list pictures with their pixels", async () => {
    const pdf = new PdfWriter();
    pdf.page().image([100, 100, 200, 150], { width: 4, height: 2 });
    const { facts } = await readPage(pdf);
    expect(facts.pictures).toMatchObject([{ box: [100, 100, 200, 150], index: 0, pixelWidth: 4, pixelHeight: 2 }]);
  });
});

describe("what lies over a page", () => {
  it("is read: links out and inside, fields with values, comments", async () => {
    const pdf = new PdfWriter();
    pdf
      .page()
      .text("see", 50, 100)
      .link([50, 90, 80, 102], "https://example.org/a?b=1")
      .link([50, 110, 80, 122], 1)
      .annotation("/Subtype /Widget /FT /Tx /T (name) /TU (Your name) /V (Ada)", [100, 200, 200, 220])
      .annotation(
        "/Subtype /Widget /FT /Btn /T (agree) /V /Yes /AS /Yes /AP << /N << /Yes << >> /Off << >> >> >>",
        [100, 240, 110, 250],
      )
      .annotation("/Subtype /Text /Contents (Check this) /T (Grace)", [300, 300, 320, 320]);
    pdf.page().text("two", 50, 100);
    const { facts, comments } = await readPage(pdf);
    expect(facts.links).toEqual([
      { box: [50, 90, 80, 102], href: "https://example.org/a?b=1" },
      { box: [50, 110, 80, 122], page: 2 },
    ]);
    expect(facts.fields).toMatchObject([
      { kind: "text", name: "Your name", value: "Ada", box: [100, 200, 200, 220] },
      { kind: "checkbox", name: "agree", checked: true },
    ]);
    expect(comments).toMatchObject([{ text: "Check this", author: "Grace" }]);
  });
});

describe("text quality", () => {
  it("is fine on a page of dotted leaders", async () => {
    const pdf = new PdfWriter();
    const page = pdf.page();
    for (let i = 0; i < 20; i++) page.text(`Chapter ${i} ${".".repeat(60)} ${i * 7}`, 50, 60 + 20 * i);
    expect((await readPage(pdf)).quality).toBe("ok");
  });

  it("is garbled where letters have no mapping", async () => {
    const pdf = new PdfWriter();
    const lost = Array.from({ length: 60 }, (_, i) => String.fromCharCode(0xe100 + i)).join("");
    pdf.page().text(lost, 50, 100, { font: "Unicode" });
    expect((await readPage(pdf)).quality).toBe("garbled");
  });

  it("is none where only a picture is to be seen", async () => {
    const pdf = new PdfWriter();
    pdf.page(200, 200).image([0, 0, 200, 200], { width: 2, height: 2 });
    expect((await readPage(pdf)).quality).toBe("none");
  });
});
