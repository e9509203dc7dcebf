import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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

const pidsOf = (text: string) =>
  execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
const readProcess = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
};

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

  it("starts with an environment of its own", async (context) => {
    if (process.platform !== "linux") context.skip("only Linux shows the environment of a process");
    const { office, path } = await converterOrSkip(context);
    process.env["KNOWHERE_TEST_SECRET"] = "hush";
    const converting = office.convert(path, "docx", folder, new AbortController().signal);
    let over = false;
    void converting.finally(() => {
      over = true;
    });
    const seen = new Set<string>();
    while (!over) {
      for (const pid of pidsOf(folder)) {
        const [name, environment] = [readProcess(pid, "comm").trim(), readProcess(pid, "environ")];
        expect(environment).not.toContain("hush");
        if (environment !== "") seen.add(name);
      }
      await new Promise((done) => setTimeout(done, 5));
    }
    delete process.env["KNOWHERE_TEST_SECRET"];
    await converting;
    expect([...seen].some((name) => /office|oosplash/.test(name))).toBe(true);
  });

  it("dies with the process that asked for it", async (context) => {
    const { path } = await converterOrSkip(context);
    const program = `import { openLibreOffice } from ${JSON.stringify(new URL("./converter.ts", import.meta.url).href)};
      const office = await openLibreOffice();
      await office.convert(${JSON.stringify(path)}, "docx", ${JSON.stringify(folder)}, new AbortController().signal);`;
    const asking = spawn(
      process.execPath,
      ["--conditions=source", "--import", "tsx", "--input-type=module", "-e", program],
      {
        stdio: "ignore",
      },
    );
    // Not the asking process itself, whose program names the folder too.
    const converters = () => pidsOf(folder).filter((pid) => /office|oosplash/.test(readProcess(pid, "comm")));
    await expect.poll(() => converters().length, { interval: 10 }).toBeGreaterThan(0);
    asking.kill("SIGKILL");
    await expect.poll(() => converters()).toEqual([]);
  });
});
