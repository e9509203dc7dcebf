/** The parse child of the fuzzer: the real pipeline, with an engine that knows its words and without an office program. */
import { Problem } from "@knowhere/contract";
import { runParse } from "../../server/src/pipeline/run.ts";
import type { FromChild, ParseInput, ToChild } from "../../server/src/pipeline/task.ts";
import { fakeOcr } from "../../server/src/testing/fuzz/fake-ocr.ts";

const tell = (message: FromChild) => process.send!(message);
const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** What nobody waited for; it would end a real child. */
let astray: unknown;
for (const event of ["unhandledRejection", "uncaughtException"] as const)
  process.on(event, (error: unknown) => {
    astray ??= error;
  });

async function parse(input: ParseInput): Promise<FromChild> {
  try {
    const outcome = await runParse(input, {
      signal: new AbortController().signal,
      onProgress: () => {},
      onConverting: () => {},
      openOcr: async () => fakeOcr,
      openOffice: async () => null,
    });
    return { type: "done", outcome };
  } catch (error) {
    return error instanceof Problem
      ? { type: "problem", problem: error.problem, details: { ...error.details, message: error.message } }
      : { type: "error", stack: stackOf(error) };
  }
}

process.on("message", async (message: ToChild) => {
  if (message.type !== "parse") return;
  const answer = await parse(message.input);
  // Two turns: one for what was begun, one for the rejections that nobody took.
  await new Promise((done) => setTimeout(done, 0));
  await new Promise((done) => setImmediate(done));
  const lost = astray;
  astray = undefined;
  tell(lost === undefined ? answer : { type: "error", stack: `not waited for: ${stackOf(lost)}` });
});
process.on("disconnect", () => process.exit(0));
tell({ type: "ready" });
