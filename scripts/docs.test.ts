import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { formats } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { makeReference } from "./make-reference.ts";
import { root } from "./setup.mjs";

const read = (path: string) => readFileSync(join(root, path), "utf8");
/** Links inside code are examples. */
const withoutCode = (text: string) => text.replace(/```[\s\S]*?```/g, "").replace(/`[^`\n]*`/g, "");
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...(readdirSync(join(root, "docs"), { recursive: true }) as string[])
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

describe("the docs", () => {
  it.each(Object.entries(makeReference()))("reference/%s is what the code says (npm run generate)", (name, text) => {
    expect(read(`docs/reference/${name}`)).toBe(text);
  });

  it("link to files that are there", () => {
    const dead = pages.flatMap((page) =>
      [...withoutCode(read(page)).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map((match) => match[1]!)
        .filter((target) => !existsSync(resolve(root, dirname(page), target)))
        .map((target) => `${page} -> ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it("list every format in the README", () => {
    const readme = read("README.md");
    const missing = formats.filter(
      ({ title, extensions }) => !readme.includes(`| ${title} | ${extensions.join(", ")} |`),
    );
    expect(missing).toEqual([]);
  });

  it("number every decision once", () => {
    const numbers = readdirSync(join(root, "docs/decisions")).map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("speak of the project alone", () => {
    const foreign = /\/work\/|\/root\/|\/tmp\/k\b|\bissue \d|\bthis session\b/i;
    expect(pages.filter((page) => foreign.test(read(page)))).toEqual([]);
  });
});
