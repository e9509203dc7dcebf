// `npm test`: everything a bare checkout needs, then every test. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { ensureBuilt, ensureInstalled, root } from "./setup.mjs";

ensureInstalled();
ensureBuilt();
const ended = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(ended.status ?? 1);
