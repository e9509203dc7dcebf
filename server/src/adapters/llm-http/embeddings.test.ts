import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddingsRequest, type FakeModelServer, startFakeModel } from "../../testing/fake-model-server.ts";
import { createModelEndpoint } from "./endpoint.ts";

let folder: string;
let server: FakeModelServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-embeddings-"));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const signal = new AbortController().signal;
async function serve(embed: (request: EmbeddingsRequest, call: number) => number | object, maxCalls = 10) {
  server = await startFakeModel(() => ({}), embed);
  return createModelEndpoint({
    baseUrl: server.baseUrl,
    models: { embedding: "vectors" },
    cacheDir: join(folder, "answers"),
    cacheMs: 3_600_000,
    timeoutMs: 5000,
    retryPauseMs: 1,
    concurrency: 2,
    maxCalls,
    maxTokens: 100_000,
  });
}
const vectorsOf = ({ input }: EmbeddingsRequest) =>
  input.map((text, index) => ({ object: "embedding", index, embedding: [text.length, 0.5, -1] }));
const request = { role: "embedding", texts: ["a", "bcd"] } as const;

describe("vectors from a model endpoint", () => {
  it("come in the order of the texts, whatever order the server answers in, and are asked for as numbers", async () => {
    const endpoint = await serve((asked) => ({ object: "list", data: vectorsOf(asked).reverse() }));
    expect(await endpoint.openClient().ask(request, signal)).toEqual({
      ok: true,
      value: [
        [1, 0.5, -1],
        [3, 0.5, -1],
      ],
      model: "vectors",
      cached: false,
    });
    expect(server.embeddingRequests).toEqual([{ model: "vectors", input: ["a", "bcd"], encoding_format: "float" }]);
  });

  it("are kept for the same texts", async () => {
    const endpoint = await serve((asked) => ({ data: vectorsOf(asked) }));
    await endpoint.openClient().ask(request, signal);
    expect(await endpoint.openClient().ask(request, signal)).toMatchObject({ ok: true, cached: true });
    expect(server.embeddingRequests).toHaveLength(1);
  });

  it.each([
    ["one too few", (data: ReturnType<typeof vectorsOf>) => data.slice(1)],
    ["base64", (data: ReturnType<typeof vectorsOf>) => data.map((one) => ({ ...one, embedding: "AACAPw==" }))],
    ["two lengths", (data: ReturnType<typeof vectorsOf>) => [data[0], { ...data[1], embedding: [1] }]],
    ["an index twice", (data: ReturnType<typeof vectorsOf>) => data.map((one) => ({ ...one, index: 0 }))],
    ["no number", (data: ReturnType<typeof vectorsOf>) => data.map((one) => ({ ...one, embedding: [null] }))],
  ])("are not taken when there is %s", async (_, spoil) => {
    const endpoint = await serve((asked) => ({ data: spoil(vectorsOf(asked)) }));
    expect(await endpoint.openClient().ask(request, signal)).toMatchObject({ ok: false, reason: "unreachable" });
  });

  it("are refused for texts that the server does not take, and after the job's last call", async () => {
    const endpoint = await serve((_, call) => (call === 1 ? 400 : { data: [] }), 1);
    const client = endpoint.openClient();
    expect(await client.ask(request, signal)).toMatchObject({ ok: false, reason: "invalid" });
    expect(await client.ask({ ...request, texts: ["x"] }, signal)).toMatchObject({ ok: false, reason: "budget" });
  });
});
