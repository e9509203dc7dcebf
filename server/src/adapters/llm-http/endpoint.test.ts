import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelRequest } from "../../ports/model.ts";
import {
  type ChatAnswer,
  type ChatRequest,
  type FakeModelServer,
  startFakeModel,
} from "../../testing/fake-model-server.ts";
import { createAnswerCache } from "./answer-cache.ts";
import { createModelEndpoint, type EndpointOptions } from "./endpoint.ts";
import { findJsonObject, stripThoughts } from "./reply.ts";

let folder: string;
let server: FakeModelServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-model-"));
});
afterEach(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});

const request: ModelRequest = {
  role: "text",
  prompt: "summary/1",
  system: "Sum up.",
  text: "A long text.",
  schema: {
    type: "object",
    properties: { summary: { type: "string" } },
    required: ["summary"],
    additionalProperties: false,
  },
  maxTokens: 100,
};
const signal = new AbortController().signal;
async function serve(
  answer: (request: ChatRequest, call: number) => ChatAnswer | Promise<ChatAnswer>,
  options: Partial<EndpointOptions> = {},
) {
  server = await startFakeModel(answer);
  return createModelEndpoint({
    baseUrl: server.baseUrl,
    models: { text: "small", vision: "seeing" },
    cacheDir: join(folder, "answers"),
    cacheMs: 3_600_000,
    timeoutMs: 5000,
    retryPauseMs: 1,
    concurrency: 2,
    maxCalls: 100,
    maxTokens: 100_000,
    ...options,
  });
}
const good = { content: { summary: "Short." } };
const goodAnswer = { ok: true, value: { summary: "Short." }, model: "small", cached: false };

describe("a model endpoint", () => {
  it("asks with the schema in the request and in the prompt, and checks the reply", async () => {
    const endpoint = await serve(() => good, { apiKey: "secret" });
    expect(await endpoint.openClient().ask(request, signal)).toEqual(goodAnswer);
    expect(server.requests[0]).toMatchObject({
      model: "small",
      max_tokens: 100,
      stream: false,
      response_format: { type: "json_schema" },
    });
    expect(server.requests[0]!.messages[0]!.content).toContain('"summary"');
    expect(server.authorizations).toEqual(["Bearer secret"]);
  });

  it("sends pictures as data URLs after the text", async () => {
    const endpoint = await serve(() => good);
    const image = { bytes: new Uint8Array([1, 2, 3]), mediaType: "image/jpeg" };
    expect(await endpoint.openClient().ask({ ...request, role: "vision", image }, signal)).toMatchObject({
      ok: true,
      model: "seeing",
    });
    expect(server.requests[0]!.messages[1]!.content).toEqual([
      { type: "text", text: "A long text." },
      { type: "image_url", image_url: { url: "data:image/jpeg;base64,AQID" } },
    ]);
  });

  it("goes down to JSON objects and plain prompts where the server refuses formats, and stays there", async () => {
    const endpoint = await serve(({ response_format }) => (response_format ? { status: 400, raw: "{}" } : good));
    const client = endpoint.openClient();
    expect(await client.ask(request, signal)).toEqual(goodAnswer);
    await client.ask({ ...request, text: "Another." }, signal);
    expect(server.requests.map(({ response_format }) => response_format?.type)).toEqual([
      "json_schema",
      "json_object",
      undefined,
      undefined,
    ]);
  });

  it.each([
    ["thoughts", '<think>{"summary": 1} no</think>{"summary":"Short."}'],
    ["a fence and prose", 'Here you are {really}:\n```json\n{"summary":"Short."}\n```'],
  ])("finds the object behind %s", async (_, content) => {
    const endpoint = await serve(() => ({ content }));
    expect(await endpoint.openClient().ask(request, signal)).toEqual(goodAnswer);
  });

  it("asks once more when the reply is not of the schema, saying what was wrong", async () => {
    const endpoint = await serve((_, call) => (call === 1 ? { content: { title: "?" } } : good));
    expect(await endpoint.openClient().ask(request, signal)).toEqual(goodAnswer);
    expect(server.requests[1]!.messages.at(-1)!.content).toContain("not what was asked for");
  });

  it("gives up on garbage after that", async () => {
    const endpoint = await serve(() => ({ content: "I would rather talk about the weather." }));
    expect(await endpoint.openClient().ask(request, signal)).toMatchObject({ ok: false, reason: "invalid" });
    expect(server.requests).toHaveLength(2);
  });

  it("takes a reply that was cut off for none, even if it looks whole", async () => {
    const endpoint = await serve(() => ({ ...good, finishReason: "length" }));
    expect(await endpoint.openClient().ask(request, signal)).toMatchObject({ ok: false, reason: "truncated" });
  });

  it.each([
    ["too many requests", { status: 429, headers: { "Retry-After": "0" } }],
    ["its own faults", { status: 503 }],
    ["an answer that is none", { raw: "<html>" }],
  ])("tries again after %s", async (_, bad) => {
    const endpoint = await serve((_request, call) => (call < 3 ? bad : good));
    expect(await endpoint.openClient().ask(request, signal)).toEqual(goodAnswer);
    expect(server.requests).toHaveLength(3);
  });

  it("says that the server is out of reach after four tries, at once for a wrong key", async () => {
    const down = await serve(() => ({ status: 500 }));
    expect(await down.openClient().ask(request, signal)).toMatchObject({ ok: false, reason: "unreachable" });
    expect(server.requests).toHaveLength(4);
    await server.close();
    const locked = await serve(() => ({ status: 401 }));
    expect(await locked.openClient().ask(request, signal)).toMatchObject({ ok: false, reason: "unreachable" });
    expect(server.requests).toHaveLength(1);
  });

  it("ends a call that takes too long", async () => {
    const endpoint = await serve(() => new Promise<ChatAnswer>(() => {}), { timeoutMs: 20 });
    expect(await endpoint.openClient().ask(request, signal)).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("keeps answers by model, prompt and input, and only good ones", async () => {
    const endpoint = await serve((_, call) => (call <= 2 ? { content: "garbage" } : good));
    await endpoint.openClient().ask(request, signal);
    expect(await readdir(join(folder, "answers")).catch(() => [])).toEqual([]);
    expect(await endpoint.openClient().ask(request, signal)).toEqual(goodAnswer);
    expect(await endpoint.openClient().ask(request, signal)).toEqual({ ...goodAnswer, cached: true });
    await endpoint.openClient().ask({ ...request, prompt: "summary/2" }, signal);
    expect(server.requests).toHaveLength(4);
  });

  it("keeps nothing where that is off, and forgets what is old", async () => {
    const endpoint = await serve(() => good, { cacheMs: 0 });
    await endpoint.openClient().ask(request, signal);
    expect(await endpoint.openClient().ask(request, signal)).toEqual(goodAnswer);
    const cache = createAnswerCache(join(folder, "kept"), 1000);
    await cache.keep("a", 1);
    await cache.prune(Date.now());
    expect(await cache.find("a")).toBe(1);
    await cache.prune(Date.now() + 60_000);
    expect(await cache.find("a")).toBeUndefined();
  });

  it("stops a job that has used up its calls or tokens, not the next one", async () => {
    const endpoint = await serve(() => ({ ...good, tokens: 60 }), { maxTokens: 100 });
    const client = endpoint.openClient();
    const ask = (text: string) => client.ask({ ...request, text }, signal);
    expect([await ask("a"), await ask("b"), await ask("c")].map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(await ask("d")).toMatchObject({ reason: "budget" });
    expect(await endpoint.openClient().ask({ ...request, text: "d" }, signal)).toMatchObject({ ok: true });
  });

  it("asks no more than two things at once", async () => {
    const endpoint = await serve(() => good);
    const client = endpoint.openClient();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => client.ask({ ...request, text: `${at}` }, signal)),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(server.peak).toBeLessThanOrEqual(2);
  });

  it("says which role has no model, and asks nothing", async () => {
    const endpoint = await serve(() => good, { models: { text: "small" } });
    expect(await endpoint.openClient().ask({ ...request, role: "vision" }, signal)).toMatchObject({
      reason: "not_configured",
    });
    expect(server.requests).toEqual([]);
  });
});

describe("reading replies", () => {
  it("hides thoughts that are closed, unclosed or begun before the reply", () => {
    expect(stripThoughts("<think>a</think>b")).toBe("b");
    expect(stripThoughts("a</think>b")).toBe("b");
    expect(stripThoughts("b<think>a")).toBe("b");
  });

  it("finds the first whole object, also with braces in its strings", () => {
    expect(findJsonObject('x {y} {"a":"}{"} {"b":1}')).toEqual({ a: "}{" });
    expect(findJsonObject('{"a":')).toBeUndefined();
  });
});
