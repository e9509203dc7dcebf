/**
 * `npm run bench:polls -- [--seconds N] [--connections N] [--jobs N] [--rounds N] [--save NAME]`: how many times a second the
 * server answers GET /v1/jobs/{id}, beside a bare `node:http` server in the same run.
 *
 * The server is the built one, as `npm start` runs it: keys, rate limits (set out of reach), logs and the embedded database are on.
 * The jobs are done before the measuring begins. Load generator and servers share the machine: read the ratio of the rates
 * on an idle machine, and the ratio of what an answer costs each server's process, which holds on a busy one too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import autocannon from "autocannon";

const bench = fileURLToPath(new URL("..", import.meta.url));
const key = `sk_live_${"b".repeat(43)}`;
const startTimeoutMs = 120_000;

interface Started {
  readonly url: string;
  /** CPU seconds the process has used so far; NaN where the system does not say. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const { values: args } = parseArgs({
    options: {
      seconds: { type: "string", default: "6" },
      connections: { type: "string", default: "64" },
      jobs: { type: "string", default: "60" },
      rounds: { type: "string", default: "3" },
      save: { type: "string" },
    },
  });
  const dataDir = await mkdtemp(join(tmpdir(), "knowhere-polls-"));
  const started: Started[] = [];
  try {
    const server = await startKnowhere(dataDir);
    started.push(server);
    const ids = await createJobs(server.url, Number(args.jobs));
    const sample = await (await fetch(`${server.url}/v1/jobs/${ids[0]}`, { headers: authorized })).text();
    const bare = await startBare(sample);
    started.push(bare);
    const load = { connections: Number(args.connections), duration: Number(args.seconds) };
    const rounds: { bare: Measured; knowhere: Measured }[] = [];
    for (let round = 1; round <= Number(args.rounds); round++) {
      rounds.push({
        bare: await measure(bare, ids, load, `bare      ${round}`),
        knowhere: await measure(server, ids, load, `knowhere  ${round}`),
      });
    }
    const rates = {
      bare: Math.max(...rounds.map(({ bare }) => bare.rate)),
      knowhere: Math.max(...rounds.map(({ knowhere }) => knowhere.rate)),
    };
    const ratio = rates.knowhere / rates.bare;
    console.log(
      `knowhere ${rates.knowhere.toFixed(0)} polls/s, bare node:http ${rates.bare.toFixed(0)}/s: ratio ${ratio.toFixed(2)} (goal 0.30)`,
    );
    const cpuRatio = median(rounds.map(({ bare, knowhere }) => bare.cpuUs / knowhere.cpuUs));
    if (!Number.isNaN(cpuRatio))
      console.log(`CPU of a bare answer / CPU of a poll, median of the rounds: ${cpuRatio.toFixed(2)}`);
    if (args.save !== undefined)
      await save(args.save, { ...load, jobs: ids.length, ...rates, ratio: round3(ratio), cpuRatio: round3(cpuRatio) });
  } finally {
    for (const one of started.reverse()) await one.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const authorized = { authorization: `Bearer ${key}` };

interface Measured {
  /** Answers a second. */
  rate: number;
  /** Processor time of the server's process for one answer, microseconds; NaN where the system does not say. */
  cpuUs: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;

async function measure(
  server: Started,
  ids: readonly string[],
  load: { connections: number; duration: number },
  name: string,
): Promise<Measured> {
  const cpuBefore = server.cpuSeconds();
  const result = await autocannon({
    url: server.url,
    ...load,
    // Every connection asks in an order of its own.
    setupClient: (client) =>
      client.setRequests(shuffle(ids).map((id) => ({ path: `/v1/jobs/${id}`, headers: authorized }))),
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${name}: ${result.non2xx} answers other than 200, ${result.errors} errors`);
  const cpuAfter = server.cpuSeconds();
  const cpuUs = ((cpuAfter - cpuBefore) / result.requests.total) * 1e6;
  const cpu = Number.isNaN(cpuUs) ? "" : `, ${cpuUs.toFixed(0)} us of CPU a poll`;
  console.log(
    `${name}  ${result.requests.average.toFixed(0)}/s, p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms${cpu}`,
  );
  return { rate: result.requests.average, cpuUs };
}

function shuffle<T>(items: readonly T[]): T[] {
  const out = [...items];
  for (let at = out.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [out[at], out[other]] = [out[other]!, out[at]!];
  }
  return out;
}

async function createJobs(url: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const form = new FormData();
    form.set("file", new Blob([`# Job ${at}\n`], { type: "text/markdown" }), `job-${at}.md`);
    const response = await fetch(`${url}/v1/jobs`, { method: "POST", headers: authorized, body: form });
    if (response.status !== 202)
      throw new Error(`creating a job answered ${response.status}: ${await response.text()}`);
    ids.push(((await response.json()) as { job_id: string }).job_id);
  }
  for (const id of ids) await waitUntilDone(url, id);
  return ids;
}

async function waitUntilDone(url: string, id: string): Promise<void> {
  for (let asked = 0; asked < 20; asked++) {
    const response = await fetch(`${url}/v1/jobs/${id}?wait=30`, { headers: authorized });
    const { status } = (await response.json()) as { status: string };
    if (status === "done") return;
    if (status === "failed") throw new Error(`job ${id} failed`);
  }
  throw new Error(`job ${id} was not done in time`);
}

function startKnowhere(dataDir: string): Promise<Started> {
  const environment = {
    ...process.env,
    KNOWHERE_HOST: "127.0.0.1",
    KNOWHERE_PORT: "0",
    KNOWHERE_DATA_DIR: dataDir,
    KNOWHERE_API_KEY: key,
    KNOWHERE_WORKERS: "1",
    KNOWHERE_RATE_LIMIT_PER_MINUTE: "1000000000",
  };
  return start([join(bench, "..", "server", "bin", "knowhere.mjs"), "serve"], environment);
}

function startBare(body: string): Promise<Started> {
  const file = fileURLToPath(new URL("./bare-server.ts", import.meta.url));
  return start(["--conditions=source", "--import", "tsx", file], { ...process.env, BODY: body });
}

/** Resolves when the program prints where it listens. */
function start(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Started> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  // The log goes through a pipe as under a process manager; its beginning is kept for when the start fails.
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (log.length < 4000) log += chunk;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${args.at(-1)} did not start within ${startTimeoutMs / 1000} s`));
    }, startTimeoutMs);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`${args.at(-1)} ended with ${code} before it listened:\n${log}`));
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /listening on (http:\/\/\S+)/.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({ url, cpuSeconds: () => readCpuSeconds(child.pid!), stop: () => stop(child) });
    });
  });
}

/** User and system time from `/proc` (proc_pid_stat(5), fields 14 and 15; hundredths of a second on Linux). */
function readCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill("SIGTERM");
  });
}

async function save(name: string, result: Record<string, number>): Promise<void> {
  const folder = join(bench, "scores");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name.replace(/[^\w.-]/g, "-")}.json`);
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(file, `${JSON.stringify({ date, node: process.version, ...result }, null, 2)}\n`);
  console.log(`saved ${file}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
