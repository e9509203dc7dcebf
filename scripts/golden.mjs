// `npm run golden [-- --accept]`: compares every fixture's tree with its expected tree; `--accept` rewrites them for a person to read in the diff.
import { spawnSync } from "node:child_process";
import { ensureInstalled, root } from "./setup.mjs";

ensureInstalled();
const env = process.argv.includes("--accept") ? { ...process.env, GOLDEN_ACCEPT: "1" } : process.env;
const ended = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "golden"], {
  cwd: root,
  stdio: "inherit",
  env,
});
process.exit(ended.status ?? 1);
