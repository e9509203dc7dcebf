/** How to reach the embedded server. */
import pg from "pg";
import { superuser } from "./cluster.ts";
import { socketPort } from "./socket-folder.ts";

export interface EmbeddedConnection {
  host: string;
  port: number;
  user: string;
  database: string;
}

export const databaseName = "knowhere";

/** `host`: the folder of the socket. */
export const connectionTo = (host: string, database: string): EmbeddedConnection => ({
  host,
  port: socketPort,
  user: superuser,
  database,
});

export async function canConnect(connection: EmbeddedConnection): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Makes our database in a fresh cluster. */
export async function ensureDatabase(host: string): Promise<void> {
  const client = new pg.Client(connectionTo(host, "postgres"));
  client.on("error", () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}
