import { describe, expect, it } from "vitest";
import { choosePages } from "./page-range.ts";

describe("choosePages", () => {
  it.each([
    [undefined, [1, 2, 3, 4, 5]],
    ["", [1, 2, 3, 4, 5]],
    ["2", [2]],
    ["4-", [4, 5]],
    ["-2", [1, 2]],
    ["1-2, 2-3,5", [1, 2, 3, 5]],
    ["4-99", [4, 5]],
  ])("reads %s", (text, pages) => {
    expect(choosePages(text, 5)).toEqual(pages);
  });

  it("refuses what is no range, and ranges that leave nothing", () => {
    for (const text of ["one", "1-2-3", "1;2", "-", "1,,2"])
      expect(() => choosePages(text, 5), text).toThrow(/page range/);
    expect(() => choosePages("7-9", 5)).toThrow(/None of the pages/);
    expect(() => choosePages("4-2", 5)).toThrow(/None of the pages/);
  });
});
