import { type ChildProcess, execFile, spawn } from "node:child_process";
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

const tsx = ["--conditions=source", "--import", "tsx"];
const pythonIsMissing = () =>
  run("python3", ["--version"]).then(
    () => false,
    () => true,
  );
const call = async (path: string, body?: object) => {
  const response = await fetch(`${server.url}/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
};
async function createJob(fields: object = {}): Promise<string> {
  const job = await call("/jobs", { source_type: "file", file_name: "report.pdf", ...fields });
  const bytes = await readFile(join(root, "examples/report.pdf"));
  await fetch(job.upload_url, { method: "PUT", headers: job.upload_headers, body: bytes });
  return job.job_id;
}

describe("following a job", () => {
  it("works with server-sent events and fetch", async () => {
    const { stdout } = await execute(process.execPath, ...tsx, "examples/follow-job.ts", await createJob());
    expect(stdout.trim().split("\n").at(-1)).toBe("done");
    expect(stdout).toContain("3/3 pages");
  });

  it("works with server-sent events and curl", async () => {
    const { stdout } = await execute("bash", "examples/follow-job.sh", await createJob());
    expect(stdout).toMatch(/^state .*"status":"done"/m);
  });

  it("works with server-sent events in Python", async (context) => {
    if (await pythonIsMissing()) context.skip("Python is not installed");
    const { stdout } = await execute("python3", "examples/stream_job.py", await createJob());
    expect(stdout.trim().split("\n").at(-1)).toBe("done");
    expect(stdout).toContain("3/3 pages");
  });

  it("works with long polls in Python", async (context) => {
    if (await pythonIsMissing()) context.skip("Python is not installed");
    const { stdout } = await execute("python3", "examples/follow_job.py", await createJob());
    expect(stdout.trim().split("\n").at(-1)).toBe("done");
  });
});

describe("receiving webhooks", () => {
  it.for<[string, string, string[]]>([
    ["TypeScript", process.execPath, [...tsx, "examples/webhook-receiver.ts", "0"]],
    ["Python", "python3", ["examples/webhook_receiver.py", "0"]],
  ])("takes signed ones, once, and refuses others, in %s", async ([language, program, words], context) => {
    if (language === "Python" && (await pythonIsMissing())) context.skip("Python is not installed");
    const endpoint: { secret: string } = await call("/webhooks/secrets", { rotate: true });
    const receiver = spawn(program, words, {
      cwd: root,
      env: { ...process.env, KNOWHERE_WEBHOOK_SECRET: endpoint.secret },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const heard = listenTo(receiver);
      const url = (await heard(/listening on (\S+)/))[1]!;
      const jobId = await createJob({ webhook: { url } });
      await heard(new RegExp(`job.completed ${jobId} completed`));
      // While the old secret retires both sign; the receiver knows the new one only.
      const again = await call("/webhooks/trigger", { job_id: jobId });
      expect(again).toMatchObject({ success: true, status_code: 200 });
      const { stdout } = await execute("bash", "examples/test-webhook.sh", url);
      expect(stdout).toMatch(/^\{"success":true,"status_code":200/);
      await heard(/^test /m);
      const forged = await fetch(url, {
        method: "POST",
        headers: { "x-knowhere-signature": "t=1,v1=00", "webhook-id": "msg_1" },
        body: "{}",
      });
      expect(forged.status).toBe(401);
      expect((await heard(/listening/)).input!.match(/job\.completed/g)).toHaveLength(1);
    } finally {
      receiver.kill();
    }
  });
});

/** Resolves with the match once the program has printed it. */
function listenTo(program: ChildProcess): (pattern: RegExp) => Promise<RegExpExecArray> {
  let printed = "";
  program.stdout!.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  return (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(printed);
        if (found) resolve(found);
      };
      look();
      program.stdout!.on("data", look);
      program.once("exit", (code) => reject(new Error(`ended with ${code}: ${printed}`)));
    });
}

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
