/** A chat server that speaks the real protocol and answers as a test says, misbehaviour included. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ChatRequest {
  model: string;
  messages: { role: string; content: string | { type: string; text?: string; image_url?: { url: string } }[] }[];
  response_format?: { type: string };
  max_tokens: number;
  stream: boolean;
}
export interface EmbeddingsRequest {
  model: string;
  input: string[];
  encoding_format: string;
}
export interface ChatAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** The message; an object is written as JSON. */
  content?: unknown;
  finishReason?: string;
  tokens?: number;
  /** The whole body instead. */
  raw?: string;
}
export interface FakeModelServer {
  baseUrl: string;
  requests: ChatRequest[];
  /** Of /embeddings. */
  embeddingRequests: EmbeddingsRequest[];
  authorizations: (string | undefined)[];
  /** Most requests that were open at once. */
  readonly peak: number;
  close(): Promise<void>;
}

export async function startFakeModel(
  answer: (request: ChatRequest, call: number) => ChatAnswer | Promise<ChatAnswer>,
  /** What /embeddings answers: a status, or the whole body. There is no such path without it. */
  embed?: (request: EmbeddingsRequest, call: number) => number | object,
): Promise<FakeModelServer> {
  const requests: ChatRequest[] = [];
  const embeddingRequests: EmbeddingsRequest[] = [];
  const authorizations: (string | undefined)[] = [];
  let open = 0;
  let peak = 0;
  const server = createServer(async (incoming, outgoing) => {
    peak = Math.max(peak, ++open);
    const body = JSON.parse(await text(incoming));
    if (incoming.url?.endsWith("/embeddings")) {
      embeddingRequests.push(body as EmbeddingsRequest);
      const said = embed?.(body as EmbeddingsRequest, embeddingRequests.length) ?? 404;
      outgoing.writeHead(typeof said === "number" ? said : 200, { "Content-Type": "application/json" });
      outgoing.end(JSON.stringify(typeof said === "number" ? {} : said));
      open--;
      return;
    }
    const request = body as ChatRequest;
    requests.push(request);
    authorizations.push(incoming.headers.authorization);
    const {
      status = 200,
      headers = {},
      content = "",
      finishReason = "stop",
      tokens = 10,
      raw,
    } = await answer(request, requests.length);
    const message = typeof content === "string" ? content : JSON.stringify(content);
    const reply =
      raw ??
      JSON.stringify({
        id: "chatcmpl-1",
        object: "chat.completion",
        model: request.model,
        choices: [{ index: 0, message: { role: "assistant", content: message }, finish_reason: finishReason }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: tokens },
      });
    outgoing.writeHead(status, { "Content-Type": "application/json", ...headers });
    outgoing.end(reply);
    open--;
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    embeddingRequests,
    authorizations,
    get peak() {
      return peak;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
