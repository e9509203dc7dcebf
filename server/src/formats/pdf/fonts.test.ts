import { describe, expect, it } from "vitest";
import { describeFont, weighFonts } from "./fonts.ts";

const font = (name: string, weight: number) => describeFont(name, 0, weight, 0);

describe("weighFonts", () => {
  it("takes a font for bold that is much heavier than the body's", () => {
    const fonts = [font("Body", 400), font("Strong", 700), font("Other", 500)];
    weighFonts(fonts, [900, 40, 60], [0, 0, 0]);
    expect(fonts.map(({ bold }) => bold)).toEqual([false, true, false]);
  });

  it("compares Chinese and Japanese fonts with each other only", () => {
    const fonts = [font("Body", 400), font("MS-PGothic", 640), font("Gothic-W9", 860)];
    weighFonts(fonts, [900, 200, 40], [0, 190, 40]);
    expect(fonts.map(({ bold }) => bold)).toEqual([false, false, true]);
  });
});
