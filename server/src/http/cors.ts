/** Which web pages may call from a browser: none, unless a setting names their origins. */
import type { FastifyReply, FastifyRequest } from "fastify";

const exposed =
  "X-Request-ID, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, ETag, Content-Disposition, Idempotent-Replayed";
const preflightLifeS = 86_400;

/**
 * Sets the headers for a request that names its origin. True when it was a preflight and is answered.
 * A page of another origin gets no headers: its browser keeps the answer from it. Cookies play no part here, so there are
 * never credentials to allow.
 */
export function createCors(origins: readonly string[]): (request: FastifyRequest, reply: FastifyReply) => boolean {
  const any = origins.includes("*");
  return (request, reply) => {
    const origin = request.headers.origin!;
    // The answer differs by origin: nobody in between may give one page's answer to another.
    if (!any) reply.header("vary", "Origin");
    if (!any && !origins.includes(origin.toLowerCase())) return false;
    reply.header("access-control-allow-origin", any ? "*" : origin);
    reply.header("access-control-expose-headers", exposed);
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
    reply.header("access-control-allow-methods", "GET, HEAD, POST, PUT, DELETE");
    const asked = request.headers["access-control-request-headers"];
    if (asked !== undefined) reply.header("access-control-allow-headers", asked);
    reply.header("access-control-max-age", String(preflightLifeS));
    reply.code(204).send();
    return true;
  };
}
