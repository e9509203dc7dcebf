import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { defaultReadLimits } from "../formats/reader.ts";
import { defaultParseOptions } from "../jobs/options.ts";
import type { JobRecord, ParseTask } from "../jobs/types.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";

const childPath = fileURLToPath(new URL("../testing/fake-parse-child.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "knowhere-sandbox-test-"));
let sandbox: Sandbox;
afterEach(() => sandbox.close());
afterAll(() => {
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

function open(options: Partial<SandboxOptions> = {}) {
  sandbox = createSandbox({
    childPath,
    size: 2,
    timeoutMs: 30_000,
    memoryMb: 256,
    limits: defaultReadLimits,
    engine: { languagesDir: "/nowhere", parallelPages: 1 },
    ...options,
  });
}
function taskFor(what: string, rest: Partial<ParseTask> = {}): ParseTask {
  const job = {
    jobId: "job_0123456789ab",
    fileName: what,
    fileExtension: ".pdf",
    dataId: null,
    options: defaultParseOptions,
    createdAt: new Date(0),
    startedAt: null,
  };
  return {
    job: job as unknown as JobRecord,
    sourcePath: "/nowhere",
    resultPath: join(folder, "result.zip"),
    signal: new AbortController().signal,
    onProgress: () => {},
    onConverting: () => {},
    ...rest,
  };
}
function firstLine(program: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    program.stdout!.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.includes("\n")) done(text.split("\n")[0]!);
    });
    program.once("exit", (code) => fail(new Error(`it ended with ${code} before it said anything`)));
  });
}
/** A process that is dead and not yet collected by its parent does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}
const say = async (what: string) => (await sandbox.parse(taskFor(what))).warnings[0]!.message;

describe("the sandbox", () => {
  it("hands progress and the outcome through", async () => {
    open();
    const seen: unknown[][] = [];
    const outcome = await sandbox.parse(taskFor("progress", { onProgress: (...told) => void seen.push(told) }));
    expect(outcome.billablePages).toBe(1);
    expect(seen).toEqual([
      [3, 0, undefined],
      [3, 1, undefined],
      [3, 2, undefined],
      [3, 3, { name: "packaging", done: 1, total: 2 }],
    ]);
  });

  it("turns a child's problem into the same problem here", async () => {
    open();
    await expect(sandbox.parse(taskFor("problem"))).rejects.toMatchObject({
      problem: "ENCRYPTED",
      code: "INVALID_ARGUMENT",
      details: { file_type: "pdf" },
    });
  });

  it("turns a bug, an early exit and a native crash into errors that are not the document's fault", async () => {
    open();
    for (const what of ["error", "exit", "crash"]) {
      const failure = await sandbox.parse(taskFor(what)).catch((error) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure.name).toBe("Error");
    }
    // That the disk is full is told on, because then the job waits.
    await expect(sandbox.parse(taskFor("full"))).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await say("pid")).toMatch(/^\d+$/);
  });

  it("ends an endless loop at the deadline", async () => {
    open({ timeoutMs: 300 });
    await expect(sandbox.parse(taskFor("loop"))).rejects.toMatchObject({ problem: "PARSE_DEADLINE" });
  });

  it("ends a parse that takes more memory than allowed, inside or outside the heap", async () => {
    open();
    await expect(sandbox.parse(taskFor("buffers"))).rejects.toMatchObject({ problem: "MEMORY_LIMIT" });
    await expect(sandbox.parse(taskFor("heap"))).rejects.toMatchObject({ problem: "MEMORY_LIMIT" });
  });

  it("kills the child when the parse is cancelled, and the next parse gets another", async () => {
    open({ size: 1 });
    const before = await say("pid");
    const cancel = new AbortController();
    const looping = sandbox.parse(taskFor("loop", { signal: cancel.signal }));
    setImmediate(() => cancel.abort(new Error("cancelled")));
    await expect(looping).rejects.toThrow("cancelled");
    const after = await say("pid");
    expect(after).not.toBe(before);
    expect(() => process.kill(Number(before), 0)).toThrow("ESRCH");
  });

  it("reuses a warm child", async () => {
    open({ size: 1 });
    expect(await say("pid")).toBe(await say("pid"));
    expect(sandbox.started).toBe(1);
  });

  it("runs no more children than its size, and waiting parses can be cancelled", async () => {
    open({ size: 1 });
    const cancel = new AbortController();
    const looping = sandbox.parse(taskFor("loop", { signal: cancel.signal }));
    const waiting = sandbox
      .parse(taskFor("pid", { signal: AbortSignal.abort(new Error("gone")) }))
      .catch((error) => error.message);
    const next = sandbox.parse(taskFor("progress"));
    cancel.abort(new Error("stop"));
    await expect(looping).rejects.toThrow("stop");
    expect(await waiting).toBe("gone");
    expect((await next).billablePages).toBe(1);
  });

  it("keeps the server's secrets out of the child's environment", async () => {
    process.env["KNOWHERE_TEST_SECRET"] = "hush";
    open();
    const environment = await say("environment");
    delete process.env["KNOWHERE_TEST_SECRET"];
    expect(environment).not.toContain("hush");
    expect(environment).not.toContain("KNOWHERE_");
  });

  it("leaves nothing of the server's environment in a live child but what programs need", async (context) => {
    if (process.platform !== "linux") context.skip("only Linux shows the environment of a process");
    process.env["KNOWHERE_TEST_SECRET"] = "hush";
    open({ size: 1 });
    const pid = Number(await say("pid"));
    delete process.env["KNOWHERE_TEST_SECRET"];
    const environment = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").filter(Boolean);
    expect(environment.join(" ")).not.toContain("hush");
    const allowed =
      /^(PATH|HOME|LANG|LC_ALL|TZ|TESSDATA_PREFIX|OMP_THREAD_LIMIT|NODE_CHANNEL_(FD|SERIALIZATION_MODE))=/;
    expect(environment.filter((line) => !allowed.test(line))).toEqual([]);
  });

  it("bounds the private memory of a live child from the first moment on", async (context) => {
    open({ size: 1, memoryMb: 300 });
    if (!sandbox.confinement.includes("memory")) context.skip("this system has no prlimit");
    const limits = readFileSync(`/proc/${await say("pid")}/limits`, "latin1");
    const [soft, hard] = /^Max data size +(\d+) +(\d+)/m.exec(limits)!.slice(1).map(Number);
    expect([soft, hard]).toEqual([(300 + 1024) * 1024 * 1024, (300 + 1024) * 1024 * 1024]);
  });

  it("gives each parse a folder that nobody else may look into, and takes it away however the parse ends", async () => {
    open({ size: 1 });
    const outcomes = ["folder", "problem", "error", "crash"].map((what) =>
      sandbox.parse(taskFor(what)).catch(() => undefined),
    );
    const tempDir = (await outcomes[0])!.warnings[0]!.message;
    await Promise.all(outcomes);
    expect(tempDir.startsWith(folder)).toBe(true);
    expect(existsSync(tempDir)).toBe(false);
    const cancel = new AbortController();
    const looping = sandbox.parse(taskFor("loop", { signal: cancel.signal })).catch(() => undefined);
    await expect.poll(() => readdirSync(folder).length).toBe(1);
    expect(statSync(join(folder, readdirSync(folder)[0]!)).mode & 0o777).toBe(0o700);
    cancel.abort(new Error("stop"));
    await looping;
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not outlive the server, even when both are in the middle of something", async (context) => {
    open();
    if (!sandbox.confinement.includes("dies-with-parent")) context.skip("this system has no setpriv");
    const server = spawn(
      process.execPath,
      [
        "--conditions=source",
        "--import",
        "tsx",
        fileURLToPath(new URL("../testing/sandbox-server.ts", import.meta.url)),
        childPath,
        folder,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const pid = Number(await firstLine(server));
    expect(isRunning(pid)).toBe(true);
    server.kill("SIGKILL");
    await expect.poll(() => isRunning(pid)).toBe(false);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  });

  it("keeps the child off the network where the system allows it", async (context) => {
    open();
    if (!sandbox.confinement.includes("no-network"))
      context.skip("this system does not let us make network namespaces");
    const server = createServer((socket) => socket.end());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    expect(await say(`connect:${port}`)).not.toBe("connected");
    server.close();
  });
});
