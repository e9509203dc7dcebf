import type { Block, Document, Figure, Heading, MathBlock, Table } from "@knowhere/contract";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { ModelAnswer, ModelClient, ModelRequest } from "../../ports/model.ts";
import { type ImproveInput, improveDocument } from "./improve.ts";
import { ModelWork } from "./model-work.ts";

let picture: Buffer;
beforeAll(async () => {
  picture = await sharp({ create: { width: 100, height: 80, channels: 3, background: "#888" } })
    .png()
    .toBuffer();
});

const text = (value: string) => [{ type: "text" as const, text: value }];
const places = [{ page: 1, box: [10, 10, 200, 100] as [number, number, number, number] }];
const figure = (rest: Partial<Figure> = {}): Figure => ({
  type: "figure",
  asset: "image-1",
  source: "native",
  places,
  ...rest,
});
const table = (confidence: number): Table => ({
  type: "table",
  source: "ocr",
  confidence,
  places,
  headRows: 0,
  rows: [{ cells: [{ text: "Year Price" }] }, { cells: [{ text: "1901 14" }] }],
});
const formula = (): MathBlock => ({ type: "math", text: "E = mc2", notation: "text", source: "text_layer", places });
const heading = (level: number, title: string): Heading => ({ type: "heading", level, content: text(title), places });

/** Answers by the name of the prompt; what has no answer is refused. */
function modelThatSays(
  answers: Record<string, unknown>,
  models: ModelClient["models"] = { text: "small", vision: "seeing" },
) {
  const requests: ModelRequest[] = [];
  const client: ModelClient = {
    models,
    async ask(request): Promise<ModelAnswer> {
      if (request.role === "embedding") return { ok: false, reason: "not_configured", message: "?" };
      requests.push(request);
      const value = answers[request.prompt.split("/")[0]!];
      return value === undefined
        ? { ok: false, reason: "invalid", message: "?" }
        : { ok: true, value, model: models[request.role]!, cached: false };
    },
  };
  return { client, requests };
}
async function improve(content: Block[], client: ModelClient | undefined, rest: Partial<ImproveInput> = {}) {
  const asset = {
    id: "image-1",
    mediaType: "image/png",
    extension: ".png",
    bytes: picture.length,
    sha256: "00",
    width: 100,
    height: 80,
  };
  const document = { format: "pdf", content, assets: [asset], pages: [] } as unknown as Document;
  const work = new ModelWork(client, new AbortController().signal);
  await improveDocument(
    {
      document,
      assets: new Map([["image-1", picture]]),
      crop: async () => picture,
      describePictures: true,
      repair: true,
      maxPixels: 1_000_000,
      ...rest,
    },
    work,
  );
  return work.report();
}

describe("pictures", () => {
  it("without alternative text are described once each, and marked", async () => {
    const [one, same, said] = [figure(), figure(), figure({ alt: "A harbour" })];
    const { client, requests } = modelThatSays({ "image-description": { description: "A grey\n field." } });
    const report = await improve([one, same, said], client);
    expect([one, same]).toMatchObject([
      { alt: "A grey field.", source: "model" },
      { alt: "A grey field.", source: "model" },
    ]);
    expect(said).toMatchObject({ alt: "A harbour", source: "native" });
    expect(requests).toHaveLength(1);
    expect(requests[0]!.image!.mediaType).toBe("image/jpeg");
    expect(report).toMatchObject({ made: { image_descriptions: 1 }, models: { vision: "seeing" } });
  });

  it("stay as they were when the model refuses", async () => {
    const block = figure();
    const report = await improve([block], modelThatSays({}).client);
    expect(block).toEqual(figure());
    expect(report.refused).toEqual({ invalid: 1 });
  });
});

describe("tables", () => {
  const good = "<table><tr><th>Year</th><th>Price</th></tr><tr><td>1901</td><td>14</td></tr></table>";

  it("with a low score are rebuilt from the picture, others are not asked about", async () => {
    const [poor, sure] = [table(0.4), table(0.9)];
    const { client, requests } = modelThatSays({ "table-html": { html: good } });
    await improve([poor, sure], client);
    expect(poor.rows.map(({ cells }) => cells.map((cell) => cell.text))).toEqual([
      ["Year", "Price"],
      ["1901", "14"],
    ]);
    expect(poor.source).toBe("model");
    expect(sure).toEqual(table(0.9));
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["invented cells", good.replace("14", "99").replace("Price", "Profit")],
    ["lost cells", "<table><tr><td>1901</td></tr></table>"],
    ["no table", "I see no table"],
  ])("with %s are turned down", async (_, html) => {
    const poor = table(0.4);
    const report = await improve([poor], modelThatSays({ "table-html": { html } }).client);
    expect(poor).toEqual(table(0.4));
    expect(report.turned_down).toEqual({ tables: 1 });
  });
});

describe("formulas", () => {
  it("become LaTeX when nothing speaks against it", async () => {
    const block = formula();
    await improve([block], modelThatSays({ "formula-latex": { latex: "$E = mc^{2}$" } }).client);
    expect(block).toMatchObject({ text: "E = mc^{2}", notation: "latex", source: "model" });
  });

  it.each(["E = mc^{2", "E = mc^{7}", "\\href{http://x}{E = mc^2}", ""])("stay as printed for %j", async (latex) => {
    const block = formula();
    await improve([block], modelThatSays({ "formula-latex": { latex } }).client);
    expect(block).toEqual(formula());
  });
});

describe("levels of headings", () => {
  const headings = () => [heading(1, "1 Aims"), heading(1, "1.1 Scope"), heading(1, "2 Means")];

  it("are mended, their text and source are not touched", async () => {
    const blocks = headings();
    const report = await improve(blocks, modelThatSays({ "heading-levels": { levels: [1, 2, 1] } }).client);
    expect(blocks.map(({ level }) => level)).toEqual([1, 2, 1]);
    expect(blocks[1]).toEqual({ ...headings()[1], level: 2 });
    expect(report.made).toEqual({ heading_levels: 1 });
  });

  it.each([[[1, 2]], [[1, 3, 1]], [[1, 2, 1, 1]]])("stay as they were for %j", async (levels) => {
    const blocks = headings();
    await improve(blocks, modelThatSays({ "heading-levels": { levels } }).client);
    expect(blocks).toEqual(headings());
  });

  it("are not asked about where the format states them", async () => {
    const { client, requests } = modelThatSays({ "heading-levels": { levels: [1, 2, 1] } });
    const work = new ModelWork(client, new AbortController().signal);
    const document = { format: "docx", content: headings(), assets: [] } as unknown as Document;
    const input = {
      document,
      assets: new Map(),
      crop: async () => null,
      describePictures: true,
      repair: true,
      maxPixels: 1,
    };
    await improveDocument(input, work);
    expect(requests).toEqual([]);
  });
});

describe("without a model", () => {
  it("everything stays, and the account says what was not available", async () => {
    const blocks = [figure(), table(0.2), formula()];
    const report = await improve(blocks, undefined);
    expect(blocks).toEqual([figure(), table(0.2), formula()]);
    expect(report).toMatchObject({ models: {}, made: {}, not_available: ["formulas", "image_descriptions", "tables"] });
  });

  it("for a role, the pieces of the other role are made", async () => {
    const blocks = [figure(), heading(1, "1 A"), heading(1, "1.1 B"), heading(1, "2 C")];
    const { client } = modelThatSays({ "heading-levels": { levels: [1, 2, 1] } }, { text: "small" });
    expect(await improve(blocks, client)).toMatchObject({
      made: { heading_levels: 1 },
      not_available: ["image_descriptions"],
    });
  });
});

describe("a model that is gone", () => {
  it("is not asked again", async () => {
    let asked = 0;
    const client: ModelClient = {
      models: { text: "small", vision: "seeing" },
      async ask() {
        asked++;
        return { ok: false, reason: "unreachable", message: "refused" };
      },
    };
    const report = await improve([figure(), table(0.1), formula()], client);
    expect(asked).toBe(1);
    expect(report.refused).toEqual({ unreachable: 1 });
  });
});
