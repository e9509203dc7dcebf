/** The program of a parse child: hears tasks over IPC, one at a time, and answers each with an outcome or a problem. */
import { Problem } from "@knowhere/contract";
import { runParse } from "./pipeline/run.ts";
import type { FromChild, ParseInput, ToChild } from "./pipeline/task.ts";

const tell = (message: FromChild) => new Promise<void>((done) => process.send?.(message, () => done()));

async function parse(input: ParseInput): Promise<void> {
  try {
    const outcome = await runParse(input, {
      signal: new AbortController().signal,
      onProgress: (totalPages, processedPages) => void tell({ type: "progress", totalPages, processedPages }),
      onConverting: (active) => void tell({ type: "converting", active }),
    });
    await tell({ type: "done", outcome });
  } catch (error) {
    if (error instanceof Problem)
      await tell({ type: "problem", problem: error.problem, details: { ...error.details, message: error.message } });
    else await tell({ type: "error", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

process.on("message", (message: ToChild) => {
  if (message.type === "parse") void parse(message.input);
});
// The parent is gone: there is nobody to parse for.
process.on("disconnect", () => process.exit(0));
void tell({ type: "ready" });
