import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { readGray } from "../../formats/image/pixels.ts";
import type { OcrPicture } from "../../ports/ocr.ts";
import { drawPage, letterLines } from "../../testing/drawn-pages.ts";
import { openNativeTesseract } from "./native.ts";

let folder: string;
let page: OcrPicture;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-tesseract-test-"));
  // Dense enough to keep the program busy until it is looked at.
  const lines = Array.from({ length: 12 }, (_, at) => ({
    text: letterLines[at % letterLines.length]!,
    x: 60,
    y: 60 + at * 40,
  }));
  page = await readGray(sharp(await drawPage({ width: 1600, height: 600, lines })));
  await writeFile(join(folder, "page"), page.data);
});
afterAll(() => rm(folder, { recursive: true }));

const read = (pid: string | number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
};
/** Running programs of that name below a process: a dead one that nobody has collected yet does not count. */
const tesseractsOf = (parent: number) =>
  readdirSync("/proc").filter((pid) => {
    const [, name, state, above] = /^\d+ \((.*)\) (\S) (\d+)/.exec(read(pid, "stat")) ?? [];
    return name === "tesseract" && state !== "Z" && Number(above) === parent;
  });

async function engineOrSkip(context: TestContext) {
  if (process.platform !== "linux")
    context.skip("only Linux shows the environment of a process, and lets it die with another");
  const engine = await openNativeTesseract({ languagesDir: folder, parallel: 1 });
  if (!engine) context.skip("Tesseract is not installed");
  return engine!;
}

const asked = { languages: ["eng"], dpi: 150, structure: "page", lightLetters: false } as const;

describe("the process of a native Tesseract", () => {
  it("has an environment of its own", async (context) => {
    const engine = await engineOrSkip(context);
    process.env["KNOWHERE_TEST_SECRET"] = "hush";
    let over = false;
    const reading = engine.recognize(page, { ...asked, signal: new AbortController().signal }).finally(() => {
      over = true;
    });
    const seen = new Set<string>();
    while (!over) {
      for (const pid of tesseractsOf(process.pid)) seen.add(read(pid, "environ"));
      await new Promise((done) => setTimeout(done, 5));
    }
    delete process.env["KNOWHERE_TEST_SECRET"];
    expect((await reading).words.length).toBeGreaterThan(50);
    seen.delete("");
    expect(
      [...seen].map((text) =>
        text
          .split("\0")
          .filter(Boolean)
          .map((one) => one.split("=")[0]),
      ),
    ).toEqual([["PATH", "OMP_THREAD_LIMIT"]]);
  });

  it("dies with the process that asked for a page", async (context) => {
    await engineOrSkip(context);
    const program = `import { readFileSync } from "node:fs";
      import { openNativeTesseract } from ${JSON.stringify(new URL("./native.ts", import.meta.url).href)};
      const engine = await openNativeTesseract({ languagesDir: ${JSON.stringify(folder)}, parallel: 1 });
      const page = { data: readFileSync(${JSON.stringify(join(folder, "page"))}), width: 1600, height: 600 };
      for (;;) await engine.recognize(page, { languages: ["eng"], dpi: 150, structure: "page", signal: new AbortController().signal });`;
    const words = ["--conditions=source", "--import", "tsx", "--input-type=module", "-e", program];
    const asking = spawn(process.execPath, words, { stdio: "ignore" });
    const started: string[] = [];
    await expect
      .poll(
        () => started.push(...tesseractsOf(asking.pid!).filter((pid) => /\/dev\/fd\/0/.test(read(pid, "cmdline")))),
        {
          interval: 5,
        },
      )
      .toBeGreaterThan(0);
    // Without the words that let it die it would read the page to its end: stopped, it cannot come to that.
    const reader = Number(started[0]);
    process.kill(reader, "SIGSTOP");
    asking.kill("SIGKILL");
    try {
      await expect.poll(() => read(reader, "cmdline"), { interval: 20 }).toBe("");
    } finally {
      if (read(reader, "cmdline") !== "") process.kill(reader, "SIGKILL");
    }
  });

  it("leaves no file of a page behind, and reads where none can be made", async (context) => {
    const engine = await engineOrSkip(context);
    const own = await mkdtemp(join(tmpdir(), "knowhere-scratch-"));
    const before = process.env["TMPDIR"];
    const read = async () =>
      (await engine.recognize(page, { ...asked, signal: new AbortController().signal })).words.map(({ text }) => text);
    try {
      process.env["TMPDIR"] = own;
      const words = await read();
      expect(readdirSync(own)).toEqual([]);
      process.env["TMPDIR"] = join(own, "missing");
      expect(await read()).toEqual(words);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      await rm(own, { recursive: true });
    }
  });
});
