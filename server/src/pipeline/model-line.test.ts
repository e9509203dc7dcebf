import { describe, expect, it } from "vitest";
import type { ModelAnswer, ModelClient, ModelRequest } from "../ports/model.ts";
import { openModelDesk, openModelLine } from "./model-line.ts";

const request: ModelRequest = { role: "text", prompt: "p/1", system: "", text: "hello", schema: {}, maxTokens: 1 };
const signal = new AbortController().signal;

/** Both ends, joined without a process between them. */
function join(ask: ModelClient["ask"], timeoutMs = 60_000) {
  const models = { text: "small" };
  const desk = openModelDesk(
    { models, openClient: () => ({ models, ask }) },
    (message) => line.hear(message),
    timeoutMs,
  );
  const line = openModelLine(models, (message) => desk.hear(structuredClone(message)));
  return { line, desk };
}

describe("the line between a parse child and the model", () => {
  it("brings each answer to its question, in whatever order they come", async () => {
    const answers: ((answer: ModelAnswer) => void)[] = [];
    const { line } = join(() => new Promise((done) => answers.push(done)));
    const [first, second] = [line.ask(request, signal), line.ask(request, signal)];
    await Promise.resolve();
    answers[1]!({ ok: true, value: 2, model: "small", cached: false });
    answers[0]!({ ok: true, value: 1, model: "small", cached: false });
    expect([await first, await second]).toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  it("turns a fault of the client into a refusal", async () => {
    const { line } = join(async () => Promise.reject(new Error("a strange schema")));
    expect(await line.ask(request, signal)).toMatchObject({ ok: false, reason: "invalid" });
  });

  it("refuses when the time is used up, so that the parse can end", async () => {
    const { line } = join(
      (_, stop) => new Promise((_done, fail) => stop.addEventListener("abort", () => fail(stop.reason))),
      1,
    );
    expect(await line.ask(request, signal)).toMatchObject({ ok: false, reason: "budget" });
  });

  it("ends calls and says nothing any more once the parse is over", async () => {
    let stopped = false;
    const { line, desk } = join((_, stop) => {
      stop.addEventListener("abort", () => {
        stopped = true;
      });
      return new Promise(() => {});
    });
    void line.ask(request, signal);
    desk.close();
    expect(stopped).toBe(true);
  });
});
