/** The door before every handler: request id, CORS, who is asking, how often, and may they. */
import { type Problem, problem, type Scope } from "@knowhere/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ApiKeyRecord } from "../ports/keys.ts";
import { type Admission, admissionOf, admit } from "./admission.ts";
import { mayDo, readBearer } from "./auth.ts";
import type { HttpParts } from "./call.ts";
import { createCors } from "./cors.ts";
import { rateHeaders, rateProblem } from "./limits.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set once the caller is known. */
    key: ApiKeyRecord | null;
    startedMs: number;
  }
  interface FastifyContextConfig {
    /** undefined: no key is looked at (open operations, presigned URLs). */
    scope?: Scope;
    operationId?: string;
  }
}

type Done = (error?: Error) => void;
const requestIdShape = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's own id when it is harmless in a log and a header. */
export function chooseRequestId(given: string | string[] | undefined, make: () => string): string {
  return typeof given === "string" && requestIdShape.test(given) ? given : make();
}

/** Runs before the body is read, without a promise of its own as long as key and limiter answer from memory. */
export function createGate(parts: HttpParts) {
  const { keys, clock } = parts;
  const answerCors = createCors(parts.settings.corsOrigins);

  function letIn(request: FastifyRequest, reply: FastifyReply, { key, taken }: Admission, done: Done): void {
    const { scope } = request.routeOptions.config;
    request.key = key;
    const [limit, remaining, reset] = rateHeaders(taken);
    reply.header("ratelimit-limit", limit);
    reply.header("ratelimit-remaining", remaining);
    reply.header("ratelimit-reset", reset);
    // What a key gets to see is for its holder alone, errors too.
    reply.header("cache-control", "no-store");
    if (!taken.allowed) done(rateProblem(taken, clock.now().getTime()));
    else if (scope !== undefined && !mayDo(key, scope)) done(problem("SCOPE_MISSING", { required_permission: scope }));
    else done();
  }

  return function enter(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    request.startedMs = performance.now();
    reply.header("x-request-id", request.id);
    reply.header("x-content-type-options", "nosniff");
    if (request.headers.origin !== undefined && answerCors(request, reply)) return;
    const { scope } = request.routeOptions.config;
    // An unknown path is told to anyone; a known key gets its numbers with it.
    if (scope === undefined && !(request.is404 && request.headers.authorization !== undefined)) {
      done();
      return;
    }
    const refuse = (refusal: Problem) => done(request.is404 ? undefined : refusal);
    const bearer = readBearer(request.headers.authorization);
    if (typeof bearer !== "string") {
      refuse(bearer);
      return;
    }
    const admitted = admissionOf(request.raw);
    if (admitted) {
      letIn(request, reply, admitted, done);
      return;
    }
    keys
      .authenticate(bearer)
      .then((key) => key && admit(request.raw, key, parts))
      .then((admission) => {
        if (admission) letIn(request, reply, admission, done);
        else refuse(problem("BAD_API_KEY"));
      }, done);
  };
}
