/** Requests that are repeated when that may help, and only then. */
import { ApiError, ConnectionError, errorOf, StorageError } from "./errors.ts";

export interface TransportOptions {
  apiKey: string;
  baseUrl: string;
  /** Tries after the first one. */
  maxRetries: number;
  timeoutMs: number;
  fetch: typeof fetch;
  sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** 0 to 1: spreads clients that failed together. */
  random: () => number;
}

export interface ApiRequest {
  method: string;
  /** Below the base, with its query. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Longer than the server may take to answer on purpose. */
  extraTimeMs?: number;
}

const baseDelayMs = 500;
const maxDelayMs = 30_000;

/** The checked JSON answer. @throws ApiError, ConnectionError */
export async function callApi<T>(request: ApiRequest, options: TransportOptions): Promise<T> {
  return retry(options, request.signal, async () => {
    const { apiKey, baseUrl, timeoutMs } = options;
    const init: RequestInit = {
      method: request.method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${apiKey}`,
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    };
    const answer = await send(
      options.fetch,
      baseUrl + request.path,
      init,
      timeoutMs + (request.extraTimeMs ?? 0),
      request.signal,
    );
    if (!answer.ok) throw await errorOf(answer);
    return (await answer.json()) as T;
  });
}

/** One request. Trouble on the way becomes ConnectionError; the caller's own stop stays what it is. */
export async function send(
  fetchIt: typeof fetch,
  url: string,
  init: RequestInit,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetchIt(url, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new ConnectionError(timeout.aborted ? `No answer within ${timeoutMs / 1000} s` : "The connection failed", {
      cause,
    });
  }
}

/** Runs `attempt` until it succeeds, fails for good, or has been tried often enough. */
export async function retry<T>(
  options: Pick<TransportOptions, "maxRetries" | "sleep" | "random">,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= options.maxRetries || !mayHelp(error)) throw error;
      const hint = error instanceof ApiError ? error.retryAfterS : undefined;
      const backOff = Math.min(maxDelayMs, baseDelayMs * 2 ** tries) * (0.8 + 0.4 * options.random());
      await options.sleep(hint === undefined ? backOff : hint * 1000, signal);
    }
  }
}

/** A 429 without a hint is a quota, not a pause. A 500 is a fault that repeating would only repeat. */
function mayHelp(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (error instanceof StorageError) return [500, 502, 503, 504].includes(error.status);
  if (!(error instanceof ApiError)) return false;
  if (error.status === 429) return error.retryAfterS !== undefined;
  if (error.status === 409) return error.code === "ABORTED" && error.retryAfterS !== undefined;
  return [502, 503, 504].includes(error.status);
}

/** Resolves after `ms`, or rejects with the signal's reason. */
export function sleepFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
