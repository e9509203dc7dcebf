/**
 * The HTTP server. Fastify routes, reads bodies and writes answers; what is answered comes from the list of operations
 * and the handlers. Only this file, gate.ts, cors.ts and form.ts know Fastify.
 */
import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import multipart from "@fastify/multipart";
import { type Operation, type OperationId, operations, problem } from "@knowhere/contract";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import type { ApiKeyRecord } from "../ports/keys.ts";
import { maxBodyBytes, parseJson } from "./body.ts";
import { type Answer, type Call, type Handler, type HttpParts, jsonType } from "./call.ts";
import { docsAsset } from "./docs.ts";
import { drainRequest, readForm } from "./form.ts";
import { chooseRequestId, createGate } from "./gate.ts";
import { handlers } from "./handlers/index.ts";
import { jobOfSourceKey } from "./job-view.ts";
import { createPoll } from "./poll.ts";
import { describeError, envelopeOf, headersOf, problemOf } from "./problem.ts";
import { logRequest } from "./request-log.ts";
import { answersHead, methodsOf, pathsOf, routerPath } from "./routes.ts";
import { stopGracefully } from "./stop.ts";
import { check } from "./validation.ts";

export type { Build, HttpParts, HttpSettings } from "./call.ts";
export { createMemoryLimiter } from "./limits.ts";

/** A connection on which nothing moves for so long is cut; longer than any `wait` and any heartbeat. */
const idleTimeoutMs = 150_000;
/** Longer than the usual 60 s of proxies in front, so that it is not us who close while they send. */
const keepAliveTimeoutMs = 72_000;

export interface HttpServer {
  /** Resolves with where it listens, e.g. "http://127.0.0.1:5005". */
  listen(where: { host: string; port: number }): Promise<string>;
  /** Answers what is in flight, ends waits and streams, closes every connection. Resolves within about `graceMs`. */
  close(options?: { graceMs?: number }): Promise<void>;
}

export function createHttpServer(parts: HttpParts): HttpServer {
  const { ids, log, settings } = parts;
  const stopping = new AbortController();
  // Each open wait and stream listens for the stop; there is no limit to how many there are.
  const live = new Set<AbortController>();
  let listeningOn = "http://127.0.0.1";
  const baseOf = (req: IncomingMessage) => settings.publicUrl ?? baseOfHost(req.headers.host) ?? listeningOn;

  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    genReqId: (req) => chooseRequestId(req.headers["x-request-id"], () => ids.requestId()),
    return503OnClosing: false,
    serverFactory: (handle) => {
      const server = createServer(createPoll(parts, { baseOf, isStopping: () => stopping.signal.aborted }, handle));
      server.setTimeout(idleTimeoutMs);
      server.keepAliveTimeout = keepAliveTimeoutMs;
      // The slowest upload that is still welcome; the idle timeout ends those that have stopped.
      server.requestTimeout = Math.max(settings.uploadTtlS, 300) * 1000;
      return server;
    },
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => {
      reply.header("x-request-id", request.id);
      void answerError(error, request, reply);
    },
    clientErrorHandler: answerUnreadable,
  });
  app.decorateRequest("key", null);
  app.decorateRequest("startedMs", 0);
  app.register(multipart, { throwFileSizeLimit: false });
  app.removeAllContentTypeParsers();
  // Whatever it calls itself, a body is JSON; curl -d says it is a form.
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, parseJson(text as string));
    } catch (error) {
      done(error as Error);
    }
  });

  app.addHook("onRequest", createGate(parts));
  app.addHook("onResponse", (request, reply, done) => {
    logRequest(parts, {
      requestId: request.id,
      method: request.method,
      url: request.raw.url ?? "/",
      operation: request.routeOptions.config.operationId,
      status: reply.raw.statusCode,
      startedMs: request.startedMs,
      keyId: request.key?.keyId,
    });
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const allowed = methodsOf(path);
    if (allowed.length === 0) return answerError(problem("ROUTE_NOT_FOUND"), request, reply);
    reply.header("allow", allowed.join(", "));
    return answerError(problem("METHOD_NOT_ALLOWED"), request, reply);
  });

  for (const operation of Object.values(operations))
    addOperation(operation, handlers[operation.id] as Handler<OperationId>);
  app.get<{ Params: { name: string } }>("/docs/assets/:name", async (request, reply) => {
    const asset = await docsAsset(request.params.name);
    return asset ? write(reply, asset) : answerError(problem("ROUTE_NOT_FOUND"), request, reply);
  });
  if (parts.blobDoor) addBlobDoor(parts.blobDoor);

  function addOperation(operation: Operation & { id: OperationId }, handler: Handler<OperationId>): void {
    // Undefined where something in the query is required.
    const noQuery = operation.query?.safeParse({}).data;
    const bodySchema = operation.body?.content["application/json"];
    const form = operation.body?.content["multipart/form-data"] !== undefined;
    for (const path of pathsOf(operation)) {
      app.route({
        method: operation.method,
        url: routerPath(path),
        config: { operationId: operation.id, ...(operation.scope ? { scope: operation.scope } : {}) },
        ...(operation.method === "GET" ? { exposeHeadRoute: answersHead(operation) } : {}),
        handler: async (request, reply) => {
          const isForm = form && request.isMultipart();
          const { query, headers } = operation;
          const call = new LiveCall(request, reply, {
            query:
              query && (noQuery === undefined || request.raw.url?.includes("?"))
                ? check(query, request.query, "query")
                : noQuery,
            headers: headers ? check(headers, request.headers, "header") : undefined,
            body: bodySchema && !isForm ? check(bodySchema, request.body, "body") : undefined,
            form: isForm ? () => readForm(request) : undefined,
          });
          try {
            return await write(reply, await handler(call as Call, parts));
          } catch (error) {
            if (isForm) await drainRequest(request.raw);
            throw error;
          }
        },
      });
    }
  }

  function addBlobDoor(door: NonNullable<HttpParts["blobDoor"]>): void {
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      // The bytes stay in the socket until the door asks for them.
      scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
      scope.route({
        method: ["GET", "HEAD", "PUT", "POST", "DELETE"],
        url: `${door.path}/*`,
        config: { operationId: "blob" },
        handler: async (request, reply) => {
          reply.hijack();
          for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value as string);
          const uploaded = (key: string) => parts.jobs.uploaded(jobOfSourceKey(key));
          await door.handle(request.raw, reply.raw, { requestId: request.id, uploaded });
        },
      });
    });
  }

  /** The request as handlers see it; what costs something is made when it is asked for. */
  class LiveCall {
    readonly requestId: string;
    readonly key: ApiKeyRecord;
    readonly params: Record<string, string>;
    readonly query: unknown;
    readonly headers: unknown;
    readonly body: unknown;
    readonly form: Call["form"];
    private leaving: AbortController | undefined;

    constructor(
      private readonly request: FastifyRequest,
      private readonly reply: FastifyReply,
      checked: { query: unknown; headers: unknown; body: unknown; form: Call["form"] },
    ) {
      this.requestId = request.id;
      this.key = request.key!;
      this.params = request.params as Record<string, string>;
      this.query = checked.query;
      this.headers = checked.headers;
      this.body = checked.body;
      this.form = checked.form;
    }
    get baseUrl(): string {
      return baseOf(this.request.raw);
    }
    get signal(): AbortSignal {
      if (this.leaving) return this.leaving.signal;
      const leaving = new AbortController();
      this.leaving = leaving;
      if (stopping.signal.aborted) leaving.abort(stopping.signal.reason);
      live.add(leaving);
      this.reply.raw.once("close", () => {
        live.delete(leaving);
        leaving.abort(new Error("the caller has left"));
      });
      return leaving.signal;
    }
  }

  async function write(
    reply: FastifyReply,
    { status, headers, contentType, body, stream }: Answer,
  ): Promise<FastifyReply> {
    reply.code(status);
    if (contentType !== undefined) reply.header("content-type", contentType);
    if (headers) reply.headers(headers);
    if (!stream) return reply.send(body);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(status, reply.getHeaders() as Record<string, string>);
    raw.flushHeaders();
    try {
      await stream(raw);
    } catch (error) {
      // The status is out already; all that can be done is to end the stream visibly.
      log.error({ requestId: reply.request.id, err: describeError(error) }, "a stream broke");
      raw.destroy();
    }
    return reply;
  }

  function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const told = problemOf(error);
    if (told.status >= 500) log.error({ requestId: request.id, err: describeError(error) }, "request failed");
    return reply
      .code(told.status)
      .headers(headersOf(told))
      .header("content-type", jsonType)
      .send(JSON.stringify(envelopeOf(told, request.id)));
  }

  /** Bytes that are no HTTP request. There is no reply object yet, so the answer is written by hand. */
  function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
    if (socket.destroyed || !socket.writable) return;
    const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
    const requestId = ids.requestId();
    const refusal = problem("VALIDATION_FAILED", { message: STATUS_CODES[status], reason: "MALFORMED_REQUEST" });
    const body = JSON.stringify(envelopeOf(refusal, requestId));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      `X-Request-ID: ${requestId}`,
      `Content-Type: ${jsonType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  }

  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      const address = app.server.address() as AddressInfo;
      listeningOn = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
      return listeningOn;
    },
    async close({ graceMs = 8_000 } = {}) {
      stopping.abort(new Error("the server is stopping"));
      for (const leaving of live) leaving.abort(stopping.signal.reason);
      await stopGracefully(app.server, () => app.close(), graceMs);
    },
  };
}

function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? "/";
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}

/** The base as the caller sees it. A Host that is no host is not repeated. */
function baseOfHost(host: string | undefined): string | undefined {
  const isHost = host !== undefined && /^[A-Za-z0-9._-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host);
  return isHost ? `http://${host}` : undefined;
}
