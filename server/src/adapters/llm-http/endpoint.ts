/**
 * An OpenAI-compatible server (vLLM, Ollama, llama.cpp, hosted ones) as a model endpoint. Uses what all of them share:
 * chat completions, not streamed, pictures as data URLs. Servers promise structured output and do not always give it, so the schema
 * goes into the prompt as well, the reply is checked, and asked for once more when it is wrong.
 */
import { z } from "zod";
import type {
  ModelAnswer,
  ModelClient,
  ModelEndpoint,
  ModelNames,
  ModelQuestion,
  ModelRequest,
} from "../../ports/model.ts";
import { type AnswerCache, createAnswerCache, keyOf, keyOfTexts } from "./answer-cache.ts";
import { readEmbeddings } from "./embeddings.ts";
import { type ExchangeOptions, exchange } from "./exchange.ts";
import { findJsonObject, type Reply, readReply, stripThoughts } from "./reply.ts";

export interface EndpointOptions extends ExchangeOptions {
  models: ModelNames;
  /** Where answers are kept. */
  cacheDir: string;
  /** How long; 0 keeps none. */
  cacheMs: number;
  /** Requests at once to the server, over all jobs. */
  concurrency: number;
  /** Per job. */
  maxCalls: number;
  maxTokens: number;
}

type Message = { role: "system" | "user" | "assistant"; content: unknown };
/** Ways of asking for JSON, the strictest first. What a server refuses is not tried again with it. */
const rungs = ["json_schema", "json_object", "plain"] as const;
const seed = 7;
const spent = "The job's budget of model calls or tokens is used up.";

export function createModelEndpoint(options: EndpointOptions): ModelEndpoint {
  const cache = createAnswerCache(options.cacheDir, options.cacheMs);
  const turns = createTurns(options.concurrency);
  /** By model: index of the first rung that its server takes. */
  const firstRung = new Map<string, number>();
  void cache.prune(Date.now());
  return {
    models: options.models,
    openClient: () => new BudgetedClient(options, cache, turns, firstRung),
  };
}

class BudgetedClient implements ModelClient {
  readonly models: ModelNames;
  #calls = 0;
  #tokens = 0;

  constructor(
    private readonly options: EndpointOptions,
    private readonly cache: AnswerCache,
    private readonly turns: ReturnType<typeof createTurns>,
    private readonly firstRung: Map<string, number>,
  ) {
    this.models = options.models;
  }

  async ask(request: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer> {
    const model = this.options.models[request.role];
    if (!model) return refuse("not_configured", `No model for ${request.role} is configured.`);
    if (request.role === "embedding") return this.#embed(model, request.texts, signal);
    const key = keyOf(model, request);
    const check = z.fromJSONSchema(request.schema as Parameters<typeof z.fromJSONSchema>[0]);
    const kept = check.safeParse(await this.cache.find(key));
    if (kept.success) return { ok: true, value: kept.data, model, cached: true };
    return this.turns(async () => {
      const answer = await this.#converse(model, request, check, signal);
      if (answer.ok) await this.cache.keep(key, answer.value).catch(() => {});
      return answer;
    }, signal);
  }

  async #embed(model: string, texts: readonly string[], signal: AbortSignal): Promise<ModelAnswer> {
    const key = keyOfTexts(model, texts);
    const known = await this.cache.find(key);
    if (known !== undefined) return { ok: true, value: known, model, cached: true };
    return this.turns(async () => {
      if (this.#isSpent()) return refuse("budget", spent);
      this.#calls++;
      // Some servers give base64 unless told otherwise.
      const body = { model, input: texts, encoding_format: "float" };
      const read = (answer: unknown) => readEmbeddings(answer, texts.length);
      const result = await exchange({ path: "/embeddings", body, read }, this.options, signal);
      if (result.kind === "failed") return refuse("unreachable", `The model endpoint failed: ${result.message}`);
      if (result.kind === "refused")
        return refuse("invalid", `The model endpoint refused the texts (status ${result.status}: ${result.text}).`);
      const { vectors, totalTokens } = result.reply;
      this.#tokens += totalTokens || Math.ceil(texts.join("").length / 4);
      await this.cache.keep(key, vectors).catch(() => {});
      return { ok: true, value: vectors, model, cached: false };
    }, signal);
  }

  #isSpent(): boolean {
    return this.#calls >= this.options.maxCalls || this.#tokens >= this.options.maxTokens;
  }

  async #converse(model: string, request: ModelRequest, check: z.ZodType, signal: AbortSignal): Promise<ModelAnswer> {
    const messages = openingOf(request);
    let mistake = "";
    for (const repair of [false, true]) {
      const reply = await this.#complete(model, messages, request, signal);
      if ("ok" in reply) return reply;
      if (reply.finishReason === "length") return refuse("truncated", "The reply was cut off at the token limit.");
      const value = findJsonObject(stripThoughts(reply.content));
      const checked = check.safeParse(value);
      if (checked.success) return { ok: true, value: checked.data, model, cached: false };
      mistake = value === undefined ? "it holds no JSON object" : z.prettifyError(checked.error).slice(0, 500);
      if (repair) break;
      messages.push(
        { role: "assistant", content: reply.content.slice(0, 8000) },
        {
          role: "user",
          content: `That was not what was asked for: ${mistake}. Answer again with the JSON object alone.`,
        },
      );
    }
    return refuse("invalid", `The reply was not of the schema: ${mistake}`);
  }

  /** Goes down the ladder while the server refuses the request; counts every call. */
  async #complete(
    model: string,
    messages: readonly Message[],
    { schema, prompt, maxTokens }: ModelRequest,
    signal: AbortSignal,
  ): Promise<Reply | (ModelAnswer & { ok: false })> {
    const start = this.firstRung.get(model) ?? 0;
    let refusal = "";
    for (let rung = start; rung < rungs.length; rung++) {
      if (this.#isSpent()) return refuse("budget", spent);
      this.#calls++;
      const format = formatOf(rungs[rung]!, prompt, schema);
      const body = { model, messages, temperature: 0, seed, max_tokens: maxTokens, stream: false, ...format };
      const result = await exchange({ path: "/chat/completions", body, read: readReply }, this.options, signal);
      if (result.kind === "reply") {
        this.firstRung.set(model, rung);
        // Servers that do not count are counted by their letters.
        this.#tokens += result.reply.totalTokens || Math.ceil(JSON.stringify(body).length / 4);
        return result.reply;
      }
      if (result.kind === "failed") return refuse("unreachable", `The model endpoint failed: ${result.message}`);
      refusal = `status ${result.status}: ${result.text}`;
    }
    return refuse("unreachable", `The model endpoint refused the request (${refusal}).`);
  }
}

function openingOf({ system, text, image, schema }: ModelRequest): Message[] {
  const rules = `${system}\n\nAnswer with one JSON object of this JSON Schema and nothing else:\n${JSON.stringify(schema)}`;
  if (!image)
    return [
      { role: "system", content: rules },
      { role: "user", content: text },
    ];
  const url = `data:${image.mediaType};base64,${Buffer.from(image.bytes).toString("base64")}`;
  const parts = [
    { type: "text", text },
    { type: "image_url", image_url: { url } },
  ];
  return [
    { role: "system", content: rules },
    { role: "user", content: parts },
  ];
}

function formatOf(rung: (typeof rungs)[number], prompt: string, schema: Record<string, unknown>) {
  if (rung === "plain") return {};
  if (rung === "json_object") return { response_format: { type: "json_object" } };
  const name = prompt.replace(/[^a-zA-Z0-9_-]/g, "_");
  return { response_format: { type: "json_schema", json_schema: { name, strict: true, schema } } };
}

const refuse = (reason: (ModelAnswer & { ok: false })["reason"], message: string) =>
  ({ ok: false, reason, message }) as const;

/** At most `size` pieces of work at once, in the order they came. */
function createTurns(size: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    while (running >= size) {
      await new Promise<void>((done) => {
        waiting.push(done);
      });
    }
    running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
