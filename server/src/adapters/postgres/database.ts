/** One pool of connections. Everything that reaches PostgreSQL goes through here, LISTEN apart. */
import { setTimeout as sleep } from "node:timers/promises";
import { problem } from "@knowhere/contract";
import pg from "pg";
import type { Log } from "../../ports/log.ts";
import { parseTimestamp } from "./timestamps.ts";
import { isPassing } from "./transient.ts";

/** A statement under a name is prepared once per connection. The same name always has the same text. */
export interface Statement {
  name: string;
  text: string;
}
// biome-ignore lint/suspicious/noExplicitAny: each statement's columns are known beside its text
export type Row = Record<string, any>;
export interface Answer {
  rows: Row[];
  rowCount: number;
}
/** What runs inside a transaction; also what hooks are given. */
export interface Transaction {
  query(statement: Statement | string, values?: readonly unknown[]): Promise<Answer>;
}

export interface Database extends Transaction {
  /**
   * Runs `work` between BEGIN and COMMIT. It is run again when the connection is lost, even if that was during COMMIT:
   * so the work must come out right when it had been done already (compare-and-set, on conflict do nothing).
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A URL, or what `startEmbeddedPostgres` gives. */
  connection: string | { host: string; port: number; user: string; database: string };
  log: Log;
  maxConnections?: number;
  /** Off behind a pooler in transaction mode. */
  namedStatements?: boolean;
  /** How long an outage is waited out before UNAVAILABLE is thrown. */
  patienceMs?: number;
}

const defaultPatienceMs = 6000;
const firstPauseMs = 20;
const lastPauseMs = 400;

export function connectionConfig(connection: DatabaseOptions["connection"]): pg.ClientConfig {
  return typeof connection === "string" ? { connectionString: connection } : connection;
}

/** Opens a pool; connects when first used. Rejections: UNAVAILABLE after an outage, else the driver's error (our bug). */
export function openDatabase(options: DatabaseOptions): Database {
  return new PooledDatabase(options);
}

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === pg.types.builtins.TIMESTAMPTZ && format !== "binary") return parseTimestamp;
    // Our bigints are counters and fencing numbers far below 2^53.
    if (oid === pg.types.builtins.INT8 && format !== "binary") return Number;
    return pg.types.getTypeParser(oid, format as "text");
  },
};

class PooledDatabase implements Database {
  private readonly pool: pg.Pool;
  private readonly named: boolean;
  private readonly patienceMs: number;

  constructor({
    connection,
    log,
    maxConnections = 20,
    namedStatements = true,
    patienceMs = defaultPatienceMs,
  }: DatabaseOptions) {
    this.named = namedStatements;
    this.patienceMs = patienceMs;
    this.pool = new pg.Pool({
      ...connectionConfig(connection),
      max: maxConnections,
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      query_timeout: 60_000,
      keepAlive: true,
      types,
      application_name: "knowhere",
    });
    // Without a handler on the pool and on every client a restart of the database would end this process.
    this.pool.on("error", (error) => log.debug({ err: error.message }, "an idle database connection was lost"));
    this.pool.on("connect", (client) => {
      client.on("error", (error) => log.debug({ err: error.message }, "a database connection was lost"));
    });
  }

  query(statement: Statement | string, values: readonly unknown[] = []): Promise<Answer> {
    return this.patiently(async () => answer(await this.pool.query(this.shape(statement, values))));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.patiently(() => this.once(work));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async once<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query("begin");
      const result = await work({
        query: async (statement, values = []) => answer(await client.query(this.shape(statement, values))),
      });
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((lost: Error) => {
        broken = lost;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private shape(statement: Statement | string, values: readonly unknown[]): pg.QueryConfig {
    const text = typeof statement === "string" ? statement : statement.text;
    const shaped = { text, values: values as unknown[] };
    return this.named && typeof statement !== "string" ? { ...shaped, name: statement.name } : shaped;
  }

  private async patiently<T>(call: () => Promise<T>): Promise<T> {
    let pauseMs = firstPauseMs;
    const began = performance.now();
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (performance.now() - began + pauseMs > this.patienceMs) throw problem("UNAVAILABLE", {}, { cause: error });
        await sleep(pauseMs);
        pauseMs = Math.min(pauseMs * 2, lastPauseMs);
      }
    }
  }
}

const answer = (result: pg.QueryResult): Answer => ({ rows: result.rows as Row[], rowCount: result.rowCount ?? 0 });
