import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { openLibreOffice } from "./converter.ts";

const office = await openLibreOffice();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-office-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function converterOrSkip(context: TestContext) {
  if (!office) context.skip("LibreOffice is not installed");
  const path = join(folder, "letter.rtf");
  await writeFile(path, "{\\rtf1\\ansi Dear reader}");
  return { office: office!, path };
}
const familyOf = (text: string) =>
  execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(text));

describe("the LibreOffice converter", () => {
  it("makes the modern sibling and leaves only that behind", async (context) => {
    const { office, path } = await converterOrSkip(context);
    const made = await office.convert(path, "docx", folder, new AbortController().signal);
    expect((await readFile(made)).subarray(0, 2).toString()).toBe("PK");
    expect(familyOf(folder)).toEqual([]);
  });

  it("is killed with everything it started when the parse is cancelled", async (context) => {
    const { office, path } = await converterOrSkip(context);
    const cancel = new AbortController();
    const converting = office.convert(path, "docx", folder, cancel.signal);
    while (familyOf(folder).length === 0) await new Promise((done) => setTimeout(done, 20));
    cancel.abort(new Error("cancelled"));
    await expect(converting).rejects.toThrow("cancelled");
    await expect.poll(() => familyOf(folder)).toEqual([]);
  });
});
