import { readFileSync } from "node:fs";
import { formats } from "@knowhere/contract";
import { describe, expect, it } from "vitest";

const text = readFileSync(new URL("../../../docs/formats.md", import.meta.url), "utf8");
const rows = new Map(
  [...text.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map((row) => [
    row[1]!,
    row.slice(2).map((cell) => cell.trim()),
  ]),
);

describe("docs/formats.md", () => {
  it.each(formats.map((format) => [format.name]))("says what is kept of %s", (name) => {
    expect(rows.get(name)?.[1]?.length).toBeGreaterThan(10);
  });

  it("documents no format that is gone", () => {
    expect([...rows.keys()].filter((name) => !formats.some((format) => format.name === name))).toEqual([]);
  });

  it.each(formats.map((format) => [format.name, format] as const))(
    "names the first extension of %s and none it does not have",
    (name, format) => {
      const named = rows.get(name)![0]!.match(/\.\w+/g) ?? [];
      expect(named).toContain(format.extensions[0]);
      expect(named.filter((extension) => !format.extensions.includes(extension))).toEqual([]);
    },
  );
});
