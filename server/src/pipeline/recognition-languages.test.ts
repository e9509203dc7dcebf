import { describe, expect, it } from "vitest";
import type { OcrEngine, OcrOptions, OcrPage, Orientation } from "../ports/ocr.ts";
import { inkOn } from "../testing/ink.ts";
import { chooseLanguages } from "./recognition-languages.ts";

const pageOf = (text: string, confidence: number): OcrPage => ({
  words: text.split("\n").flatMap((row, line) =>
    row.split(" ").map((word, at) => ({
      text: word,
      box: [at * 50, line * 20, at * 50 + 40, line * 20 + 15],
      confidence,
      line,
      block: 0,
    })),
  ),
  confidence,
});
const english = "The wind was so strong that none of them could hear what the others said about it";
const spanish = "El viento era tan fuerte que ninguno de los tres podia oir lo que los otros decian en la calle";
const picture = { data: new Uint8Array([1, 2, 3]), width: 3, height: 1 };
const asked: OcrOptions = {
  languages: [],
  page: 4,
  dpi: 200,
  structure: "page",
  lightLetters: false,
  signal: new AbortController().signal,
};

function engineWith(installed: string[], read: (languages: string) => OcrPage, script = "") {
  const calls: string[] = [];
  let orientations = 0;
  const engine: OcrEngine = {
    name: "fake 1.0",
    parallel: 1,
    languages: async () => installed,
    async recognize(_image, { languages }) {
      calls.push(languages.join("+"));
      return read(languages.join("+"));
    },
    async orientation(): Promise<Orientation | null> {
      orientations++;
      return script === "" ? null : { degrees: 0, confidence: 9, script };
    },
    close: async () => {},
  };
  return { engine: chooseLanguages(engine), calls, orientations: () => orientations };
}

describe("choosing the languages of recognition", () => {
  it("reads an English page once, with English", async () => {
    const { engine, calls, orientations } = engineWith(["eng", "spa"], () => pageOf(english, 0.95));
    await engine.recognize(picture, asked);
    expect([calls, orientations(), engine.warnings()]).toEqual([["eng"], 0, []]);
  });

  it("reads again with the language of the words where its data are installed, and begins with it on the next page", async () => {
    const { engine, calls } = engineWith(["eng", "spa"], (languages) =>
      pageOf(spanish, languages === "eng" ? 0.9 : 0.95),
    );
    expect((await engine.recognize(picture, asked)).confidence).toBe(0.95);
    await engine.recognize(picture, { ...asked, page: 5 });
    expect(calls).toEqual(["eng", "spa+eng", "spa+eng"]);
    expect(engine.warnings()).toEqual([]);
  });

  it("keeps the first answer when the other is no better", async () => {
    const { engine } = engineWith(["eng", "spa"], (languages) => pageOf(spanish, languages === "eng" ? 0.9 : 0.7));
    expect((await engine.recognize(picture, asked)).confidence).toBe(0.9);
  });

  it("names the language that is missing, the command that adds it, and the pages", async () => {
    const { engine, calls } = engineWith(["eng"], () => pageOf(spanish, 0.9));
    await engine.recognize(picture, asked);
    await engine.recognize(picture, { ...asked, page: 2 });
    expect(calls).toEqual(["eng", "eng"]);
    expect(engine.warnings()).toMatchObject([
      {
        code: "NEEDS_OCR_LANGUAGE",
        language: "spa",
        pages: [2, 4],
        message: expect.stringContaining("knowhere languages add spa"),
      },
    ]);
  });

  it.each([
    ["Han", ["eng", "chi_tra"], "chi_tra+eng"],
    ["Cyrillic", ["eng", "rus", "bul"], "rus+eng"],
  ])("follows the script of a page that reads poorly: %s", async (script, installed, expected) => {
    const { engine, calls } = engineWith(installed, (codes) => pageOf(english, codes === "eng" ? 0.3 : 0.9), script);
    expect((await engine.recognize(picture, asked)).confidence).toBe(0.9);
    expect(calls).toEqual(["eng", expected]);
  });

  it("looks for the orientation of a poor page once, whoever asks", async () => {
    const { engine, orientations } = engineWith(["eng"], () => pageOf("x y", 0.2), "Latin");
    await engine.recognize(picture, asked);
    await engine.orientation(picture, asked.signal);
    expect(orientations()).toBe(1);
  });

  it("leaves languages that the job names alone", async () => {
    const { engine, calls } = engineWith(["eng", "spa"], () => pageOf(spanish, 0.9));
    await engine.recognize(picture, { ...asked, languages: ["fra"] });
    expect([calls, engine.warnings()]).toEqual([["fra"], []]);
  });

  it("reads a large page that several named languages read badly in the one that its part is clearest in", async () => {
    const large = inkOn(2000, 2000, [[100, 100, 120, 120]]);
    const { engine, calls } = engineWith(["eng", "chi_sim"], (languages) =>
      languages === "chi_sim" ? pageOf("zu wei de shi", 0.7) : pageOf("SAREEEE 8OSM easea", 0.3),
    );
    const named = { ...asked, languages: ["eng", "chi_sim"] };
    expect((await engine.recognize(large, named)).confidence).toBe(0.7);
    // The page, then a part of it in each way, then the page again.
    expect(calls).toEqual(["eng+chi_sim", "eng+chi_sim", "eng", "chi_sim", "chi_sim"]);
    calls.length = 0;
    await engine.recognize(large, named);
    expect(calls).toEqual(["chi_sim"]);
  });

  it("leaves a page that reads well, and a small one, to all languages that a job names", async () => {
    const { engine, calls } = engineWith(["eng", "chi_sim"], () => pageOf("SAREEEE 8OSM easea", 0.3));
    await engine.recognize(picture, { ...asked, languages: ["eng", "chi_sim"] });
    const well = engineWith(["eng", "chi_sim"], () => pageOf(english, 0.9));
    await well.engine.recognize(inkOn(2000, 2000, []), { ...asked, languages: ["eng", "chi_sim"] });
    expect([calls, well.calls]).toEqual([["eng+chi_sim"], ["eng+chi_sim"]]);
  });
});
