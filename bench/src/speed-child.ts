/** One engine in a process of its own: parses files on request, reports time and memory. */
import { type EngineName, loadEngine, type ParsePdf } from "./speed-engines.ts";

export interface SpeedAnswer {
  readonly ms: number;
  readonly pages: number;
  /** Most memory this process ever held. */
  readonly peakRssMb: number;
  readonly error?: string;
}

let parse: ParsePdf | undefined;

process.on("message", (message: { engine: EngineName } | { file: string }) => {
  const started = performance.now();
  const answer = (pages: number, error?: unknown) => {
    const ms = performance.now() - started;
    // ru_maxrss is kept in kilobytes on Linux and by libuv elsewhere too.
    const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    process.send!({
      ms,
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
