/** A few parse children with a deadline for each document; a child that overruns or dies is replaced. */
import { type ChildProcess, fork } from "node:child_process";
import type { ParseAnswer, ParseRequest } from "./protocol.ts";

export interface PoolOptions {
  readonly jobs: number;
  readonly timeoutMs: number;
  onAnswer?(answer: ParseAnswer, done: number): void;
}

/** Runs all requests; the answers come in the order of the requests. */
export async function runPool(requests: readonly ParseRequest[], options: PoolOptions): Promise<ParseAnswer[]> {
  const answers = new Array<ParseAnswer>(requests.length);
  let next = 0;
  let done = 0;
  const lane = async () => {
    let child: ChildProcess | undefined;
    while (next < requests.length) {
      const at = next++;
      child = child?.connected ? child : startChild();
      const answer = await ask(child, requests[at]!, options.timeoutMs);
      answers[at] = answer;
      options.onAnswer?.(answer, ++done);
    }
    if (child?.connected) child.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, requests.length) }, lane));
  return answers;
}

function startChild(): ChildProcess {
  return fork(new URL("./parse-child.ts", import.meta.url), {
    execArgv: ["--conditions=source", "--import", "tsx", "--max-old-space-size=4096"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function ask(child: ChildProcess, request: ParseRequest, timeoutMs: number): Promise<ParseAnswer> {
  const started = performance.now();
  return new Promise((resolve) => {
    const settle = (answer: ParseAnswer) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(answer);
    };
    const fail = (error: string) =>
      settle({ id: request.id, ms: performance.now() - started, pages: 0, rssMb: 0, warnings: [], error });
    const onMessage = (answer: unknown) => settle(answer as ParseAnswer);
    const onExit = (code: number | null, signal: string | null) =>
      fail(`the parse process died (${signal ?? `exit ${code}`})`);
    const timer = setTimeout(() => {
      child.off("exit", onExit);
      child.once("exit", () => fail(`timed out after ${timeoutMs / 1000} s`));
      child.kill("SIGKILL");
    }, timeoutMs);
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.send(request);
  });
}
