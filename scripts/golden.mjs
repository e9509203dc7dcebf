// `npm run golden [-- --accept]`: compares every fixture's tree with its expected tree; `--accept` rewrites them for a person to read in the diff.
// `--make` writes the packed fixtures (Office files and their like) anew before that.
import { spawnSync } from "node:child_process";
import { ensureInstalled, root } from "./setup.mjs";

ensureInstalled();
if (process.argv.includes("--make")) {
  const program = ["--conditions=source", "--import", "tsx", "server/src/testing/make-fixtures.ts"];
  const made = spawnSync(process.execPath, program, { cwd: root, stdio: "inherit" });
  if (made.status !== 0) process.exit(made.status ?? 1);
}
const env = process.argv.includes("--accept") ? { ...process.env, GOLDEN_ACCEPT: "1" } : process.env;
const ended = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "golden"], {
  cwd: root,
  stdio: "inherit",
  env,
});
process.exit(ended.status ?? 1);
