/** An installed Tesseract: a process per page. Twice as fast as the WebAssembly build, and its memory goes with it. */
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { problem } from "@knowhere/contract";
import type { OcrEngine, OcrOptions, OcrPage, OcrPicture, Orientation } from "../../ports/ocr.ts";
import { gatherLanguages, listLanguages } from "./languages.ts";
import { openNameless } from "./nameless-file.ts";
import { encodeSerialized } from "./picture-files.ts";
import { readTsv } from "./tsv.ts";

export interface TesseractOptions {
  /** Folder with data that the operator added. */
  languagesDir: string;
  parallel: number;
}

const maxAnswerBytes = 64 * 1024 * 1024;
/** A dense page in two languages takes a minute, several on a loaded machine; the job's own deadline ends it earlier. */
const pageTimeoutMs = 900_000;
/** What the config file named "tsv" sets: a data folder of our own has no config files, and Tesseract then prints plain text. */
const asTsv = ["-c", "tessedit_create_tsv=1"];

const run = promisify(execFile);

/** On Linux a page that is being read dies with the process that asked for it; a pipe that breaks is noticed at the end only. */
const dyingPrefix = ["setpriv", "--pdeathsig", "KILL", "--"];

/** Looks for the program; null when there is none. */
export async function openNativeTesseract(options: TesseractOptions): Promise<OcrEngine | null> {
  const installed = await run("tesseract", ["--list-langs"], { timeout: 10_000 }).catch(() => null);
  const stated = await run("tesseract", ["--version"], { timeout: 10_000 }).catch(() => null);
  if (!installed || !stated) return null;
  const trial = [...dyingPrefix.slice(1), "true"];
  const canDie =
    process.platform === "linux" && (await run(dyingPrefix[0]!, trial, { timeout: 5000 }).catch(() => null));
  const program = [...(canDie ? dyingPrefix : []), "tesseract"];
  const version = /tesseract\s+v?(\S+)/.exec(stated.stdout + stated.stderr)?.[1] ?? "";
  const systemFolder = /in "([^"]+)"/.exec(installed.stdout + installed.stderr)?.[1]?.replace(/\/$/, "") ?? null;
  const systemLanguages = installed.stdout
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .filter(Boolean);

  // The older name goes with release 6, the newer one came with 5.
  const darkLetters = ["-c", Number.parseInt(version, 10) >= 6 ? "invert_threshold=0" : "tessedit_do_invert=0"];

  const known = async () => [...new Set([...systemLanguages, ...(await listLanguages(options.languagesDir))])].sort();
  async function dataFolderFor(codes: readonly string[]): Promise<string[]> {
    if (codes.every((code) => systemLanguages.includes(code))) return [];
    const available = await known();
    const missing = codes.find((code) => !available.includes(code));
    if (missing !== undefined) throw problem("OCR_LANGUAGE_MISSING", { language: missing });
    const target = join(options.languagesDir, "unpacked");
    await gatherLanguages(codes, options.languagesDir, systemFolder, target);
    return ["--tessdata-dir", target];
  }

  return {
    name: `tesseract ${version}`,
    parallel: options.parallel,
    languages: async () => (await known()).filter((code) => code !== "osd"),
    async recognize(
      image: OcrPicture,
      { languages, dpi, structure, lightLetters, signal }: OcrOptions,
    ): Promise<OcrPage> {
      const data = await dataFolderFor(languages);
      const mode = structure === "page" ? "3" : "6";
      const { output } = await ask(
        [
          ...program,
          ...data,
          "-l",
          languages.join("+"),
          "--psm",
          mode,
          "--dpi",
          String(Math.round(dpi)),
          ...(lightLetters ? [] : darkLetters),
          ...asTsv,
        ],
        image,
        signal,
      );
      return readTsv(output);
    },
    async orientation(image: OcrPicture, signal: AbortSignal): Promise<Orientation | null> {
      const data = await dataFolderFor(["osd"]);
      // Too little text is an answer too: Tesseract then ends with an error.
      const answer = await ask([...program, ...data, "--psm", "0"], image, signal).catch((error) => {
        if (signal.aborted) throw error;
        return { output: "" };
      });
      const value = (name: string) => new RegExp(`${name}: (.+)`).exec(answer.output)?.[1]?.trim();
      const degrees = Number(value("Rotate") ?? Number.NaN);
      if (degrees !== 0 && degrees !== 90 && degrees !== 180 && degrees !== 270) return null;
      return { degrees, confidence: Number(value("Orientation confidence") ?? 0), script: value("Script") ?? "" };
    },
    close: async () => {},
  };
}

/** One run of the program: the picture goes in, what it prints comes out. */
async function ask(words: string[], image: OcrPicture, signal: AbortSignal): Promise<{ output: string }> {
  const bytes = encodeSerialized(image);
  // From a pipe the program takes byte by byte, which costs as much as a fifth of a page; from a file it does not.
  const file = await openNameless(bytes).catch(() => null);
  try {
    return await printed([...words, file ? ownInput : "stdin", "stdout"], file?.fd ?? bytes, signal);
  } finally {
    await file?.close();
  }
}

/** Its standard input by the name of a file, which it may seek in. */
const ownInput = "/dev/fd/0";

/** @param input A file's descriptor, or what is written to its standard input. */
function printed(words: string[], input: number | Uint8Array, signal: AbortSignal): Promise<{ output: string }> {
  return new Promise((resolve, reject) => {
    // Its default number of threads makes it slower, and pages run side by side here.
    const child = spawn(words[0]!, words.slice(1), {
      env: { PATH: "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin", OMP_THREAD_LIMIT: "1" },
      signal,
      stdio: [typeof input === "number" ? input : "pipe", "pipe", "pipe"],
      timeout: pageTimeoutMs,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    let errors = "";
    let bytes = 0;
    child.stdout!.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes > maxAnswerBytes) child.kill("SIGKILL");
      else parts.push(part);
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    child.once("error", reject);
    child.once("close", (code, killed) => {
      if (code === 0) resolve({ output: Buffer.concat(parts).toString("utf8") });
      else reject(new Error(`tesseract ended with ${killed ?? `status ${code}`}: ${errors.trim()}`));
    });
    if (typeof input === "number") return;
    // It may end before it has read everything (a picture it refuses): the exit status says so.
    child.stdin!.on("error", () => {});
    child.stdin!.end(input);
  });
}
