/**
 * The only place that opens connections to foreign hosts. The address is checked where the socket gets it, so what was
 * checked is what is connected to; redirects are followed by hand, each like a new URL; no credentials are ever sent.
 */
import { type LookupAddress, lookup as lookupName } from "node:dns";
import { createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { isIP, type LookupFunction } from "node:net";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Details, Problem, problem } from "@knowhere/contract";
import { Agent, buildConnector, type Dispatcher, request } from "undici";
import type { Fetched, Fetcher } from "../../ports/fetcher.ts";
import { type AddressRule, allowAddresses, literalAddress } from "./addresses.ts";
import { readRetryAfterMs } from "./retry-after.ts";
import { describeStatus, describeTrouble } from "./trouble.ts";

const maxRedirects = 5;
/** A name server that is silent for longer leaves `check` undecided; the connection is checked again anyway. */
const lookupTimeoutMs = 5_000;

/** Finds the addresses of a name, like dns.lookup with `all`. */
export type Resolve = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;
const resolveBySystem: Resolve = (hostname, done) => lookupName(hostname, { all: true, verbatim: true }, done);

interface Trip {
  method: "GET" | "HEAD" | "POST";
  headers?: Record<string, string>;
  body?: Uint8Array;
  followRedirects: boolean;
  signal: AbortSignal;
  /** Whom it is at, after redirects: for what is said when it fails. */
  host?: string;
}
type Arrived = { url: string; answer: Dispatcher.ResponseData };

/** @param allowCidrs Networks that may be reached besides the public internet. */
export function createFetcher({
  allowCidrs = [],
  resolve = resolveBySystem,
}: {
  allowCidrs?: readonly string[];
  /** For tests. */
  resolve?: Resolve;
} = {}): Fetcher & { close(): Promise<void> } {
  const isAllowed = allowAddresses(allowCidrs);
  const agent = new Agent({ connect: connectChecked(isAllowed, resolve), pipelining: 1, keepAliveTimeout: 4_000 });

  async function travel(start: string, trip: Trip): Promise<Arrived> {
    let url = checkUrl(start, isAllowed);
    for (let hop = 0; ; hop++) {
      trip.host = url.host;
      const answer = await request(url, {
        dispatcher: agent,
        method: trip.method,
        headers: { "user-agent": "Knowhere/1.0", accept: "*/*", "accept-encoding": "identity", ...trip.headers },
        body: trip.body ?? null,
        signal: trip.signal,
      });
      const location = answer.headers["location"];
      if (!trip.followRedirects || ![301, 302, 303, 307, 308].includes(answer.statusCode) || location === undefined) {
        return { url: url.href, answer };
      }
      await discard(answer.body);
      if (hop === maxRedirects) throw downloadFailed(`${url.host} redirects more than ${maxRedirects} times`);
      const target = URL.canParse(String(location), url) ? new URL(String(location), url) : null;
      if (!target) throw downloadFailed(`${url.host} redirects to something that is no URL`);
      url = checkUrl(target.href, isAllowed);
    }
  }

  return {
    async download(url, path, { maxBytes, timeoutMs, signal }) {
      const deadline = withDeadline(timeoutMs, signal);
      const trip: Trip = { method: "GET", followRedirects: true, signal: deadline };
      try {
        const arrived = await travel(url, trip);
        const { statusCode, headers, body } = arrived.answer;
        const tooLarge = Number(headers["content-length"] ?? 0) > maxBytes;
        if (statusCode < 200 || statusCode > 299 || tooLarge) await discard(body);
        if (statusCode < 200 || statusCode > 299) {
          const askedMs = readRetryAfterMs(String(headers["retry-after"] ?? ""));
          throw downloadFailed(describeStatus(statusCode, trip.host!), {
            http_status: statusCode,
            ...(askedMs === null ? {} : { retry_after: Math.ceil(askedMs / 1000) }),
          });
        }
        if (tooLarge) throw problem("SOURCE_TOO_LARGE", { limit_bytes: maxBytes });
        const meter = measure(maxBytes);
        // Closed and empty before anything arrives: a file opened later could appear after it was removed below.
        await writeFile(path, "", { mode: 0o600 });
        await pipeline(decode(arrived.answer), meter.stream, createWriteStream(path, { flags: "r+" }), {
          signal: deadline,
        });
        return describe(arrived, meter.bytes());
      } catch (error) {
        await rm(path, { force: true });
        throw translate(error, trip, signal);
      }
    },

    async head(url, { timeoutMs, signal }) {
      const trip: Trip = { method: "HEAD", followRedirects: true, signal: withDeadline(timeoutMs, signal) };
      try {
        const arrived = await travel(url, trip);
        await discard(arrived.answer.body);
        const { statusCode } = arrived.answer;
        return statusCode >= 200 && statusCode <= 299 ? describe(arrived, 0) : null;
      } catch (error) {
        const told = translate(error, trip, signal);
        if (told instanceof Problem && told.problem === "DOWNLOAD_FAILED") return null;
        throw told;
      }
    },

    async post(url, { headers, body, timeoutMs, maxAnswerBytes, signal }) {
      const trip: Trip = {
        method: "POST",
        headers,
        body,
        followRedirects: false,
        signal: withDeadline(timeoutMs, signal),
      };
      try {
        const { answer } = await travel(url, trip);
        return {
          status: answer.statusCode,
          headers: flatten(answer.headers),
          body: await readStart(answer.body, maxAnswerBytes),
        };
      } catch (error) {
        throw translate(error, trip, signal);
      }
    },

    async check(url) {
      const { hostname } = checkUrl(url, isAllowed);
      if (literalAddress(hostname)) return;
      const addresses = await resolveWithin(resolve, hostname);
      if (addresses.some(({ address }) => !isAllowed(address))) throw notAllowed("address");
    },

    close: () => agent.close(),
  };
}

const notAllowed = (why: "syntax" | "scheme" | "credentials" | "address" | "unknown_host") =>
  problem("URL_NOT_ALLOWED", { why });
const downloadFailed = (description: string, details: Details = {}, cause?: unknown) =>
  problem("DOWNLOAD_FAILED", { violations: [{ field: "source_url", description }], ...details }, { cause });

/** Everything that can be said about a URL without asking a name server. Number forms of addresses are plain by now: URL writes them out. */
function checkUrl(text: string, isAllowed: AddressRule): URL {
  if (!URL.canParse(text)) throw notAllowed("syntax");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw notAllowed("scheme");
  if (url.username !== "" || url.password !== "") throw notAllowed("credentials");
  const literal = literalAddress(url.hostname);
  if (literal && !isAllowed(literal)) throw notAllowed("address");
  return url;
}

function resolveWithin(resolve: Resolve, hostname: string): Promise<LookupAddress[]> {
  return new Promise((settle, reject) => {
    const timer = setTimeout(() => settle([]), lookupTimeoutMs);
    resolve(hostname, (error, addresses) => {
      clearTimeout(timer);
      // Only a definite "no such name" is a fault of the URL; a name server in trouble may have recovered by the time of the fetch.
      if (error && ["ENOTFOUND", "ENODATA", "EAI_NONAME", "EAI_NODATA"].includes(error.code ?? ""))
        reject(notAllowed("unknown_host"));
      else settle(error ? [] : addresses);
    });
  });
}

/** A connector whose sockets only ever reach allowed addresses. */
function connectChecked(isAllowed: AddressRule, resolve: Resolve): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname, (error, addresses) => {
      const first = addresses?.[0];
      if (error) return done(error, "", 0);
      if (!first) return done(Object.assign(new Error(`${hostname} has no address`), { code: "ENODATA" }), "", 0);
      // One bad address among good ones is the mark of a rebinding attack: the whole answer is refused.
      if (addresses.some(({ address }) => !isAllowed(address))) return done(notAllowed("address"), "", 0);
      if (options.all) return done(null, addresses);
      const wanted = addresses.find(({ family }) => family === options.family) ?? first;
      done(null, wanted.address, wanted.family);
    });
  };
  const connect = buildConnector({ lookup, timeout: 10_000 } as buildConnector.BuildOptions);
  return (options, done) => {
    // Sockets skip `lookup` for literal addresses.
    if (isIP(options.hostname.replace(/^\[|\]$/g, "")) && !isAllowed(options.hostname))
      return done(notAllowed("address"), null);
    connect(options, done);
  };
}

const withDeadline = (timeoutMs: number, signal: AbortSignal | undefined) => {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
};

/** Our own problems pass, the caller's cancellation too; anything else is trouble on the way. */
function translate(error: unknown, trip: Trip, signal: AbortSignal | undefined): unknown {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (cause instanceof Problem) return cause;
  }
  if (signal?.aborted) return signal.reason;
  if (isOwnFault(error)) return error;
  const host = trip.host ?? "the server";
  return downloadFailed(trip.signal.aborted ? `${host} took too long` : describeTrouble(error, host), {}, error);
}

/** A full or read-only disk says nothing about the URL. */
const isOwnFault = (error: unknown) =>
  ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EMFILE", "ENOENT"].includes((error as NodeJS.ErrnoException)?.code ?? "");

async function discard(body: Readable): Promise<void> {
  body.on("error", () => {});
  body.destroy();
}

function decode({ headers, body }: Dispatcher.ResponseData): Readable {
  // We ask for no encoding, but some servers do not listen.
  const decoders: Record<string, () => Transform> = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  const encoding = String(headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  if (encoding === "identity" || encoding === "") return body;
  const decoder = decoders[encoding]?.();
  if (!decoder) throw downloadFailed(`the server answered in an unknown encoding (${encoding.slice(0, 20)})`);
  body.on("error", (error) => decoder.destroy(error));
  decoder.on("close", () => body.destroy());
  return body.pipe(decoder);
}

function measure(maxBytes: number) {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(problem("SOURCE_TOO_LARGE", { limit_bytes: maxBytes }));
      else done(null, chunk);
    },
  });
  return { stream, bytes: () => bytes };
}

async function readStart(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the stream.
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString("utf8");
}

const flatten = (headers: Dispatcher.ResponseData["headers"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );

const describe = ({ url, answer }: Arrived, bytes: number): Fetched => ({
  url,
  status: answer.statusCode,
  headers: flatten(answer.headers),
  bytes,
});
