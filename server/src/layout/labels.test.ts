import type { Paragraph } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { joinLabels } from "./labels.ts";

const paragraph = (text: string, y = 0): Paragraph => ({
  type: "paragraph",
  content: [{ type: "text", text }],
  places: [{ page: 1, box: [0, y, 10, y + 8] }],
});

describe("the words inside a figure", () => {
  it("are the lines of one paragraph where they are many and short", () => {
    const [joined, ...others] = joinLabels(
      ["2019", "2020", "2021", "per cent"].map((text, at) => paragraph(text, 10 * at)),
    );
    expect(others).toEqual([]);
    expect(joined).toMatchObject({
      content: [
        { text: "2019" },
        { type: "break" },
        { text: "2020" },
        { type: "break" },
        { text: "2021" },
        { type: "break" },
        { text: "per cent" },
      ],
      places: [{ page: 1, box: [0, 0, 10, 38] }],
    });
  });

  it("stay paragraphs where they are few, or the text of a panel", () => {
    const few = [paragraph("2019"), paragraph("2020")];
    expect(joinLabels(few)).toBe(few);
    const text = Array.from({ length: 4 }, () => paragraph("A sentence that somebody wrote to be read."));
    expect(joinLabels(text)).toBe(text);
    const list = [...few, ...few, { type: "list" as const, ordered: false, items: [] }];
    expect(joinLabels(list)).toBe(list);
  });
});
