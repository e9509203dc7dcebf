import { describe, expect, it } from "vitest";
import { turnBrackets } from "./brackets.ts";
import type { Word } from "./facts.ts";

const read = (text: string) =>
  turnBrackets(text.split(" ").map((word) => ({ text: word }) as Word))
    .map((word) => word.text)
    .join(" ");

describe("turnBrackets", () => {
  it("turns a pair that closes before it opens, in one word and over several", () => {
    expect(read("סעיף 15 )ב( (4) לחוק")).toBe("סעיף 15 (ב) (4) לחוק");
    expect(read("שלום )עולם גדול( מאד")).toBe("שלום (עולם גדול) מאד");
    expect(read("]א[ )ב(")).toBe("[א] (ב)");
  });

  it("leaves right pairs, list markers and lone brackets alone", () => {
    for (const text of ["סעיף (ב) לחוק", "א) שלום (עולם) טוב", "א) שלום", "שלום (עולם", "abc) שלום (def"])
      expect(read(text)).toBe(text);
  });
});
