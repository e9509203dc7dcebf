// `npm run faults -- [--rounds N] [vitest arguments]`: the tests that kill, cut off and starve, again and again.
// They are part of `npm test` once; here a fault that shows up rarely gets its chance.
import { spawnSync } from "node:child_process";
import { ensureBuilt, ensureInstalled, root } from "./setup.mjs";

const tests = [
  "server/acceptance/scaled.test.ts",
  "server/acceptance/survival.test.ts",
  "server/src/adapters/files",
  "server/src/adapters/postgres/embedded",
  "server/src/adapters/postgres/outage.test.ts",
  "server/src/adapters/s3",
  "server/src/jobs",
  "server/src/pipeline/sandbox.test.ts",
  "server/src/webhooks",
];
const parameters = process.argv.slice(2);
const flag = parameters.indexOf("--rounds");
const rounds = flag < 0 ? 10 : Number(parameters.splice(flag, 2)[1]);
if (!(rounds >= 1)) {
  console.error("--rounds wants a number from 1 on");
  process.exit(2);
}

ensureInstalled();
ensureBuilt();
let failed = 0;
for (let round = 1; round <= rounds; round++) {
  // The seed orders the files; the tests within one build on each other in places.
  console.log(`round ${round} of ${rounds}, seed ${round}`);
  const ended = spawnSync(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      `--sequence.seed=${round}`,
      "--sequence.shuffle.files",
      "--reporter=dot",
      ...tests,
      ...parameters,
    ],
    { cwd: root, stdio: "inherit" },
  );
  if (ended.status !== 0) failed++;
}
console.log(`${rounds - failed} of ${rounds} rounds without a fault`);
process.exit(failed === 0 ? 0 : 1);
