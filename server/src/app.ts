/** Wires the program: constructors in order, stopped in the opposite order. The only importer of adapters besides the parse child. */
import { join } from "node:path";
import { ensureDataDir } from "./adapters/files/data-dir.ts";
import { createFileBlobs, loadBlobSecret } from "./adapters/files/index.ts";
import { createModelEndpoint } from "./adapters/llm-http/endpoint.ts";
import { createLog, type ServerLog } from "./adapters/pino/log.ts";
import { createApiKeys } from "./adapters/postgres/api-keys.ts";
import { createBell } from "./adapters/postgres/bell.ts";
import { type Database, type DatabaseOptions, openDatabase } from "./adapters/postgres/database.ts";
import { createDocuments, publishDocument, withdrawDocument } from "./adapters/postgres/documents.ts";
import { createEarlierResults } from "./adapters/postgres/earlier-results.ts";
import { findEmbeddedPostgres, startEmbeddedPostgres } from "./adapters/postgres/embedded/server.ts";
import { createIdempotency } from "./adapters/postgres/idempotency.ts";
import { createJobCensus } from "./adapters/postgres/job-census.ts";
import { createJobQueue } from "./adapters/postgres/job-queue.ts";
import { createJobStore, type JobStoreHooks } from "./adapters/postgres/job-store.ts";
import { createJobUpkeep } from "./adapters/postgres/job-upkeep.ts";
import { migrate } from "./adapters/postgres/migrate.ts";
import { loadServerSecret } from "./adapters/postgres/server-secret.ts";
import { createSharedLimiter } from "./adapters/postgres/shared-limiter.ts";
import { createUsage } from "./adapters/postgres/usage.ts";
import { createDeliveries, fillOutbox } from "./adapters/postgres/webhook-outbox.ts";
import { createWebhookSecrets } from "./adapters/postgres/webhook-secrets.ts";
import { listenForScrapes } from "./adapters/prometheus/listener.ts";
import { createMeter } from "./adapters/prometheus/meter.ts";
import { createS3Blobs } from "./adapters/s3/index.ts";
import { systemClock } from "./adapters/system/clock.ts";
import { createFetcher } from "./adapters/system/fetcher.ts";
import { systemIds } from "./adapters/system/ids.ts";
import { createResultPackages } from "./adapters/zip/result-packages.ts";
import { ensureFirstKey } from "./bootstrap.ts";
import type { Config } from "./config.ts";
import { createHttpServer, createMemoryLimiter } from "./http/server.ts";
import { createCaretakers } from "./jobs/caretakers.ts";
import { createJobs } from "./jobs/jobs.ts";
import { meterEnds } from "./jobs/metered-store.ts";
import type { JobRecord } from "./jobs/types.ts";
import { createWorker } from "./jobs/worker.ts";
import { renderHtmlPage } from "./outputs/html/page.ts";
import { createFileParser as createParser, type FileParser, identifyEngine, openSandbox } from "./parsers.ts";
import { createReusingParse } from "./pipeline/reuse.ts";
import type { BlobDoor } from "./ports/blob-door.ts";
import type { Blobs } from "./ports/blobs.ts";
import type { ApiKeys } from "./ports/keys.ts";
import type { ModelEndpoint } from "./ports/model.ts";
import { version } from "./version.ts";
import { createDeliverer } from "./webhooks/deliverer.ts";

export { addLanguage, removeLanguage } from "./adapters/tesseract/language-packages.ts";
export { inspectLanguages } from "./adapters/tesseract/languages.ts";
export { type Finding, inspectInstallation } from "./installation.ts";

const dayMs = 24 * 3600 * 1000;
/** Together below the ten seconds in which a stop is promised. */
const httpGraceMs = 3000;
const workerGraceMs = 5000;

export interface RunningServer {
  /** Where the API listens; null for a pure worker. */
  url: string | null;
  stop(): Promise<void>;
}

/** The configured model endpoint, reached by this process alone; undefined without one. */
function openModel({ llm, dataDir }: Config): ModelEndpoint | undefined {
  if (!llm) return undefined;
  return createModelEndpoint({
    baseUrl: llm.baseUrl,
    apiKey: llm.apiKey,
    models: { text: llm.model, vision: llm.visionModel, embedding: llm.embeddingModel },
    cacheDir: join(dataDir, "model-answers"),
    cacheMs: llm.cacheDays * dayMs,
    timeoutMs: llm.timeoutMs,
    retryPauseMs: 1000,
    concurrency: llm.concurrency,
    maxCalls: llm.maxCallsPerJob,
    maxTokens: llm.maxTokensPerJob,
  });
}

/** Parses files without server or database. */
export const createFileParser = (config: Config): FileParser => createParser(config, openModel(config));

interface OpenedDatabase {
  database: Database;
  /** For LISTEN, which needs a connection of its own. */
  direct: DatabaseOptions["connection"];
  embedded: boolean;
  close(): Promise<void>;
}

/** The external database when one is set, else ours in the data directory; with the schema up to date. */
async function openMigratedDatabase(config: Config, log: ServerLog, { beside = false } = {}): Promise<OpenedDatabase> {
  const { url, listenUrl, namedStatements } = config.database;
  // A command beside a running server uses that server's database.
  const running = !url && beside ? await findEmbeddedPostgres(config.dataDir) : null;
  const postgres = url || running ? null : await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  const connection = url ?? running ?? postgres!.connection;
  const database = openDatabase({ connection, log, namedStatements });
  const close = async () => {
    await database.close();
    await postgres?.stop();
  };
  try {
    await migrate(database, log);
  } catch (error) {
    await close();
    throw error;
  }
  return { database, direct: listenUrl ?? connection, embedded: !url, close };
}

interface OpenedBlobs {
  blobs: Blobs;
  /** A bucket answers its URLs itself. */
  door?: BlobDoor;
  close(): void;
}

/** The bucket when one is set, else a folder of the data directory. */
async function openBlobs(config: Config, log: ServerLog): Promise<OpenedBlobs> {
  if (config.s3) {
    const blobs = await createS3Blobs(config.s3);
    return { blobs, close: blobs.close };
  }
  const secret = await loadBlobSecret(config.dataDir);
  const blobs = await createFileBlobs({ dir: join(config.dataDir, "blobs"), secret, log });
  return { blobs, door: blobs.door, close: () => {} };
}

/** What commands beside the server need: the keys, on an up-to-date schema. */
export interface Administration {
  keys: ApiKeys;
  close(): Promise<void>;
}
export async function openAdministration(config: Config): Promise<Administration> {
  const log = createLog({ level: "warn", version });
  const { database, close } = await openMigratedDatabase(config, log, { beside: true });
  return { keys: createApiKeys({ database, clock: systemClock, ids: systemIds, log }), close };
}

/**
 * Starts what the role asks for and resolves when it accepts work.
 * `say` gets the few lines that are for a person: the first key, once, and where the server listens.
 */
export async function startServer(config: Config, { say }: { say(line: string): void }): Promise<RunningServer> {
  const log = createLog({ level: config.logLevel, version });
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await log.settle();
  };
  try {
    const url = await start(config, log, say, undo);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: Config,
  log: ServerLog,
  say: (line: string) => void,
  undo: (() => Promise<unknown> | unknown)[],
): Promise<string | null> {
  await ensureDataDir(config.dataDir);
  const { database, direct, embedded, close } = await openMigratedDatabase(config, log);
  undo.push(close);
  const clock = systemClock;
  const ids = systemIds;
  const bell = createBell({ database, connection: direct, log });
  undo.push(() => bell.close());
  await bell.ready();

  const { blobs, door, close: closeBlobs } = await openBlobs(config, log);
  undo.push(closeBlobs);
  const fetcher = createFetcher({ allowCidrs: config.allowPrivateNetworks });
  undo.push(() => fetcher.close());
  const deliveries = createDeliveries(database);
  const sandbox =
    config.role === "api" ? undefined : openSandbox(config, config.workers, { log, model: openModel(config) });
  if (sandbox) undo.push(() => sandbox.close());
  const meter = createMeter({
    clock,
    log,
    sources: {
      countActive: createJobCensus(database),
      countDeliveries: () => deliveries.count(),
      childrenStarted: sandbox && (() => sandbox.started),
    },
  });
  const hooks: JobStoreHooks = {
    async onMove(tx, change) {
      await publishDocument(tx, change);
      await fillOutbox(tx, change);
    },
    onErase: withdrawDocument,
  };
  const store = meterEnds(createJobStore(database, hooks), meter);
  const queue = createJobQueue(database);
  const upkeep = createJobUpkeep(database);
  const idempotency = createIdempotency({ database, clock, ids });
  const keys = createApiKeys({ database, clock, ids, log });
  const retentionMs = config.retentionDays * dayMs;
  const jobs = createJobs({
    store,
    upkeep,
    blobs,
    bell,
    clock,
    ids,
    uploadTtlMs: config.uploadTtlS * 1000,
    retentionMs,
  });

  const caretakers = createCaretakers({
    store,
    queue,
    upkeep,
    blobs,
    idempotency,
    clock,
    log,
    retentionMs,
    soleServer: embedded,
  });
  await caretakers.start();
  undo.push(() => caretakers.stop());

  if (sandbox) {
    const { parse } = sandbox;
    const reusing = () =>
      identifyEngine(config).then((engine) =>
        createReusingParse({ parse, earlier: createEarlierResults(database), blobs, clock, log, engine }),
      );
    const worker = createWorker({
      store,
      queue,
      bell,
      blobs,
      fetcher,
      clock,
      ids,
      log,
      parse: config.reuseResults ? await reusing() : parse,
      // The name was settled when the job was made; what the bytes are is settled by the parse.
      resolveSource: async ({ fileName, fileExtension, contentType }: JobRecord) => ({
        fileName,
        fileExtension,
        contentType,
      }),
      slots: config.workers,
      tempDir: join(config.dataDir, "work"),
      aloneInTempDir: embedded,
      maxSourceBytes: config.maxSourceBytes,
      downloadTimeoutMs: config.parseTimeoutMs,
      retentionMs,
    });
    await worker.start();
    undo.push(() => worker.stop({ graceMs: workerGraceMs }));
    log.info({ confinement: sandbox.confinement, slots: config.workers }, "worker started");
  }
  if (config.metricsPort !== undefined) {
    const listener = await listenForScrapes(meter, { host: config.host, port: config.metricsPort });
    undo.push(() => listener.close());
    log.info({ url: listener.url }, "metrics have a port of their own");
  }
  if (config.role === "worker") {
    say("knowhere worker is running");
    return null;
  }

  let listeningOn = "";
  const resultUrlOf = async (job: JobRecord) => {
    const options = {
      fileName: `result_${job.jobId}.zip`,
      contentType: "application/zip",
      expiresInS: config.resultUrlTtlS,
      baseUrl: config.publicUrl ?? listeningOn,
    };
    return (await blobs.presignGet(job.result!.key, options)).url;
  };
  const secrets = createWebhookSecrets(database);
  const deliverer = createDeliverer({
    deliveries,
    secrets,
    fetcher,
    bell,
    clock,
    ids,
    log,
    findJob: async (jobId) => (await store.find([jobId]))[0] ?? null,
    resultUrlOf,
    onTry: (outcome) => meter.webhookTried(outcome),
  });

  const http = createHttpServer({
    settings: config,
    build: { version, commit: "unknown", buildTime: "unknown", environment: "self-hosted" },
    jobs,
    keys,
    blobs,
    blobDoor: door,
    // The embedded database belongs to this process alone, and so do its callers.
    limiter: embedded ? createMemoryLimiter(() => clock.now().getTime()) : createSharedLimiter({ database }),
    idempotency,
    packages: createResultPackages({ blobs }),
    fetcher,
    webhooks: { deliveries, secrets, trigger: deliverer.trigger, test: deliverer.test },
    documents: createDocuments(database),
    assetSecret: await loadServerSecret(database, "asset-urls"),
    usage: createUsage(database),
    meter,
    renderHtml: renderHtmlPage,
    checkReadiness: async () => ({
      database: await database.query("select 1").then(
        () => "ok",
        () => "unreachable",
      ),
    }),
    log,
    clock,
    ids,
  });
  await ensureFirstKey(keys, config, say);
  listeningOn = await http.listen(config);
  undo.push(() => http.close({ graceMs: httpGraceMs }));
  deliverer.start();
  undo.push(() => deliverer.stop());
  say(`knowhere ${version} listening on ${listeningOn}`);
  return listeningOn;
}
