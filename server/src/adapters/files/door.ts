/** Answers requests to presigned URLs of the folder store, the way S3 would. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { Problem } from "@knowhere/contract";
import type { BlobDoor } from "../../ports/blob-door.ts";
import type { BlobInfo } from "../../ports/blobs.ts";
import { matchesEtag, parseRange } from "../../ports/byte-range.ts";
import type { Log } from "../../ports/log.ts";
import { nameAttachment } from "./attachment.ts";
import { checkDigests, readDigests } from "./digests.ts";
import { type Permit, type Refusal, readPermit } from "./signature.ts";
import { printStorageError, StorageError } from "./storage-error.ts";
import type { FileStore } from "./store.ts";
import type { UsedUrls } from "./used-urls.ts";

const refusals: Record<Refusal, () => StorageError> = {
  missing: () => new StorageError("AccessDenied", "Access Denied: the URL carries no signature."),
  malformed: () =>
    new StorageError("AuthorizationQueryParametersError", "The URL's signature parameters are malformed."),
  mismatch: () =>
    new StorageError(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    ),
  expired: () => new StorageError("AccessDenied", "Request has expired"),
};
/** A refused upload is read on for so long, so that the client gets to see the answer instead of a broken pipe. */
const drainLimit = { bytes: 64 * 1024 * 1024, ms: 10_000 };

interface Parts {
  secret: Uint8Array;
  store: FileStore;
  used: UsedUrls;
  path: string;
  log: Log;
  now: () => number;
}
type Calls = Parameters<BlobDoor["handle"]>[2];

export function createDoor(parts: Parts): BlobDoor {
  const { path } = parts;
  return {
    path,
    async handle(req, res, calls) {
      try {
        await answer(parts, req, res, calls);
      } catch (error) {
        await refuse(parts, req, res, calls, error);
      }
    },
  };
}

async function answer(parts: Parts, req: IncomingMessage, res: ServerResponse, calls: Calls): Promise<void> {
  const permit = readPermit(parts.secret, parts.path, req.url ?? "", Math.floor(parts.now() / 1000));
  if (typeof permit === "string") throw refusals[permit]();
  const method = req.method === "HEAD" ? "GET" : req.method;
  if (method !== permit.method) {
    if (method === "GET" || method === "PUT") throw refusals.mismatch();
    throw new StorageError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Allow: permit.method === "GET" ? "GET, HEAD" : "PUT",
    });
  }
  if (permit.method === "PUT") await receive(parts, req, res, permit, calls);
  else await send(parts, req, res, permit);
}

async function send({ store }: Parts, req: IncomingMessage, res: ServerResponse, permit: Permit): Promise<void> {
  const info = await store.head(permit.key);
  if (!info) throw new StorageError("NoSuchKey", "The specified key does not exist.");
  const headers = describeBlob(info, permit);
  if (req.headers["if-match"] !== undefined && !matchesEtag(req.headers["if-match"], info.etag)) {
    throw new StorageError("PreconditionFailed", "At least one of the preconditions you specified did not hold.");
  }
  if (req.headers["if-none-match"] !== undefined && matchesEtag(req.headers["if-none-match"], info.etag)) {
    res.writeHead(304, headers).end();
    return;
  }
  const range = parseRange(req.headers.range, req.headers["if-range"]?.toString(), info);
  if (range === "unsatisfiable") {
    throw new StorageError("InvalidRange", "The requested range is not satisfiable", {
      "Content-Range": `bytes */${info.bytes}`,
    });
  }
  const length = range ? range.end - range.start + 1 : info.bytes;
  const status = range ? 206 : 200;
  if (range) headers["Content-Range"] = `bytes ${range.start}-${range.end}/${info.bytes}`;
  headers["Content-Length"] = String(length);
  if (req.method === "HEAD") {
    res.writeHead(status, headers).end();
    return;
  }
  const { body } = await store.get(permit.key, range ?? undefined);
  res.writeHead(status, headers);
  await pipeline(body, res);
}

function describeBlob(info: BlobInfo, permit: Permit): Record<string, string> {
  return {
    "Content-Type": permit.contentType || info.contentType,
    ETag: info.etag,
    "Last-Modified": info.modifiedAt.toUTCString(),
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    ...(permit.fileName === undefined ? {} : { "Content-Disposition": nameAttachment(permit.fileName) }),
  };
}

async function receive(
  { store, used }: Parts,
  req: IncomingMessage,
  res: ServerResponse,
  permit: Permit,
  calls: Calls,
): Promise<void> {
  if ((req.headers["content-type"] ?? "") !== permit.contentType) {
    throw new StorageError("SignatureDoesNotMatch", `The URL is signed for Content-Type: ${permit.contentType}`);
  }
  const maxBytes = permit.maxBytes ?? 0;
  const tooLarge = () =>
    new StorageError("EntityTooLarge", `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes.`);
  const announced = req.headers["content-length"] === undefined ? undefined : Number(req.headers["content-length"]);
  if (announced !== undefined && announced > maxBytes) throw tooLarge();
  const digests = readDigests(req.headers);
  await refuseSecond(store, used, permit, announced, calls);

  const received = await store.receive(req, { maxBytes }).catch((error: unknown) => {
    if (error instanceof Problem && error.problem === "SOURCE_TOO_LARGE") throw tooLarge();
    // The request's own stream broke: the client went away in the middle. Trouble with our disk is not its fault.
    if (req.errored && !req.complete)
      throw new StorageError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
      );
    throw error;
  });
  let info: BlobInfo;
  try {
    checkDigests(digests, received);
    info = await received.publish(permit.key, { contentType: permit.contentType, ifAbsent: true });
  } catch (error) {
    await received.discard();
    throw error instanceof Problem && error.problem === "CONFLICT" ? alreadyThere() : error;
  }
  try {
    await used.add(permit.key, permit.expires);
    await calls.uploaded(permit.key);
  } catch (error) {
    // Nobody knows of the bytes, so they go again and the same URL may be used once more.
    await store.delete(permit.key);
    await used.remove(permit.key);
    throw error;
  }
  res.writeHead(200, { ETag: info.etag, "Content-Length": "0" }).end();
}

const alreadyThere = () =>
  new StorageError(
    "ObjectAlreadyExists",
    "This URL has already been used: the file is uploaded. Create a new job to upload another.",
  );

/**
 * One upload a URL. When an earlier upload was stored but the process died before telling anyone, this one tells, and
 * is answered as the success that it repeats.
 */
async function refuseSecond(
  store: FileStore,
  used: UsedUrls,
  permit: Permit,
  announced: number | undefined,
  calls: Calls,
): Promise<void> {
  const there = await store.head(permit.key);
  if (!there && !(await used.has(permit.key))) return;
  if (there && (await calls.uploaded(permit.key)) && announced === there.bytes) throw new Repeated(there);
  throw alreadyThere();
}

/** Not an error: leaves `receive` early with the answer of the upload before. */
class Repeated extends Error {
  constructor(readonly info: BlobInfo) {
    super("repeated upload");
  }
}

async function refuse(
  { log }: Parts,
  req: IncomingMessage,
  res: ServerResponse,
  { requestId }: Calls,
  error: unknown,
): Promise<void> {
  if (res.headersSent || res.destroyed) {
    // The client left while the bytes were on their way; there is nobody to tell.
    res.destroy();
    return;
  }
  if (error instanceof Repeated) {
    await drain(req);
    res.writeHead(200, { ETag: error.info.etag, "Content-Length": "0" }).end();
    return;
  }
  const refusal = error instanceof StorageError ? error : unavailable(error);
  if (!(error instanceof StorageError)) log.error({ requestId, err: describeFault(error) }, "blob request failed");
  const body = printStorageError(refusal, (req.url ?? "").split("?")[0] ?? "", requestId);
  const unread = req.method === "PUT" && !req.complete;
  res.writeHead(refusal.status, {
    "Content-Type": "application/xml",
    "Content-Length": String(Buffer.byteLength(body)),
    ...(unread ? { Connection: "close" } : {}),
    ...refusal.headers,
  });
  if (req.method === "HEAD") {
    res.end();
    return;
  }
  res.write(body);
  if (unread) await drain(req);
  res.end();
}

/** Without the fields that a driver hangs on its errors: they may hold values of rows. */
function describeFault(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...("code" in error ? { code: error.code } : {}),
  };
}

function unavailable(error: unknown): StorageError {
  const cure = error instanceof Problem && error.status < 500 ? "InternalError" : "ServiceUnavailable";
  return new StorageError(cure, "The storage is temporarily unavailable. Please retry.", { "Retry-After": "5" });
}

/** Reads on and throws away, up to the limits; resolves when there is nothing more or enough. */
function drain(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const stop = () => {
      clearTimeout(timer);
      req.off("data", count).off("end", stop).off("close", stop).off("error", stop);
      req.pause();
      resolve();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > drainLimit.bytes) stop();
    };
    const timer = setTimeout(stop, drainLimit.ms);
    if (req.destroyed || req.readableEnded) return stop();
    req.on("data", count).on("end", stop).on("close", stop).on("error", stop);
    req.resume();
  });
}
