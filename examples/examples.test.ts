import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeReport } from "../scripts/make-example.ts";
import { makeDataDir, type StartedServer, startServer } from "../server/acceptance/server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
let dataDir: Awaited<ReturnType<typeof makeDataDir>>;
let scratch: string;
let server: StartedServer;

beforeAll(async () => {
  dataDir = await makeDataDir();
  scratch = await mkdtemp(join(tmpdir(), "knowhere-examples-"));
  server = await startServer(dataDir.path);
}, 300_000);
afterAll(async () => {
  await server?.stop();
  await rm(scratch, { recursive: true, force: true });
  await dataDir?.remove();
});

const execute = (program: string, ...words: string[]) =>
  run(program, words, {
    cwd: root,
    env: { ...process.env, KNOWHERE_BASE_URL: server.url, KNOWHERE_API_KEY: server.key },
  });

/** The shell blocks of the README, in order. */
async function readmeCommands(): Promise<string[]> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  return [...readme.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1]!);
}

describe("the examples", () => {
  it("parse a report that is made by our own writer", async () => {
    expect(Buffer.from(makeReport()).equals(await readFile(join(root, "examples/report.pdf")))).toBe(true);
  });

  it("run one job with curl and verify the package", async () => {
    const { stdout } = await execute("bash", "examples/one-job.sh", "examples/report.pdf", join(scratch, "result.zip"));
    expect(stdout).toContain("created job_");
    expect(stdout).toContain("result.zip: OK");
  });

  it("run one job with the SDK", async () => {
    const { stdout } = await execute(
      process.execPath,
      "--conditions=source",
      "--import",
      "tsx",
      "examples/one-job.ts",
      "examples/report.pdf",
    );
    expect(stdout).toContain("2 Tides [ 2 ]");
  });

  it("run one job in Python", async (context) => {
    const python = await run("python3", ["--version"]).catch(() => null);
    if (!python) context.skip("Python is not installed");
    const { stdout } = await execute("python3", "examples/one_job.py", "examples/report.pdf");
    expect(stdout).toContain("2 Tides [2]");
  });
});

describe("the README", () => {
  it("shows shell commands that work as they stand", async () => {
    const commands = (await readmeCommands()).filter((command) => !/^npm (start|test)\s*$/.test(command.trim()));
    expect(commands.length).toBeGreaterThanOrEqual(4);
    for (const command of commands) {
      // The server of this test listens elsewhere and keeps its key elsewhere; nothing is to be written into the checkout.
      const adapted = command
        .replaceAll("http://127.0.0.1:5005", server.url)
        .replaceAll("data/api-key", join(dataDir.path, "api-key"))
        .replaceAll("-o parsed", `-o ${join(scratch, "parsed")}`)
        .replace(/(one-job\.sh \S+)/, `$1 ${join(scratch, "readme.zip")}`);
      const { stdout } = await execute("bash", "-euo", "pipefail", "-c", adapted).catch((error) => {
        throw new Error(`${command}\n${error.stdout}${error.stderr}`);
      });
      expect(stdout).not.toContain('"success":false');
    }
  });
});
