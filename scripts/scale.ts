/**
 * `npm run scale -- [--seed N] [--every SECONDS]`: two API and three worker processes on an external PostgreSQL and a
 * bucket, on this machine, behind a round-robin proxy. The acceptance suite goes through the proxy while one worker after
 * another is killed and replaced. In the end nothing may be left running, unbilled or done twice.
 *
 * The bucket is OpenStack Swift where it is installed and this is root; elsewhere a shared folder, and it says so.
 */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { openFleet } from "../server/acceptance/fleet.ts";
import { openChance } from "../server/src/testing/seed.ts";
import { startSwift, whySwiftCannotRun } from "../server/src/testing/swift.ts";

const suite = [
  "server/acceptance/job.test.ts",
  "server/acceptance/formats.test.ts",
  "server/acceptance/official-sdks.test.ts",
];
const bucket = "knowhere";

const { values: args } = parseArgs({
  options: { seed: { type: "string", default: "1" }, every: { type: "string", default: "12" } },
});
const chance = openChance("scale", Number(args.seed));
const obstacle = whySwiftCannotRun();
if (obstacle) console.log(`No S3 server here (${obstacle}): the processes share a folder instead.`);
const swift = obstacle ? null : await startSwift();
const storage: Record<string, string> = {};
if (swift) {
  const admin = new S3Client({
    endpoint: swift.endpoint,
    region: swift.region,
    credentials: swift,
    forcePathStyle: true,
  });
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  admin.destroy();
  Object.assign(storage, {
    KNOWHERE_S3_BUCKET: bucket,
    KNOWHERE_S3_ENDPOINT: swift.endpoint,
    KNOWHERE_S3_ACCESS_KEY_ID: swift.accessKeyId,
    KNOWHERE_S3_SECRET_ACCESS_KEY: swift.secretAccessKey,
    KNOWHERE_S3_FORCE_PATH_STYLE: "true",
  });
}
const fleet = await openFleet({ ...storage, KNOWHERE_REUSE_RESULTS: "true" }, { apis: 2, workers: 3 });
console.log(`2 API and 3 worker processes behind ${fleet.url}`);

const over = new AbortController();
let kills = 0;
async function killWorkers(): Promise<void> {
  while (!over.signal.aborted) {
    await sleep(Number(args.every) * 1000 * (0.5 + chance.next()), null, { signal: over.signal }).catch(() => {});
    // A worker is struck while somebody works: between two jobs a kill shows nothing.
    let claimants = await fleet.claimants();
    while (claimants.length === 0 && !over.signal.aborted) {
      await sleep(5);
      claimants = await fleet.claimants();
    }
    if (over.signal.aborted) return;
    await fleet.kill(chance.pick(fleet.members("worker")));
    kills++;
    await fleet.start("worker");
    // Whoever held a claim at the kill counts as dead: a living one is lost too, and its work is done again.
    await fleet.endLeases(claimants);
  }
}
const killing = killWorkers();
/** File by file: each of them counts what is there. */
const runSuite = ["run", "--reporter=default", "--no-file-parallelism", ...suite];
const ended = await new Promise<number | null>((done) => {
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", ...runSuite], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...process.env,
      ACCEPTANCE_URL: fleet.url,
      ACCEPTANCE_KEY: fleet.key,
      ACCEPTANCE_STORAGE: swift ? "bucket" : "folder",
    },
    stdio: "inherit",
  });
  child.once("exit", (code) => done(code));
});
over.abort();
await killing;

const count = async (text: string) => Number((await fleet.database.query(text)).rows[0]!["n"]);
const left = {
  "jobs that are not over": await count("select count(*) as n from job where status not in ('done', 'failed')"),
  "places in the queue without a job to do": await count(
    "select count(*) as n from queue_item q join job j using (job_id) where j.status in ('done', 'failed')",
  ),
  "jobs done without a bill": await count(
    "select count(*) as n from job j where status = 'done' and not exists (select 1 from usage_ledger u where u.job_id = j.job_id)",
  ),
  "jobs done twice": await count(
    "select count(*) as n from (select job_id from attempt where outcome = 'done' group by job_id having count(*) > 1) twice",
  ),
  "webhooks announced twice": await count(
    "select count(*) as n from (select job_id from delivery group by job_id having count(*) > 1) twice",
  ),
};
const attempts = await count("select count(*) as n from attempt where outcome = 'lost'");
const jobs = await count("select count(*) as n from job");
const served = [...fleet.proxy.served.values()];
const exits = await fleet.close();
await swift?.stop();
console.log(
  `acceptance suite ${ended === 0 ? "passed" : "FAILED"} on ${swift ? "Swift" : "a shared folder"}: ${jobs} jobs, ${kills} workers killed, ${attempts} attempts lost, requests by API process ${served.join(" and ")}`,
);
const wrong = Object.entries(left).filter(([, n]) => n > 0);
for (const [what, n] of wrong) console.error(`${n} ${what}`);
if (exits.some((status) => status !== 0)) console.error(`processes ended with ${exits.join(", ")}`);
process.exit(ended === 0 && wrong.length === 0 && exits.every((status) => status === 0) ? 0 : 1);
