import { describe, expect, it } from "vitest";
import type { ChunkedSection } from "../chunks/chunks.ts";
import { sectionHierarchy } from "./hierarchy.ts";

const sectionsOf = (titles: readonly string[]) =>
  ({ sections: titles.map((title) => ({ depth: 1, titles: [title] }) as unknown as ChunkedSection) }) as Parameters<
    typeof sectionHierarchy
  >[0];

describe("the hierarchy of sections", () => {
  it("numbers equal titles side by side, whatever other titles look like", () => {
    const titles = ["a", "a", "a (2)", "a", "constructor", "__proto__"];
    expect(Object.keys(sectionHierarchy(sectionsOf(titles)))).toEqual([
      "a",
      "a (2)",
      "a (2) (2)",
      "a (3)",
      "constructor",
      "__proto__",
    ]);
  });

  it("takes a title that is said a hundred thousand times", () => {
    const titles = Array.from({ length: 100_000 }, () => "a");
    expect(Object.keys(sectionHierarchy(sectionsOf(titles)))).toHaveLength(100_000);
  });
});
