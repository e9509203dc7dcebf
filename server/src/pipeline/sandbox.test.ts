import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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
const say = async (what: string) => (await sandbox.parse(taskFor(what))).warnings[0]!.message;

describe("the sandbox", () => {
  it("hands progress and the outcome through", async () => {
    open();
    const seen: number[][] = [];
    const outcome = await sandbox.parse(taskFor("progress", { onProgress: (...numbers) => void seen.push(numbers) }));
    expect(outcome.billablePages).toBe(1);
    expect(seen).toEqual([
      [3, 0],
      [3, 1],
      [3, 2],
      [3, 3],
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
