/**
 * Several API and worker processes on one external PostgreSQL and shared storage, behind a round-robin proxy, with the
 * means to kill, stall and cut off each part, and the checks that nothing was lost and nothing done twice.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { expect } from "vitest";
import { type Link, openLink } from "../src/testing/link.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../src/testing/postgres.ts";
import { type Client, createClient, type Json } from "./client.ts";
import { openRoundRobin, type RoundRobin } from "./round-robin.ts";
import { makeDataDir, type StartedServer, startServer } from "./server.ts";

export interface Member extends StartedServer {
  role: "api" | "worker";
}
export interface Fleet {
  url: string;
  key: string;
  dataDir: string;
  proxy: RoundRobin;
  client: Client;
  postgres: TestPostgres;
  /** Between the processes and PostgreSQL. */
  link: Link;
  /** Past the link, for looking. */
  database: TestDatabase;
  members(role: Member["role"]): Member[];
  start(role: Member["role"]): Promise<Member>;
  /** kill -9 of the process and what belongs to its group. */
  kill(member: Member): Promise<void>;
  /** Exit statuses of all that still ran, after SIGTERM. */
  close(): Promise<(number | null)[]>;
  /** Locks a table against what the processes want to write there; `reached` resolves when one of them waits for it. */
  hold(table: string, statement: RegExp): Promise<{ reached(): Promise<void>; release(): Promise<void> }>;
  /** What happens when a lease has run out, without the wait. `workers`: those who held the claims. */
  endLeases(workers: readonly string[]): Promise<void>;
  /** Workers that hold claims now. */
  claimants(): Promise<string[]>;
  /** Every job is done, once: one good attempt, one bill, one last event, no place in the queue. */
  checkDoneOnce(jobIds: readonly string[]): Promise<void>;
}

export async function openFleet(
  settings: Record<string, string> = {},
  { apis = 2, workers = 1 }: { apis?: number; workers?: number } = {},
): Promise<Fleet> {
  const postgres = await startTestPostgres({ survivesKill: true });
  const database = await postgres.database();
  const { host, user, database: name } = database.connection;
  const link = await openLink({ path: join(host, `.s.PGSQL.${database.connection.port}`) });
  const proxy = await openRoundRobin();
  const dataDir = await makeDataDir();
  const key = `sk_${randomBytes(16).toString("hex")}`;
  const environment = {
    KNOWHERE_DATABASE_URL: `postgres://${user}@127.0.0.1:${link.port}/${name}`,
    KNOWHERE_API_KEY: key,
    KNOWHERE_PUBLIC_URL: proxy.url,
    KNOWHERE_WORKERS: "1",
    // The same document again and again is parsed again and again.
    KNOWHERE_REUSE_RESULTS: "false",
    ...settings,
  };
  let living: Member[] = [];
  const leave = (member: Member) => {
    living = living.filter((other) => other !== member);
    if (member.role === "api") proxy.remove(member.url);
  };
  const looker = async () => {
    const client = new pg.Client(database.connection);
    client.on("error", () => {});
    await client.connect();
    return client;
  };

  const fleet: Fleet = {
    url: proxy.url,
    key,
    dataDir: dataDir.path,
    proxy,
    client: createClient({ url: proxy.url, key }),
    postgres,
    link,
    database,
    members: (role) => living.filter((member) => member.role === role),
    async start(role) {
      const member = { ...(await startServer(dataDir.path, { ...environment, KNOWHERE_ROLE: role })), role };
      living.push(member);
      if (role === "api") proxy.add(member.url);
      return member;
    },
    async kill(member) {
      leave(member);
      await member.killGroup();
    },
    async close() {
      const ends = await Promise.all(living.splice(0).map((member) => member.stop()));
      await proxy.close();
      await link.close();
      await postgres.stop();
      await dataDir.remove();
      return ends;
    },
    async hold(table, statement) {
      const holder = await looker();
      await holder.query("begin");
      await holder.query(`lock table ${table} in share mode`);
      return {
        async reached() {
          await expect
            .poll(async () => {
              const { rows } = await database.query(
                "select query from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
              );
              return rows.some((row) => statement.test(row["query"]));
            })
            .toBe(true);
        },
        // A postmaster that was killed has let go already.
        release: () => holder.end().catch(() => {}),
      };
    },
    async endLeases(of) {
      await database.query(
        "update queue_item set lease_until = now() - interval '1 minute' where leased_by = any($1::text[])",
        [of],
      );
    },
    async claimants() {
      const { rows } = await database.query("select distinct leased_by from queue_item where leased_by is not null");
      return rows.map((row) => row["leased_by"] as string);
    },
    async checkDoneOnce(jobIds) {
      const { rows } = await database.query(
        `select j.job_id, j.status,
           (select count(*) from attempt a where a.job_id = j.job_id and a.outcome = 'done') as good,
           (select count(*) from attempt a where a.job_id = j.job_id and a.ended_at is null) as open,
           (select count(*) from usage_ledger u where u.job_id = j.job_id) as bills,
           (select count(*) from job_event e where e.job_id = j.job_id and e.data->>'status' = 'done') as ends,
           (select count(*) from queue_item q where q.job_id = j.job_id) as waiting
         from job j where j.job_id = any($1) order by j.job_id`,
        [jobIds],
      );
      const once = { status: "done", good: 1, open: 0, bills: 1, ends: 1, waiting: 0 };
      expect(rows).toEqual([...jobIds].sort().map((job_id) => ({ job_id, ...once })));
    },
  };
  for (let n = 0; n < apis; n++) await fleet.start("api");
  for (let n = 0; n < workers; n++) await fleet.start("worker");
  return fleet;
}

/** Repeats what a client would repeat: a lost connection, a 502 of the proxy, a 503 that says when to come back. */
export async function patiently(call: () => ReturnType<Client["call"]>): ReturnType<Client["call"]> {
  const until = Date.now() + 120_000;
  for (;;) {
    const answer = await call().catch(() => null);
    if (answer && answer.status !== 502 && answer.status !== 503) return answer;
    if (answer?.status === 503) expect(answer.body["error"].details.retry_after).toBeGreaterThan(0);
    if (Date.now() > until) throw new Error(`no answer within two minutes, the last one was ${answer?.status}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** The job as it ends, however often the way to it breaks. */
export async function followPatiently(client: Client, jobId: string): Promise<Json> {
  for (;;) {
    const { body } = await patiently(() => client.call("GET", `/v1/jobs/${jobId}?wait=5`));
    if (body["status"] === "done" || body["status"] === "failed") return body;
  }
}
