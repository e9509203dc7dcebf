/** The bombs, read in this process: what should be bounded by a limit must not need the sandbox to end it. */
import { describe, expect, it } from "vitest";
import { bombs } from "./bombs.ts";
import { endingOf } from "./fuzz/ending.ts";

describe("hostile input", () => {
  it.each(Object.entries(bombs))("%s ends in a document or a named problem", async (name, make) => {
    const content = await make();
    expect(await endingOf(name, Buffer.from(content as string))).toMatch(/^(done|[A-Z_]+)$/);
  });

  it.each([
    "ratio.docx",
    "entries.docx",
    "overlap.docx",
    "gigapixels.png",
    "thin.png",
    "repeats.ods",

    "groups.rtf",
  ])("%s is refused as what it is", async (name) => {
    const content = await bombs[name]!();
    expect(await endingOf(name, Buffer.from(content as string))).toBe("LIMIT_EXCEEDED");
  });
});
