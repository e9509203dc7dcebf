import type { Block, Document, Page } from "@knowhere/contract";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { plainBlocks } from "../../document/plain.ts";
import type { ModelClient } from "../../ports/model.ts";
import { ModelWork } from "./model-work.ts";
import { transcribePages } from "./transcribe-pages.ts";

let picture: Buffer;
beforeAll(async () => {
  picture = await sharp({ create: { width: 200, height: 300, channels: 3, background: "#fff" } })
    .png()
    .toBuffer();
});

const box: [number, number, number, number] = [10, 10, 200, 100];
const printed = "The harbour took in three hundred barrels of herring and sold them at once";
const misread = "The harbovr took in three hundrcd barrels of hcrring and sold them at onee";
const paragraph = (text: string, page: number, confidence: number): Block => ({
  type: "paragraph",
  content: [{ type: "text", text }],
  source: "ocr",
  confidence,
  places: [{ page, box }],
});
const page = (number: number, text: Page["text"]): Page => ({ number, kind: "page", width: 595, height: 842, text });

/** Reads the pages as `answers` say, one answer after the other. */
async function transcribe(
  pages: Page[],
  content: Block[],
  answers: (string | null)[],
  models: ModelClient["models"] = { vision: "seeing" },
) {
  let asked = 0;
  const client: ModelClient = {
    models,
    async ask() {
      const markdown = answers[asked++] ?? null;
      return markdown === null
        ? { ok: false, reason: "invalid", message: "?" }
        : { ok: true, value: { markdown }, model: "seeing", cached: false };
    },
  };
  const warnings = [{ code: "NEEDS_OCR", message: "Pages 2, 3", pages: [2, 3] }];
  const document = { format: "pdf", pages, content, warnings, assets: [] } as unknown as Document;
  const work = new ModelWork(client, new AbortController().signal);
  await transcribePages({ document, showPage: async () => picture, maxPixels: 1_000_000 }, work);
  return { document, report: work.report(), asked: () => asked };
}

describe("pages that the local engine read badly", () => {
  it("are replaced by a transcription that holds most of their words, in place and marked", async () => {
    const content = [paragraph("Before", 1, 0.9), paragraph(misread, 2, 0.4), paragraph("After", 3, 0.9)];
    const { document, report, asked } = await transcribe([page(1, "ocr"), page(2, "ocr"), page(3, "ocr")], content, [
      `# Herring\n\n${printed}\n\n| Year | Barrels |\n| --- | --- |\n| 1901 | 300 |`,
    ]);
    expect(document.content.map(({ type }) => type)).toEqual([
      "paragraph",
      "heading",
      "paragraph",
      "table",
      "paragraph",
    ]);
    expect(plainBlocks(document.content)).toContain(printed);
    expect(document.content[1]).toMatchObject({ source: "model", places: [{ page: 2, box: [0, 0, 595, 842] }] });
    expect(document.content[0]).toMatchObject({ source: "ocr" });
    expect(report.made).toEqual({ pages: 1 });
    expect(asked()).toBe(1);
  });

  it("stay as they are when the model says something else, or much less", async () => {
    for (const answer of [
      "I cannot help with reading this page, but here is a poem about the sea and its ships",
      "The harbour",
    ]) {
      const content = [paragraph(misread, 1, 0.4)];
      const { document, report } = await transcribe([page(1, "ocr")], [...content], [answer, null]);
      expect(document.content).toEqual(content);
      expect(report.turned_down).toEqual({ pages: 1 });
    }
  });

  it("are not asked about when they were read well or have a text layer", async () => {
    const { asked } = await transcribe([page(1, "ocr"), page(2, "ok")], [paragraph(printed, 1, 0.9)], [printed]);
    expect(asked()).toBe(0);
  });
});

describe("pages without any local text", () => {
  it("are taken when the model reads the same twice, and are no longer said to need recognition", async () => {
    const { document, asked } = await transcribe([page(2, "none"), page(3, "ok")], [], [printed, `${printed}.`]);
    expect(plainBlocks(document.content)).toBe(printed);
    expect(document.pages[0]!.text).toBe("ocr");
    expect(document.warnings).toMatchObject([{ code: "NEEDS_OCR", pages: [3] }]);
    expect(asked()).toBe(2);
  });

  it("stay empty when its two readings differ", async () => {
    const { document, report } = await transcribe([page(2, "none")], [], [printed, "A letter about the price of cod"]);
    expect(document.content).toEqual([]);
    expect(report.turned_down).toEqual({ pages: 1 });
    expect(document.warnings).toMatchObject([{ pages: [2, 3] }]);
  });
});

it("takes words, no links, pictures or markup, from the model", async () => {
  const answer = `${printed} [now](https://example.org/x) ![a](https://example.org/a.png)\n\n<script>alert(1)</script>`;
  const { document } = await transcribe([page(1, "ocr")], [paragraph(misread, 1, 0.4)], [answer]);
  expect(JSON.stringify(document.content)).not.toMatch(/example\.org|script/);
  expect(plainBlocks(document.content)).toContain("now");
});

it("says which page work was not available without a vision model", async () => {
  const { report, asked } = await transcribe([page(1, "none")], [], [printed], { text: "small" });
  expect(report.not_available).toEqual(["pages"]);
  expect(asked()).toBe(0);
});
