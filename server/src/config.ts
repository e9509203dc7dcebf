/** The only reader of the environment: one schema, a default and a sentence for every setting, every mistake told at once. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";

const text = z.string().min(1);
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(min).max(max);
const flag = z.enum(["true", "false", "1", "0"]).transform((value) => value === "true" || value === "1");
const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .transform((value) => value.replace(/\/+$/, ""));

interface Setting<T> {
  schema: z.ZodType<T, unknown>;
  /** As it would be written in the environment; undefined = unset. */
  fallback?: string;
  /** How the default reads in docs, when it is not a literal. */
  shown?: string;
  meaning: string;
  secret?: boolean;
}
const setting = <T>(
  schema: z.ZodType<T, unknown>,
  meaning: string,
  rest: Omit<Setting<T>, "schema" | "meaning"> = {},
): Setting<T> => ({ schema, meaning, ...rest });

/** Every setting, in the order of the docs table. */
export const settings = {
  KNOWHERE_HOST: setting(text, "Address the API listens on", { fallback: "127.0.0.1" }),
  KNOWHERE_PORT: setting(whole(0, 65535), "Port the API listens on; 0 picks a free one", { fallback: "5005" }),
  KNOWHERE_PUBLIC_URL: setting(url.optional(), "Base of presigned URLs", { shown: "the request's Host" }),
  KNOWHERE_METRICS_PORT: setting(
    whole(0, 65535).optional(),
    "A port of its own for /metrics, for workers above all; 0 picks a free one",
    { shown: "the API's port" },
  ),
  KNOWHERE_DATA_DIR: setting(text, "Database, blobs and the first key", { fallback: "./data" }),
  KNOWHERE_API_KEY: setting(
    z
      .string()
      .regex(/^sk_.{8,}$/, "must start with sk_ and be at least 11 characters long")
      .optional(),
    "An additional bootstrap key, accepted as it is",
    { secret: true },
  ),
  KNOWHERE_ROLE: setting(z.enum(["all", "api", "worker"]), "What this process does: all, api or worker", {
    fallback: "all",
  }),
  KNOWHERE_WORKERS: setting(whole(1, 1024), "Parse children per worker process", {
    fallback: String(availableParallelism()),
    shown: "cores",
  }),
  KNOWHERE_DATABASE_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
      .optional(),
    "An external PostgreSQL, 14 or newer",
    { shown: "embedded", secret: true },
  ),
  KNOWHERE_DATABASE_NAMED_STATEMENTS: setting(flag, "Set to false behind a pooler in transaction mode", {
    fallback: "true",
  }),
  KNOWHERE_DATABASE_LISTEN_URL: setting(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must start with postgres://")
      .optional(),
    "A direct connection for LISTEN, when the other one is pooled",
    { shown: "the database URL", secret: true },
  ),
  KNOWHERE_S3_BUCKET: setting(z.string().min(3).optional(), "Bucket for sources and results", { shown: "a folder" }),
  KNOWHERE_S3_ENDPOINT: setting(url.optional(), "Endpoint of an S3-compatible server", { shown: "AWS" }),
  KNOWHERE_S3_REGION: setting(text, "Region of the bucket", { fallback: "us-east-1" }),
  KNOWHERE_S3_ACCESS_KEY_ID: setting(text.optional(), "Access key", { secret: true }),
  KNOWHERE_S3_SECRET_ACCESS_KEY: setting(text.optional(), "Secret key", { secret: true }),
  KNOWHERE_S3_FORCE_PATH_STYLE: setting(flag, "Bucket in the path instead of the host name", { fallback: "false" }),
  KNOWHERE_RATE_LIMIT_PER_MINUTE: setting(
    whole(0),
    "Requests per minute and key, unless the key carries its own; 0 = off",
    { fallback: "600" },
  ),
  KNOWHERE_MAX_CONCURRENT_JOBS: setting(whole(0), "Active jobs per key, else 429; 0 = unlimited", { fallback: "0" }),
  KNOWHERE_MAX_SOURCE_MB: setting(whole(1), "Largest source", { fallback: "100" }),
  KNOWHERE_MAX_PAGES: setting(whole(1), "Most pages of a document", { fallback: "5000" }),
  KNOWHERE_PARSE_TIMEOUT_S: setting(whole(1), "Longest parse", { fallback: "900" }),
  KNOWHERE_PARSE_MEMORY_MB: setting(whole(128), "Most memory of a parse", { fallback: "2048" }),
  KNOWHERE_UPLOAD_TTL_S: setting(whole(1), "Life of an upload URL and of a job waiting for its file", {
    fallback: "3600",
  }),
  KNOWHERE_RESULT_URL_TTL_S: setting(whole(1), "Life of each fresh result URL", { fallback: "86400" }),
  KNOWHERE_ASSET_URL_TTL_S: setting(whole(1), "Life of the URLs of single pictures and tables", { fallback: "604800" }),
  KNOWHERE_RETENTION_DAYS: setting(whole(1), "Life of sources and results", { fallback: "30" }),
  KNOWHERE_REUSE_RESULTS: setting(
    flag,
    "Answer the same bytes, name and options in the same account with the earlier result, and cut its tree anew for other chunk options; a request may say no",
    { fallback: "true" },
  ),
  KNOWHERE_ALLOW_PRIVATE_NETWORKS: setting(
    z
      .string()
      .transform((value) =>
        value
          .split(",")
          .map((part) => part.trim())
          .filter(Boolean),
      )
      .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()]))),
    "Comma-separated CIDRs that source URLs and webhooks may reach besides the public internet",
    { fallback: "", shown: "none" },
  ),
  KNOWHERE_CORS_ORIGINS: setting(
    z
      .string()
      .transform((value) =>
        value
          .split(",")
          .map((part) => part.trim().replace(/\/$/, "").toLowerCase())
          .filter(Boolean),
      )
      .pipe(
        z.array(
          z
            .string()
            .regex(
              /^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^/?#,\s]+)$/,
              "must be origins such as https://app.example.org, or *",
            ),
        ),
      ),
    "Comma-separated origins whose web pages may call the API from a browser; * = any",
    { fallback: "", shown: "none" },
  ),
  KNOWHERE_LLM_BASE_URL: setting(url.optional(), "An OpenAI-compatible server, e.g. http://127.0.0.1:11434/v1"),
  KNOWHERE_LLM_API_KEY: setting(text.optional(), "Its key, when it wants one", { secret: true }),
  KNOWHERE_LLM_MODEL: setting(text.optional(), "Model for text"),
  KNOWHERE_LLM_VISION_MODEL: setting(text.optional(), "Model for pictures"),
  KNOWHERE_LLM_EMBEDDING_MODEL: setting(text.optional(), "Model for embeddings"),
  KNOWHERE_LLM_TIMEOUT_S: setting(whole(1), "Longest wait for one answer of the model", { fallback: "180" }),
  KNOWHERE_LLM_CONCURRENCY: setting(whole(1, 64), "Questions to the model at once, per process", { fallback: "2" }),
  KNOWHERE_LLM_MAX_CALLS_PER_JOB: setting(whole(0), "Most questions to the model for one job", { fallback: "200" }),
  KNOWHERE_LLM_MAX_TOKENS_PER_JOB: setting(whole(0), "Most tokens of the model for one job", { fallback: "500000" }),
  KNOWHERE_LLM_CACHE_DAYS: setting(whole(0), "How long answers of the model are kept for equal questions; 0 = not", {
    fallback: "30",
  }),
  KNOWHERE_LOG_LEVEL: setting(
    z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    "Least level that is logged",
    { fallback: "info" },
  ),
} satisfies Record<string, Setting<unknown>>;
export type SettingName = keyof typeof settings;
type Value<K extends SettingName> = z.output<(typeof settings)[K]["schema"]>;

/** What the SDKs read on the same machine. */
const clientVariables = new Set(["KNOWHERE_BASE_URL"]);

/** The checked settings under the names the code uses. */
export interface Config {
  host: string;
  port: number;
  publicUrl: string | undefined;
  metricsPort: number | undefined;
  /** Absolute. */
  dataDir: string;
  apiKey: string | undefined;
  role: "all" | "api" | "worker";
  workers: number;
  database: { url: string | undefined; listenUrl: string | undefined; namedStatements: boolean };
  s3:
    | {
        bucket: string;
        endpoint: string | undefined;
        region: string;
        accessKeyId: string | undefined;
        secretAccessKey: string | undefined;
        forcePathStyle: boolean;
      }
    | undefined;
  rateLimitPerMinute: number;
  maxConcurrentJobs: number;
  maxSourceBytes: number;
  maxPages: number;
  parseTimeoutMs: number;
  parseMemoryMb: number;
  uploadTtlS: number;
  resultUrlTtlS: number;
  assetUrlTtlS: number;
  retentionDays: number;
  reuseResults: boolean;
  allowPrivateNetworks: string[];
  /** Lower case; "*" = any. */
  corsOrigins: string[];
  llm:
    | {
        baseUrl: string;
        apiKey: string | undefined;
        model: string | undefined;
        visionModel: string | undefined;
        embeddingModel: string | undefined;
        timeoutMs: number;
        concurrency: number;
        maxCallsPerJob: number;
        maxTokensPerJob: number;
        cacheDays: number;
      }
    | undefined;
  logLevel: string;
}

/** Every mistake in the settings, one line each. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * Checks the environment as a whole; `overrides` win over it.
 * @throws ConfigError that names every wrong or unknown KNOWHERE_ setting.
 */
export function readConfig(
  overrides: Partial<Record<SettingName, string>> = {},
  env: Record<string, string | undefined> = { ...process.env, ...overrides },
): Config {
  const mistakes: string[] = [];
  const values = new Map<string, unknown>();
  for (const [name, { schema, fallback }] of Object.entries(settings) as [string, Setting<unknown>][]) {
    const given = env[name] === "" ? undefined : env[name];
    const checked = schema.safeParse(given ?? fallback);
    if (checked.success) values.set(name, checked.data);
    else mistakes.push(`${name}: ${checked.error.issues.map((issue) => issue.message).join("; ")}`);
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith("KNOWHERE_") && !(name in settings) && !clientVariables.has(name))
      mistakes.push(`${name}: there is no such setting (see: knowhere config)`);
  }
  const get = <K extends SettingName>(name: K) => values.get(name) as Value<K>;
  if (get("KNOWHERE_S3_BUCKET") && get("KNOWHERE_ROLE") !== "all" && !get("KNOWHERE_DATABASE_URL")) {
    mistakes.push("KNOWHERE_DATABASE_URL: roles api and worker need a database that they can share");
  } else if (get("KNOWHERE_ROLE") !== "all" && !get("KNOWHERE_DATABASE_URL")) {
    mistakes.push(
      "KNOWHERE_ROLE: api and worker need KNOWHERE_DATABASE_URL, because the embedded database belongs to one process",
    );
  }
  if (mistakes.length > 0)
    throw new ConfigError(`These settings are wrong:\n${mistakes.map((line) => `  ${line}`).join("\n")}`);

  const bucket = get("KNOWHERE_S3_BUCKET");
  const llmBaseUrl = get("KNOWHERE_LLM_BASE_URL");
  return {
    host: get("KNOWHERE_HOST"),
    port: get("KNOWHERE_PORT"),
    publicUrl: get("KNOWHERE_PUBLIC_URL"),
    metricsPort: get("KNOWHERE_METRICS_PORT"),
    dataDir: resolve(get("KNOWHERE_DATA_DIR")),
    apiKey: get("KNOWHERE_API_KEY"),
    role: get("KNOWHERE_ROLE"),
    workers: get("KNOWHERE_WORKERS"),
    database: {
      url: get("KNOWHERE_DATABASE_URL"),
      listenUrl: get("KNOWHERE_DATABASE_LISTEN_URL"),
      namedStatements: get("KNOWHERE_DATABASE_NAMED_STATEMENTS"),
    },
    s3: bucket
      ? {
          bucket,
          endpoint: get("KNOWHERE_S3_ENDPOINT"),
          region: get("KNOWHERE_S3_REGION"),
          accessKeyId: get("KNOWHERE_S3_ACCESS_KEY_ID"),
          secretAccessKey: get("KNOWHERE_S3_SECRET_ACCESS_KEY"),
          forcePathStyle: get("KNOWHERE_S3_FORCE_PATH_STYLE"),
        }
      : undefined,
    rateLimitPerMinute: get("KNOWHERE_RATE_LIMIT_PER_MINUTE"),
    maxConcurrentJobs: get("KNOWHERE_MAX_CONCURRENT_JOBS"),
    maxSourceBytes: get("KNOWHERE_MAX_SOURCE_MB") * 1024 * 1024,
    maxPages: get("KNOWHERE_MAX_PAGES"),
    parseTimeoutMs: get("KNOWHERE_PARSE_TIMEOUT_S") * 1000,
    parseMemoryMb: get("KNOWHERE_PARSE_MEMORY_MB"),
    uploadTtlS: get("KNOWHERE_UPLOAD_TTL_S"),
    resultUrlTtlS: get("KNOWHERE_RESULT_URL_TTL_S"),
    assetUrlTtlS: get("KNOWHERE_ASSET_URL_TTL_S"),
    retentionDays: get("KNOWHERE_RETENTION_DAYS"),
    reuseResults: get("KNOWHERE_REUSE_RESULTS"),
    allowPrivateNetworks: get("KNOWHERE_ALLOW_PRIVATE_NETWORKS"),
    corsOrigins: get("KNOWHERE_CORS_ORIGINS"),
    llm: llmBaseUrl
      ? {
          baseUrl: llmBaseUrl,
          apiKey: get("KNOWHERE_LLM_API_KEY"),
          model: get("KNOWHERE_LLM_MODEL"),
          visionModel: get("KNOWHERE_LLM_VISION_MODEL"),
          embeddingModel: get("KNOWHERE_LLM_EMBEDDING_MODEL"),
          timeoutMs: get("KNOWHERE_LLM_TIMEOUT_S") * 1000,
          concurrency: get("KNOWHERE_LLM_CONCURRENCY"),
          maxCallsPerJob: get("KNOWHERE_LLM_MAX_CALLS_PER_JOB"),
          maxTokensPerJob: get("KNOWHERE_LLM_MAX_TOKENS_PER_JOB"),
          cacheDays: get("KNOWHERE_LLM_CACHE_DAYS"),
        }
      : undefined,
    logLevel: get("KNOWHERE_LOG_LEVEL"),
  };
}

/** True below `npx` and scripts of npm, which put a shell between. */
export const isStartedByNpm = (env: Record<string, string | undefined> = process.env) =>
  env["npm_command"] !== undefined;

/** One row a setting for `knowhere config` and the docs: name, value in force (secrets as stars), default, meaning. */
export function describeSettings(env: Record<string, string | undefined> = process.env) {
  return (Object.entries(settings) as [SettingName, Setting<unknown>][]).map(
    ([name, { fallback, shown, meaning, secret }]) => {
      const value = env[name] || undefined;
      return {
        name,
        value: value === undefined ? undefined : secret ? "****" : value,
        default: shown ?? (fallback || "none"),
        meaning,
      };
    },
  );
}
