// `npm run faults -- [--rounds N] [--seed N] [vitest arguments]`: the tests that kill, cut off, fill up and starve, longer
// than `npm test` runs them and with another seed each round. A failed round is repeated with its seed.
import { spawnSync } from "node:child_process";
import { ensureBuilt, ensureInstalled, root } from "./setup.mjs";

const tests = [
  "scripts/ablations.test.ts",
  "server/acceptance/full-disk.test.ts",
  "server/acceptance/kills.test.ts",
  "server/acceptance/scaled.test.ts",
  "server/acceptance/survival.test.ts",
  "server/src/adapters/files",
  "server/src/adapters/postgres/embedded",
  "server/src/adapters/postgres/job-store.test.ts",
  "server/src/adapters/postgres/outage.test.ts",
  "server/src/adapters/s3",
  "server/src/jobs",
  "server/src/pipeline/sandbox.test.ts",
  "server/src/testing/port-faults.test.ts",
  "server/src/webhooks",
];
/** How often the seeded tests repeat their faults within a round. */
const repeats = "2";
const parameters = process.argv.slice(2);
function take(flag, fallback) {
  const at = parameters.indexOf(flag);
  const value = at < 0 ? fallback : Number(parameters.splice(at, 2)[1]);
  if (value >= 1) return value;
  console.error(`${flag} wants a number from 1 on`);
  process.exit(2);
}
const rounds = take("--rounds", 3);
const firstSeed = take("--seed", 1);

ensureInstalled();
ensureBuilt();
let failed = 0;
for (let round = 1; round <= rounds; round++) {
  const seed = firstSeed + round - 1;
  console.log(`round ${round} of ${rounds}, seed ${seed}`);
  const ended = spawnSync(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      `--sequence.seed=${seed}`,
      "--sequence.shuffle.files",
      "--reporter=default",
      ...tests,
      ...parameters,
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, FAULTS_SEED: String(seed), FAULTS_ROUNDS: repeats } },
  );
  if (ended.status !== 0) failed++;
}
console.log(`${rounds - failed} of ${rounds} rounds without a fault`);
process.exit(failed === 0 ? 0 : 1);
