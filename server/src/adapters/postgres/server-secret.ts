/** Secrets of the installation that all its processes share; each is made when it is first asked for. */
import { randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

const add = {
  name: "server-secret-add",
  text: "insert into server_secret (name, secret) values ($1, $2) on conflict (name) do nothing",
};
const get = { name: "server-secret-get", text: "select secret from server_secret where name = $1" };

/** 32 bytes, the same for every caller on this database. */
export async function loadServerSecret(database: Database, name: string): Promise<Buffer> {
  await database.query(add, [name, randomBytes(32)]);
  return (await database.query(get, [name])).rows[0]!["secret"] as Buffer;
}
