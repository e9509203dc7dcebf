/**
 * The short way for the request that is most of all requests: GET of a job, by a known key within its limits. It does
 * what the router, the gate and the handler do, without them in between, and costs about half. Anything that is
 * not this plain case, and any trouble, is left to them: `otherwise` starts over with the same request.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { finalStatuses, type JobRecord } from "../jobs/types.ts";
import { admit } from "./admission.ts";
import { mayDo, readBearer } from "./auth.ts";
import { type HttpParts, jsonType } from "./call.ts";
import { chooseRequestId } from "./gate.ts";
import { viewJob } from "./job-view.ts";
import { rateHeaders } from "./limits.ts";
import { logRequest } from "./request-log.ts";

type RequestListener = (req: IncomingMessage, res: ServerResponse) => void;
interface Printed {
  second: number;
  baseUrl: string;
  body: string;
}
const pollPath = /^\/(?:api\/)?v1\/jobs\/(job_[0-9a-f]{1,32})$/;

export function createPoll(
  parts: HttpParts,
  { baseOf, isStopping }: { baseOf: (req: IncomingMessage) => string; isStopping: () => boolean },
  otherwise: RequestListener,
): RequestListener {
  const { keys, jobs, ids, clock } = parts;
  const makeId = () => ids.requestId();
  /** By the record, which `jobs.get` gives again as long as the job stands unchanged. */
  const printed = new WeakMap<JobRecord, Printed>();

  /** An ended job's answer changes with its URL alone, and that is signed to the second. */
  async function print(job: JobRecord, baseUrl: string): Promise<string> {
    if (!finalStatuses.includes(job.status)) return JSON.stringify(await viewJob(job, parts, baseUrl));
    const second = Math.floor(clock.now().getTime() / 1000);
    const known = printed.get(job);
    if (known?.second === second && known.baseUrl === baseUrl) return known.body;
    const body = JSON.stringify(await viewJob(job, parts, baseUrl));
    printed.set(job, { second, baseUrl, body });
    return body;
  }

  /** False when the request is not the plain case after all; nothing is written then. */
  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    bearer: string,
    jobId: string,
    startedMs: number,
  ): Promise<boolean> {
    const key = await keys.authenticate(bearer);
    if (!key || !mayDo(key, "read")) return false;
    const admission = admit(req, key, parts);
    const { taken } = admission instanceof Promise ? await admission : admission;
    if (!taken.allowed) return false;
    const job = await jobs.get(key.accountId, jobId);
    if (!job) return false;
    const body = await print(job, baseOf(req));
    const [limit, remaining, reset] = rateHeaders(taken);
    const requestId = chooseRequestId(req.headers["x-request-id"], makeId);
    // biome-ignore format: name and value in pairs
    const headers = [
      "x-request-id", requestId,
      "ratelimit-limit", limit,
      "ratelimit-remaining", remaining,
      "ratelimit-reset", reset,
      "content-type", jsonType,
      "x-content-type-options", "nosniff",
      "cache-control", "no-store",
      "content-length", String(Buffer.byteLength(body)),
    ];
    if (isStopping()) headers.push("connection", "close");
    res.writeHead(200, headers);
    res.end(body);
    logRequest(parts, {
      requestId,
      method: "GET",
      url: req.url!,
      operation: "getJob",
      status: 200,
      startedMs,
      keyId: key.keyId,
    });
    return true;
  }

  return function poll(req, res) {
    const found = req.method === "GET" && req.headers.origin === undefined ? pollPath.exec(req.url ?? "") : null;
    const bearer = found ? readBearer(req.headers.authorization) : undefined;
    if (!found || typeof bearer !== "string") {
      otherwise(req, res);
      return;
    }
    answer(req, res, bearer, found[1]!, performance.now()).then(
      (done) => {
        if (!done) otherwise(req, res);
      },
      () => {
        if (!res.headersSent) otherwise(req, res);
      },
    );
  };
}
