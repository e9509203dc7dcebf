import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { RequestLine } from "../../ports/log.ts";
import { createLog } from "./log.ts";

const now = () => Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const line: RequestLine = {
  requestId: "req_1",
  method: "GET",
  path: "/v1/jobs/job_1",
  operation: "getJob",
  status: 200,
  ms: 1.5,
  keyId: "key_1",
};

function openLog(level = "info") {
  const lines: string[] = [];
  const writer = { write: (text: string) => void lines.push(text), settle: async () => {} };
  return { lines, log: createLog({ level, version: "1.2.3", writer, now }) };
}

describe("the line of a request", () => {
  it.each([
    ["a plain one", line],
    ["one of an unknown path and caller", { ...line, operation: undefined, keyId: undefined, status: 404 }],
    ["one with a hostile path", { ...line, path: '/"\\\n\u2028}{"level":60,é', requestId: 'a"b' }],
  ])("is what pino would write of it: %s", (_name, fields) => {
    const { lines, log } = openLog();
    log.request(fields);
    log.info(fields, "request");
    expect(JSON.parse(lines[0]!)).toEqual(JSON.parse(lines[1]!));
    expect(lines[0]!.endsWith("}\n")).toBe(true);
    expect(lines[0]!.indexOf("\n")).toBe(lines[0]!.length - 1);
  });

  it("is left out above its level", () => {
    const { lines, log } = openLog("warn");
    log.request(line);
    log.warn({}, "kept");
    expect(lines.map((text) => JSON.parse(text).msg)).toEqual(["kept"]);
  });
});

describe("the lines of a process", () => {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const writer = fileURLToPath(new URL("./line-writer.ts", import.meta.url));
  const argsOf = (program: string) => [
    "--import",
    tsx,
    "--input-type=module",
    "-e",
    `import { createLineWriter } from ${JSON.stringify(writer)}; const writer = createLineWriter(1); ${program}`,
  ];
  const run = (program: string) => promisify(execFile)(process.execPath, argsOf(program));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program.
  const many = "for (let n = 0; n < 5000; n++) writer.write(`line ${n}\\n`);";
  const all = Array.from({ length: 5000 }, (_, n) => `line ${n}\n`).join("");

  it.each([
    ["by itself", ""],
    ["at once", "process.exit(0);"],
    ["after settling", "await writer.settle(); process.kill(process.pid, 'SIGKILL');"],
  ])("are all there and in order when it ends %s", async (_how, end) => {
    const { stdout } = await run(many + end).catch((ended) => ended);
    expect(stdout).toBe(all);
  });

  it("are all there when it ends of an error that nobody caught", async () => {
    const ended = await run(`${many} throw new Error("uncaught");`).catch((error) => error);
    expect(ended.stdout).toBe(all);
    expect(ended.stderr).toContain("uncaught");
  });

  it("are given up when their reader has gone, and the process goes on", async () => {
    const child = spawn(
      process.execPath,
      argsOf(`writer.write("begun\\n");
        process.stdin.once("data", async () => {
          for (let turn = 0; turn < 3; turn++) { ${many} await writer.settle(); }
          process.stderr.write("alive", () => process.exit());
        });`),
    );
    await once(child.stdout, "data");
    child.stdout.destroy();
    child.stdin.write("go");
    expect(await text(child.stderr)).toBe("alive");
  });
});
