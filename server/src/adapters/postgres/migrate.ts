/** Plain numbered SQL, applied in order, all or none, by one process at a time. */
import type { Log } from "../../ports/log.ts";
import type { Database } from "./database.ts";
import { migrations as all, type Migration } from "./migrations/index.ts";

/** Any fixed number; it is the lock's name. */
const advisoryLock = 5_005_001;
const oldestServer = 140_000;

/** Brings the schema to the newest version; resolves with the names of what was applied. Safe to call from every process at start. */
export async function migrate(database: Database, log: Log, migrations: readonly Migration[] = all): Promise<string[]> {
  const applied = await database.transaction(async (tx) => {
    const { rows } = await tx.query("select current_setting('server_version_num')::int as version");
    if (rows[0]!.version < oldestServer)
      throw new Error(`PostgreSQL 14 or newer is needed; this server is ${rows[0]!.version / 10_000}.`);
    await tx.query("select pg_advisory_xact_lock($1)", [advisoryLock]);
    await tx.query(
      "create table if not exists schema_migration (number int primary key, name text not null, applied_at timestamptz not null default now())",
    );
    const known = (await tx.query("select number, name from schema_migration order by number")).rows;
    const strange = known.find(
      (row) => migrations.find((migration) => migration.number === row.number)?.name !== row.name,
    );
    if (strange)
      throw new Error(
        `The database was made by a newer Knowhere (it has migration ${strange.number} "${strange.name}"). Start that version or restore a backup.`,
      );
    const missing = migrations.filter((migration) => !known.some((row) => row.number === migration.number));
    for (const migration of missing) {
      await tx.query(migration.sql);
      await tx.query("insert into schema_migration (number, name) values ($1, $2)", [migration.number, migration.name]);
    }
    return missing.map((migration) => migration.name);
  });
  if (applied.length > 0) log.info({ applied }, "database schema brought up to date");
  return applied;
}
