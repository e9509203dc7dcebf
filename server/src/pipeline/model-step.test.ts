import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ChunksFile, EmbeddingsFile, Manifest } from "@knowhere/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createModelEndpoint } from "../adapters/llm-http/endpoint.ts";
import { defaultReadLimits } from "../formats/reader.ts";
import { defaultParseOptions } from "../jobs/options.ts";
import type { JobRecord, ParseOptions } from "../jobs/types.ts";
import { openPackage } from "../outputs/package/index.ts";
import type { ModelEndpoint } from "../ports/model.ts";
import {
  type ChatAnswer,
  type ChatRequest,
  type FakeModelServer,
  startFakeModel,
} from "../testing/fake-model-server.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

const paragraph =
  "The harbour took in 320 barrels of herring, and the market sold them at a price of 14 crowns. ".repeat(8);
const source = `# Harvest\n\n${paragraph}\n\n| Year | Barrels |\n| --- | --- |\n| 1901 | 320 |\n| 1902 | 410 |\n`;

let folder: string;
let server: FakeModelServer | undefined;
let sandbox: Sandbox;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knowhere-advanced-"));
});
afterEach(async () => {
  await sandbox.close();
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function startEndpoint(
  answer: (request: ChatRequest) => ChatAnswer,
  embed?: Parameters<typeof startFakeModel>[1],
): Promise<ModelEndpoint> {
  server = await startFakeModel(answer, embed);
  return createModelEndpoint({
    baseUrl: server.baseUrl,
    apiKey: "secret",
    models: { text: "small", ...(embed ? { embedding: "vectors" } : {}) },
    cacheDir: join(folder, "answers"),
    cacheMs: 3_600_000,
    timeoutMs: 10_000,
    retryPauseMs: 1,
    concurrency: 2,
    maxCalls: 100,
    maxTokens: 100_000,
  });
}

/** Through a real parse child: what it asks travels over its line, the key stays here. */
async function parse(options: Partial<ParseOptions>, model?: ModelEndpoint) {
  sandbox = createSandbox({
    childPath: fileURLToPath(new URL("../parse-child.ts", import.meta.url)),
    nodeArguments: ["--conditions=source", "--import", "tsx"],
    size: 1,
    timeoutMs: 120_000,
    memoryMb: 1024,
    limits: defaultReadLimits,
    engine: { languagesDir: join(folder, "languages"), parallelPages: 1 },
    model,
  });
  const sourcePath = join(folder, "harvest.md");
  await writeFile(sourcePath, source);
  const job = {
    jobId: "job_0123456789ab",
    fileName: "harvest.md",
    fileExtension: ".md",
    dataId: null,
    options: { ...defaultParseOptions, ...options },
    createdAt: new Date(0),
    startedAt: null,
  } as unknown as JobRecord;
  const resultPath = join(folder, "result.zip");
  const ignore = () => {};
  const stages: string[] = [];
  const outcome = await sandbox.parse({
    job,
    sourcePath,
    resultPath,
    signal: new AbortController().signal,
    onProgress: (_total, _processed, stage) => void (stage && stages.push(stage.name)),
    onConverting: ignore,
  });
  const zip = await openPackage(resultPath);
  const member = async (name: string) => JSON.parse(await readText(await zip.open(name)));
  const manifest = (await member("manifest.json")) as Manifest;
  const { chunks } = (await member("chunks.json")) as ChunksFile;
  const embeddings = manifest.files.embeddings && ((await member(manifest.files.embeddings)) as EmbeddingsFile);
  zip.close();
  return { manifest, chunks, embeddings, warnings: outcome.warnings, stages: [...new Set(stages)] };
}

describe("a job that asks for a model", () => {
  it("gets summaries that are marked, with the model's name in the manifest; numbers nobody printed are turned down", async () => {
    const endpoint = await startEndpoint(({ messages }) => {
      const asked = String(messages[1]!.content);
      return {
        content: {
          summary: asked.includes("this table") ? "It lists 9999 barrels." : "Herring was sold at 14 crowns.",
        },
      };
    });
    const { manifest, chunks, stages } = await parse({ summaryUseLlm: true }, endpoint);
    expect(stages).toEqual(["chunking", "summarizing", "packaging"]);
    const summaries = chunks.map(({ type, metadata }) => [type, metadata.summary, metadata.summary_source]);
    expect(summaries).toContainEqual(["text", "Herring was sold at 14 crowns.", "model"]);
    expect(summaries).toContainEqual(["table", expect.stringContaining("2 rows × 2 columns"), undefined]);
    expect(manifest.processing.model).toMatchObject({
      models: { text: "small" },
      made: { summaries: 2 },
      turned_down: { summaries: 1 },
    });
    expect(JSON.stringify(manifest)).not.toContain("secret");
  });

  it("gets a vector for each chunk where an embedding model is configured", async () => {
    const endpoint = await startEndpoint(
      () => ({ status: 500 }),
      ({ input }) => ({ data: input.map((text, index) => ({ index, embedding: [text.length, 1] })) }),
    );
    const { manifest, chunks, embeddings, stages } = await parse(
      { model: "advanced", summaryText: false, summaryTable: false },
      endpoint,
    );
    expect(stages).toEqual(["chunking", "embedding", "packaging"]);
    expect(embeddings).toMatchObject({ model: "vectors", dimensions: 2 });
    expect(embeddings!.embeddings.map((one) => one.chunk_id)).toEqual(chunks.map((chunk) => chunk.chunk_id));
    expect(manifest.processing.model).toMatchObject({
      models: { embedding: "vectors" },
      made: { embeddings: chunks.length },
    });
    // What is embedded says where it stands, and holds no marks.
    const [table, text] = server!.embeddingRequests[0]!.input;
    expect(text).toContain("Harvest\nThe harbour took in");
    expect(table).not.toContain("<");
  });

  it("gets no vectors from a server that gives none, and the rest as ever", async () => {
    const endpoint = await startEndpoint(
      () => ({ status: 500 }),
      () => 500,
    );
    const { manifest, embeddings } = await parse({ model: "advanced" }, endpoint);
    expect(embeddings).toBeUndefined();
    expect(manifest.digests["embeddings.json"]).toBeUndefined();
  });

  it("gets the local result from a model that is out of order", async () => {
    const endpoint = await startEndpoint(() => ({ status: 500 }));
    const { manifest, chunks } = await parse({ model: "advanced" }, endpoint);
    expect(chunks.find(({ type }) => type === "text")!.metadata.summary).toContain("The harbour took in 320 barrels");
    expect(manifest.processing.model!.refused["unreachable"]).toBeGreaterThanOrEqual(1);
  });

  it("gets the local result and is told so where no model is configured", async () => {
    const { manifest, warnings } = await parse({ model: "advanced" });
    expect(warnings).toMatchObject([{ code: "MODEL_NOT_AVAILABLE" }]);
    expect(manifest.processing.model).toMatchObject({ models: {}, not_available: ["summaries"] });
  });

  it("is the only one for which a model is asked", async () => {
    const endpoint = await startEndpoint(() => ({ content: { summary: "x" } }));
    const { manifest } = await parse({}, endpoint);
    expect(manifest.processing.model).toBeUndefined();
    expect(server!.requests).toEqual([]);
  });
});
