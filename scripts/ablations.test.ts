import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ablations } from "./ablations.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The report of vitest on one test, with or without a safeguard. */
async function run(file: string, title: string, ablate: string) {
  // A test that fails half-way may leave a worker that never ends. Its database, though, must have the time to start: a test
  // that never began is neither failed nor passed.
  const patience = ["--testTimeout=60000", "--hookTimeout=240000", "--teardownTimeout=1000"];
  const program = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    "scripts/ablation.config.ts",
    "--reporter=json",
  ];
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const child = spawn(process.execPath, [...program, ...patience, file, "-t", pattern], {
    cwd: root,
    env: { ...process.env, ABLATE: ablate },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  await new Promise((done) => child.once("close", done));
  const start = output.indexOf('{"numTotal');
  if (start < 0) throw new Error(`no report: ${output.slice(-1000)} ${errors.slice(-1000)}`);
  const report = JSON.parse(output.slice(start));
  return { failed: report.numFailedTests as number, passed: report.numPassedTests as number, errors };
}

describe("a test notices when", () => {
  it.each(Object.entries(ablations))(
    "the %s is taken out",
    async (name, { test: [file, title] }) => {
      const { failed, passed, errors } = await run(file!, title!, name);
      // By an assertion: a safeguard that is no longer where it was taken out would fail everything.
      expect(errors).not.toContain("no longer fits");
      expect({ failed, passed }).toEqual({ failed: 1, passed: 0 });
    },
    600_000,
  );
});
