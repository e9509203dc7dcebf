/**
 * `npm run load -- [--short] [--only NAME,…] [--save NAME]`: what many clients, long queues, large files and a long life do
 * to the server. Prints counts and ratios, and fails when a promise was broken. Polls a second are `npm run bench:polls`.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { scenarios } from "./scenarios.ts";

const { values: args } = parseArgs({
  options: { short: { type: "boolean" }, only: { type: "string" }, save: { type: "string" } },
});
const chosen = args.only?.split(",") ?? Object.keys(scenarios);
const results: Record<string, Record<string, number>> = {};
let failed = false;
for (const name of chosen) {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no scenario "${name}"; there are ${Object.keys(scenarios).join(", ")}`);
  const { figures, broken } = await scenario.run(args.short ? scenario.short : scenario.full);
  results[name] = figures;
  const told = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  console.log(`${name}: ${told.join(", ")}`);
  for (const promise of new Set(broken)) console.error(`  BROKEN: ${promise}`);
  failed ||= broken.length > 0;
}
if (args.save !== undefined) {
  const folder = fileURLToPath(new URL("../../scores", import.meta.url));
  await mkdir(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  const text = JSON.stringify({ date, node: process.version, short: args.short ?? false, ...results }, null, 2);
  await writeFile(join(folder, `${args.save.replace(/[^\w.-]/g, "-")}.json`), `${text}\n`);
}
process.exit(failed ? 1 : 0);
