import { access, constants, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createFileParser } from "../app.ts";
import { readConfig } from "../config.ts";
import { createProgressBar } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

interface ParseFlags {
  output?: string;
  json?: boolean;
  pages?: string;
  password?: string;
  ocr?: boolean;
  ocrLanguages?: string;
  furniture?: boolean;
  hiddenText?: boolean;
  wholePage?: boolean;
}

/** Parses one file the way a worker would, child process and limits included; no server, no database. */
export async function parseFile(file: string, flags: ParseFlags): Promise<void> {
  await checkReadable(file);
  const parser = createFileParser(readConfig());
  const scratch = await mkdtemp(join(tmpdir(), "knowhere-cli-"));
  const bar = createProgressBar();
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("Interrupted")));
  try {
    const parsed = await parser.parse({
      path: file,
      fileName: basename(file),
      resultPath: join(scratch, "result.zip"),
      options: {
        ...(flags.pages === undefined ? {} : { pages: flags.pages }),
        ...(flags.password === undefined ? {} : { password: flags.password }),
        ...(flags.ocrLanguages === undefined
          ? {}
          : { ocrLanguages: flags.ocrLanguages.split(",").map((code) => code.trim()) }),
        ocrEnabled: flags.ocr ?? false,
        furniture: flags.furniture ? "keep" : "drop",
        hiddenText: flags.hiddenText ? "keep" : "drop",
        mainContent: !flags.wholePage,
      },
      signal: stop.signal,
      onProgress: (total, done, stage) =>
        stage ? bar.update(stage.done, stage.total, stage.name) : bar.update(done, total),
    });
    bar.end();
    for (const warning of parsed.outcome.warnings) process.stderr.write(`${warning.code}: ${warning.message}\n`);
    if (flags.output !== undefined) {
      const names = await parsed.extract(flags.output);
      process.stderr.write(`Wrote ${names.length} files to ${flags.output}\n`);
    } else {
      process.stdout.write(await parsed.member(flags.json ? "document.json" : "full.md"));
    }
  } finally {
    bar.end();
    await parser.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function checkReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(code === "ENOENT" ? `There is no file ${file}.` : `${file} cannot be read (${code}).`);
  }
  if (!(await stat(file)).isFile()) throw new UsageError(`${file} is not a file.`);
}
