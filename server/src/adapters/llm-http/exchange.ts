/** One request over HTTP, tried again where that can help. */
import { setTimeout as wait } from "node:timers/promises";
import { readRetryAfterMs } from "../system/retry-after.ts";

export interface ExchangeOptions {
  /** Up to and including "/v1". */
  baseUrl: string;
  apiKey?: string | undefined;
  timeoutMs: number;
  /** First pause before a second try; doubled for each further one, unless the server says how long. */
  retryPauseMs: number;
}

export type Exchange<Reply> =
  | { kind: "reply"; reply: Reply }
  /** The server does not take this request as it is (400, 404, 415, 422, 501). */
  | { kind: "refused"; status: number; text: string }
  | { kind: "failed"; message: string };

const tries = 4;
const longestPauseMs = 60_000;
/** A batch of long vectors has about a megabyte. */
const maxAnswerBytes = 16 * 1024 * 1024;

export interface Question<Reply> {
  /** After the base URL: "/chat/completions". */
  path: string;
  body: Record<string, unknown>;
  /** Null for what is no answer of this kind. */
  read(body: unknown): Reply | null;
}

export async function exchange<Reply>(
  { path, body, read }: Question<Reply>,
  { baseUrl, apiKey, timeoutMs, retryPauseMs }: ExchangeOptions,
  signal: AbortSignal,
): Promise<Exchange<Reply>> {
  let message = "";
  for (let attempt = 1; attempt <= tries; attempt++) {
    signal.throwIfAborted();
    let statedMs: number | null = null;
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        method: "POST",
        // Servers without keys still want the header from some clients.
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${apiKey ?? "none"}` },
        body: JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const text = await readText(response);
      if (response.ok) {
        const reply = read(parseJson(text));
        if (reply) return { kind: "reply", reply };
        message = "the answer is not of the protocol";
      } else if (response.status === 429 || response.status >= 500) {
        if (response.status === 501) return { kind: "refused", status: 501, text: text.slice(0, 500) };
        message = `status ${response.status}`;
        statedMs = readRetryAfterMs(response.headers.get("retry-after"));
      } else if ([400, 404, 415, 422].includes(response.status)) {
        return { kind: "refused", status: response.status, text: text.slice(0, 500) };
      } else return { kind: "failed", message: `status ${response.status}` };
    } catch (error) {
      signal.throwIfAborted();
      const cause = (error as Error).cause;
      message = cause instanceof Error ? cause.message : (error as Error).message;
    }
    if (attempt === tries) break;
    // Jitter, so that several workers do not come back at once.
    const pauseMs = (statedMs ?? retryPauseMs * 2 ** (attempt - 1)) * (1 + Math.random() * 0.25);
    await wait(Math.min(longestPauseMs, pauseMs), undefined, { signal });
  }
  return { kind: "failed", message };
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxAnswerBytes) throw new Error("the answer is too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
