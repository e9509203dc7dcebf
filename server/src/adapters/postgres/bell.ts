/** `Bell` by LISTEN/NOTIFY, on a connection of its own that comes back after an outage. What rings meanwhile is lost. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Bell } from "../../ports/bell.ts";
import type { Log } from "../../ports/log.ts";
import { type Channel, channelOf, channels, pgChannel, ring } from "./channels.ts";
import { connectionConfig, type Database, type DatabaseOptions } from "./database.ts";

export interface ClosableBell extends Bell {
  /** Resolves when the connection is up and listening. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const lastPauseMs = 5000;
/** A silent half-open connection is found out by asking. */
const askEveryMs = 30_000;

/** `connection` must reach the server directly: poolers in transaction mode do not pass on notifications. */
export function createBell({
  database,
  connection,
  log,
}: {
  database: Database;
  connection: DatabaseOptions["connection"];
  log: Log;
}): ClosableBell {
  const heard = new Map<Channel, Set<(payload: string) => void>>(channels.map((channel) => [channel, new Set()]));
  const closing = new AbortController();
  let client: pg.Client | null = null;
  let up: Promise<void> | null = null;

  function tell(name: string, payload: string): void {
    const channel = channelOf(name);
    if (!channel) return;
    for (const listener of [...heard.get(channel)!]) {
      try {
        listener(payload);
      } catch (error) {
        log.error({ err: error }, "a listener of the bell threw");
      }
    }
  }

  async function connect(): Promise<void> {
    for (let pauseMs = 25; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
      const next = new pg.Client({
        ...connectionConfig(connection),
        connectionTimeoutMillis: 5000,
        query_timeout: 10_000,
        keepAlive: true,
        application_name: "knowhere bell",
      });
      try {
        next.on("error", () => {});
        await next.connect();
        next.on("notification", (message) => tell(message.channel, message.payload ?? ""));
        await next.query(channels.map((channel) => `listen ${pgChannel(channel)}`).join("; "));
        if (closing.signal.aborted) return void (await next.end());
        client = next;
        const asking = setInterval(() => next.query("select 1").catch(() => next.end()), askEveryMs);
        asking.unref();
        next.once("end", () => {
          clearInterval(asking);
          client = null;
          if (closing.signal.aborted) return;
          log.debug({}, "the bell's connection was lost; connecting again");
          up = connect();
        });
        return;
      } catch (error) {
        log.debug({ err: (error as Error).message, pauseMs }, "the bell cannot connect");
        await next.end().catch(() => {});
        await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  return {
    ring: (channel, payload) => ring(database, channel, payload),
    listen(channel, listener) {
      // Each call has an entry of its own, even when the function is the same.
      const entry = (payload: string) => listener(payload);
      heard.get(channel)!.add(entry);
      up ??= connect();
      return () => void heard.get(channel)!.delete(entry);
    },
    ready: () => (up ??= connect()),
    async close() {
      closing.abort();
      await up;
      await client?.end().catch(() => {});
    },
  };
}
