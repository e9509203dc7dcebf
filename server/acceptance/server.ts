/** Starts the server the way the README says, in a process group of its own, and talks to it over HTTP only. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Set when the suite is sent at processes that run already (`npm run scale`): where they are, and what storage they share. */
export const deployment =
  process.env["ACCEPTANCE_URL"] === undefined
    ? undefined
    : {
        url: process.env["ACCEPTANCE_URL"],
        key: process.env["ACCEPTANCE_KEY"] ?? "",
        storage: process.env["ACCEPTANCE_STORAGE"] ?? "folder",
      };

export interface StartedServer {
  url: string;
  key: string;
  pid: number;
  /** What it printed on standard output. */
  output(): string;
  /** What it printed on standard error: its log. */
  errors(): string;
  /** SIGTERM; resolves with the exit status. */
  stop(): Promise<number | null>;
  /** kill -9 of everything that was started. */
  killGroup(): Promise<void>;
}

export async function makeDataDir(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "knowhere-acceptance-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * `npm start`'s program, or npm itself, with a port of the program's own choice. Resolves when it says that it listens,
 * or that its worker runs (url "" then).
 */
export async function startServer(
  dataDir: string,
  environment: Record<string, string> = {},
  [command, ...args]: [string, ...string[]] = [process.execPath, "scripts/start.mjs"],
): Promise<StartedServer> {
  if (deployment) return visit(deployment);
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      KNOWHERE_PORT: "0",
      KNOWHERE_DATA_DIR: dataDir,
      KNOWHERE_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
      KNOWHERE_RATE_LIMIT_PER_MINUTE: "0",
      ...environment,
    },
  });
  let output = "";
  let errors = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on("data", () => {
      const found = /listening on (http:\/\/\S+)|worker is running/.exec(output);
      if (found) resolve(found[1] ?? "");
    });
    child.once("exit", (code) =>
      reject(new Error(`the server ended with ${code} before it listened: ${errors.slice(-5000)}`)),
    );
  });
  const key = environment["KNOWHERE_API_KEY"] ?? (await readFile(join(dataDir, "api-key"), "utf8")).trim();
  const exited = exitOf(child);
  return {
    url,
    key,
    pid: child.pid!,
    output: () => output,
    errors: () => errors,
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
    async killGroup() {
      process.kill(-child.pid!, "SIGKILL");
      await exited;
    },
  };
}

/** What others started others stop. */
const visit = ({ url, key }: { url: string; key: string }): StartedServer => ({
  url,
  key,
  pid: 0,
  output: () => "",
  errors: () => "",
  stop: async () => 0,
  killGroup: () => Promise.reject(new Error("this server is only visited")),
});

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once("exit", (code) => done(code)));
}
