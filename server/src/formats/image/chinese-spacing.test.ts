import { describe, expect, it } from "vitest";
import type { OcrWord } from "../../ports/ocr.ts";
import { spaceLine } from "./chinese-spacing.ts";

/** Words one after the other with the given gaps before them, in px; an em is 100 px. */
function line(...parts: [text: string, gap: number][]): string {
  let x = 0;
  const words = parts.map(([text, gap]): OcrWord => {
    const box: OcrWord["box"] = [x + gap, 0, x + gap + 90 * text.length, 93];
    x = box[2];
    return { text, box, confidence: 1, line: 0, block: 0 };
  });
  return spaceLine(words, 100)
    .map(({ text, spaceBefore }, at) => (at > 0 && spaceBefore ? " " : "") + text)
    .join("");
}

describe("a line of Chinese", () => {
  it("has no spaces where only the face sets digits, letters and quotes apart", () => {
    expect(line(["共", 10], ["12", 25], ["个月", 25])).toBe("共12个月");
    expect(line(["称", 10], ["“", 60], ["公司", 10], ["”", 10])).toBe("称“公司”");
  });

  it("keeps a space that was printed", () => {
    expect(line(["报告", 10], ["2024", 80], ["年度", 10])).toBe("报告 2024年度");
  });

  it("has full-width punctuation", () => {
    expect(line(["结论", 10], [",", 10], ["独立", 60])).toContain("，");
    expect(line(["报告:", 10], ["正文", 60])).toContain("报告：");
    // Between two signs of full width layout decides by the gap.
    expect(line(["公司", 10], ["(以下", 50], ["简称)", 10], ["具有", 50]).replaceAll(" ", "")).toBe(
      "公司（以下简称）具有",
    );
  });
});

it("leaves lines of other scripts alone", () => {
  expect(line(["Hello,", 10], ["world", 5])).toBe("Hello, world");
});
