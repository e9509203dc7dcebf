/** A process with a sandbox and a parse that never ends in it: prints the pid of the child, for tests that kill it. */
import { join } from "node:path";
import { defaultReadLimits } from "../formats/reader.ts";
import { defaultParseOptions } from "../jobs/options.ts";
import type { JobRecord } from "../jobs/types.ts";
import { createSandbox } from "../pipeline/sandbox.ts";

const [childPath = "", folder = ""] = process.argv.slice(2);
const sandbox = createSandbox({
  childPath,
  size: 1,
  timeoutMs: 600_000,
  memoryMb: 256,
  limits: defaultReadLimits,
  engine: { languagesDir: folder, parallelPages: 1 },
});
void sandbox.parse({
  job: {
    jobId: "job_0",
    fileName: "spin",
    fileExtension: ".pdf",
    options: defaultParseOptions,
    createdAt: new Date(0),
  } as unknown as JobRecord,
  sourcePath: join(folder, "source"),
  resultPath: join(folder, "result.zip"),
  signal: new AbortController().signal,
  onProgress: (pid) => console.log(pid),
  onConverting: () => {},
});
