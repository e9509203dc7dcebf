import { Problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { readSource, zipOf } from "./read-source.ts";

const endingOf = (name: string, bytes: Uint8Array) =>
  readSource(name, bytes).then(
    () => "read",
    (error: unknown) => (error instanceof Problem ? "problem" : `${(error as Error).stack}`),
  );

describe("hostile input", () => {
  it.each([
    ["deep.html", `${"<div>".repeat(50_000)}x`],
    ["deep.md", `${">".repeat(20_000)} x`],
    ["lists.md", Array.from({ length: 500 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n")],
    ["deep.json", `${"[".repeat(100_000)}1${"]".repeat(100_000)}`],
    ["deep.yaml", `${"[".repeat(20_000)}`],
    ["deep.xml", `${"<a>".repeat(50_000)}x${"</a>".repeat(50_000)}`],
    [
      "bomb.xml",
      '<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]><a>&d;</a>',
    ],
    ["deep.rtf", `{\\rtf1${"{".repeat(100_000)}x`],
    ["wide.csv", `${",".repeat(100_000)}\n`],
    ["nul.txt", "\0".repeat(1000)],
    ["empty.pdf", ""],
    ["lie.docx", "%PDF-1.7\n"],
  ])("%s, nested or lying, ends in a tree or a named problem", async (name, content) => {
    expect(await endingOf(name, Buffer.from(content))).toMatch(/^(read|problem)$/);
  });

  it("does not unpack a member that is far larger than it says it may be", async () => {
    const bomb = await zipOf({
      "[Content_Types].xml": "<Types/>",
      "word/document.xml": Buffer.alloc(300 * 1024 * 1024, 0x20),
    });
    expect(await endingOf("bomb.docx", bomb)).toBe("problem");
  });
});
