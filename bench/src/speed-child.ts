/** One engine in a process of its own: parses files on request, reports time and memory. */
import { readPeakKb } from "./peak-memory.ts";
import { type EngineName, loadEngine, type ParsePdf } from "./speed-engines.ts";

export interface SpeedAnswer {
  readonly ms: number;
  /** Processor time of all threads, which other programs on the machine blur less than `ms`. */
  readonly cpuMs: number;
  readonly pages: number;
  /** Most memory this process ever held. */
  readonly peakRssMb: number;
  readonly error?: string;
}

let parse: ParsePdf | undefined;

process.on("message", (message: { engine: EngineName } | { file: string }) => {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const answer = (pages: number, error?: unknown) => {
    const ms = performance.now() - started;
    const cpu = process.cpuUsage(cpuBefore);
    const peakRssMb = Math.round(readPeakKb() / 1024);
    process.send!({
      ms,
      cpuMs: (cpu.user + cpu.system) / 1000,
      pages,
      peakRssMb,
      ...(error === undefined ? {} : { error: String(error) }),
    } satisfies SpeedAnswer);
  };
  const run = async () => {
    if ("engine" in message) parse = await loadEngine(message.engine);
    return "file" in message ? parse!(message.file) : 0;
  };
  run().then(
    (pages) => answer(pages),
    (error: unknown) => answer(0, error),
  );
});
process.on("disconnect", () => process.exit(0));
