import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");

/** Runs the command line from its sources; never rejects. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  const command = ["--conditions=source", "--import", tsx, main, ...args];
  const ended = promisify(execFile)(process.execPath, command, { env: { ...process.env, ...env } });
  const { code = 0, stdout, stderr } = await ended.catch((error) => error);
  return { code, stdout, stderr };
}

it.each([
  ["that is not there", "/nowhere/report.pdf", "There is no file /nowhere/report.pdf.\n"],
  ["that is a folder", here, `${here} is not a file.\n`],
])("tells plainly of a file %s", async (_what, file, message) => {
  expect(await run(["parse", file])).toEqual({ code: 1, stdout: "", stderr: message });
});

it("lists every setting and then what is wrong with them", async () => {
  const { code, stdout, stderr } = await run(["config"], { KNOWHERE_PORT: "many", KNOWHERE_WORKERS: "-1" });
  expect(stdout).toContain("KNOWHERE_LOG_LEVEL=");
  expect(stderr).toMatch(/KNOWHERE_PORT.*KNOWHERE_WORKERS/s);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(1);
});
