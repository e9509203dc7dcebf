import { describe, expect, it } from "vitest";
import type { OcrEngine, OcrOptions, OcrPage, OcrWord, Orientation } from "../../ports/ocr.ts";
import { inkOn } from "../../testing/ink.ts";
import type { GrayImage } from "./pixels.ts";
import { recognizePage } from "./recognition.ts";

interface Seen {
  width: number;
  height: number;
  structure: OcrOptions["structure"];
}

const wordsOf = (texts: readonly string[], confidence: number, upright = true): OcrPage => {
  const words = texts.map((text, at): OcrWord => {
    const [x, y] = [100, 100 + at * 50];
    return { text, box: upright ? [x, y, x + 200, y + 30] : [x, y, x + 30, y + 200], confidence, line: at, block: 0 };
  });
  return { words, confidence };
};
const good = wordsOf(["several", "ordinary", "words", "stand", "here"], 0.95);
const poor = wordsOf(["xq", "zzy", "kkj", "wv", "jq"], 0.3);

/** Answers by what is asked. */
function fakeEngine(answer: (asked: Seen, call: number) => OcrPage, orientation: Orientation | null = null) {
  const seen: Seen[] = [];
  let orientationAsked = 0;
  const engine: OcrEngine = {
    name: "fake",
    parallel: 1,
    languages: async () => ["eng"],
    async recognize({ width, height }, { structure }) {
      const asked = { width, height, structure };
      seen.push(asked);
      return answer(asked, seen.length);
    },
    async orientation() {
      orientationAsked++;
      return orientation;
    },
    close: async () => {},
  };
  return { engine, seen, orientationAsked: () => orientationAsked };
}
const page: GrayImage = inkOn(1200, 1700, [[100, 100, 101, 101]]);
const options = { languages: ["eng"], dpi: 144, page: 3, signal: new AbortController().signal };

describe("recognising a page", () => {
  it("asks once when the answer is good, and turns words into facts in points", async () => {
    const { engine, seen, orientationAsked } = fakeEngine(() => good);
    const { facts, turned, confidence } = await recognizePage(page, engine, options);
    expect([seen.length, orientationAsked(), turned, confidence]).toEqual([1, 0, 0, 0.95]);
    expect(facts).toMatchObject({ page: 3, width: 600, height: 850, origin: "ocr" });
    expect(facts.glyphs[0]).toMatchObject({ text: "several", box: [50, 50, 150, 65], confidence: 0.95 });
  });

  it("takes the page as one block when blocks read poorly, and keeps the better answer", async () => {
    const { engine, seen } = fakeEngine(({ structure }) => (structure === "block" ? good : poor));
    const { facts } = await recognizePage(page, engine, options);
    expect(seen.map(({ structure }) => structure)).toEqual(["page", "block"]);
    expect(facts.glyphs.map(({ text }) => text)).toContain("ordinary");
    const other = fakeEngine(({ structure }) => (structure === "block" ? wordsOf(["q"], 0.1) : poor));
    expect((await recognizePage(page, other.engine, options)).facts.glyphs[0]!.text).toBe("xq");
  });

  it("turns a page on its side when its words stand on end", async () => {
    const onEnd = wordsOf(["several", "ordinary", "words", "stand", "here"], 0.9, false);
    const { engine } = fakeEngine(
      ({ width, height }) =>
        width > height
          ? wordsOf(
              good.words.map(({ text }) => `${text}${text}`),
              0.95,
            )
          : onEnd,
      {
        degrees: 270,
        confidence: 5,
        script: "Latin",
      },
    );
    const { turned, facts } = await recognizePage(page, engine, options);
    expect(turned).toBe(270);
    expect([facts.width, facts.height]).toEqual([850, 600]);
  });

  it("tries both sides when the orientation is a guess", async () => {
    const onEnd = wordsOf(["several", "ordinary", "words", "stand", "here"], 0.5, false);
    let sideways = 0;
    const { engine } = fakeEngine(
      ({ width, height, structure }) => {
        if (width < height) return onEnd;
        if (structure === "page") sideways++;
        return sideways === 2 ? good : poor;
      },
      { degrees: 0, confidence: 0.4, script: "Latin" },
    );
    expect((await recognizePage(page, engine, options)).turned).toBe(270);
  });

  it("turns a page that stands on its head when the other way up reads better", async () => {
    const { engine, seen } = fakeEngine((_, call) => (call <= 2 ? poor : good), {
      degrees: 180,
      confidence: 9,
      script: "Latin",
    });
    expect((await recognizePage(page, engine, options)).turned).toBe(180);
    expect(seen).toHaveLength(3);
  });

  it("stays as it was when turning does not help", async () => {
    const { engine } = fakeEngine(() => poor, { degrees: 180, confidence: 9, script: "Latin" });
    expect((await recognizePage(page, engine, options)).turned).toBe(0);
  });

  it("leaves out specks: words that are hardly sure and signs that are no text", async () => {
    const mixed = wordsOf(["several", "ordinary", "words", "stand"], 0.9);
    mixed.words.push({ text: "speck", box: [1, 1, 9, 9], confidence: 0.05, line: 4, block: 1 });
    mixed.words.push({ text: "\u200b", box: [1, 1, 9, 9], confidence: 0.9, line: 4, block: 1 });
    const { facts } = await recognizePage(page, fakeEngine(() => mixed).engine, options);
    expect(facts.glyphs.map(({ text }) => text)).toEqual(["several", "ordinary", "words", "stand"]);
  });

  it("keeps a word that is hardly sure inside a line of sure words, so that no sentence loses one", async () => {
    const line = wordsOf(["several", "ordinary", "words", "stand"], 0.9);
    const [x0, y0, x1, y1] = line.words[3]!.box;
    const next = {
      box: [x1 + 5, y0, x1 + 5 + (x1 - x0), y1] as (typeof line.words)[0]["box"],
      line: line.words[3]!.line,
      block: 1,
    };
    const sameLine = line.words.map((word) => ({ ...word, line: next.line }));
    const glyphsWith = async (text: string) => {
      const words = [...sameLine, { ...next, text, confidence: 0 }];
      const { facts } = await recognizePage(page, fakeEngine(() => ({ ...line, words })).engine, options);
      return facts.glyphs.map((glyph) => glyph.text);
    };
    expect(await glyphsWith("rdpido")).toContain("rdpido");
    expect(await glyphsWith("~=")).not.toContain("~=");
  });

  it("leaves out a bar that is an upright ruling, not one that is written", async () => {
    const ruled = inkOn(1200, 1700, [
      [800, 400, 802, 900],
      [100, 400, 1100, 402],
      [100, 900, 1100, 902],
    ]);
    const bar = { text: "|", confidence: 0.9, line: 9, block: 1 };
    const onRuling: OcrWord = { ...bar, box: [795, 450, 807, 500] };
    const written: OcrWord = { ...bar, box: [900, 450, 907, 480] };
    const barsOf = async (word: OcrWord) => {
      const words = [...good.words, word];
      const { facts } = await recognizePage(ruled, fakeEngine(() => ({ ...good, words })).engine, options);
      return facts.glyphs.filter(({ text }) => text === "|").length;
    };
    expect([await barsOf(onRuling), await barsOf(written)]).toEqual([0, 1]);
  });

  it("enlarges a small picture before it is read and states its places in the original's points", async () => {
    const { engine, seen } = fakeEngine(() => good);
    const { facts } = await recognizePage(inkOn(600, 800, []), engine, options);
    expect(seen[0]).toMatchObject({ width: 1200, height: 1600 });
    expect([facts.width, facts.height]).toEqual([300, 400]);
    expect(facts.glyphs[0]!.box).toEqual([25, 25, 75, 32.5]);
  });

  it("tries a large page that reads badly on a small part first, and leaves it where that is noise", async () => {
    const large = inkOn(2000, 2000, [[100, 100, 120, 120]]);
    const { engine, seen } = fakeEngine(() => poor);
    const { facts } = await recognizePage(large, engine, options);
    const whole = seen.filter(({ width }) => width === 2000);
    expect(whole).toEqual([{ width: 2000, height: 2000, structure: "page" }]);
    expect(seen.filter(({ structure }) => structure === "block").map(({ width, height }) => [width, height])).toEqual([
      [666, 250],
      [666, 250],
    ]);
    expect(facts.glyphs).toHaveLength(poor.words.length);
  });

  it("keeps what was read when a further try takes too long or fails", async () => {
    const { engine } = fakeEngine(() => poor);
    const recognize = engine.recognize.bind(engine);
    let ended = 0;
    engine.recognize = (image, asked) =>
      asked.structure === "page"
        ? recognize(image, asked)
        : new Promise((_, fail) => {
            asked.signal.addEventListener("abort", () => {
              ended++;
              fail(asked.signal.reason);
            });
          });
    const slow = await recognizePage(page, engine, { ...options, retryMs: 5 });
    expect([ended > 0, slow.facts.glyphs.length]).toEqual([true, poor.words.length]);
    engine.recognize = (image, asked) =>
      asked.structure === "page" ? recognize(image, asked) : Promise.reject(new Error("the program ended"));
    expect((await recognizePage(page, engine, options)).facts.glyphs).toHaveLength(poor.words.length);
  });

  it("ends with the job all the same", async () => {
    const { engine } = fakeEngine(() => poor);
    const recognize = engine.recognize.bind(engine);
    const stop = new AbortController();
    engine.recognize = async (image, asked) => {
      if (asked.structure === "page") return recognize(image, asked);
      stop.abort(new Error("cancelled"));
      throw asked.signal.reason;
    };
    await expect(recognizePage(page, engine, { ...options, signal: stop.signal })).rejects.toThrow("cancelled");
  });
});
