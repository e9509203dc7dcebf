/**
 * The lives of three jobs, from their requests to their webhooks and their erasing, with every port behind them. Then
 * again and again, each time with another call of a port that fails: what a client repeats and what the caretakers do
 * must bring everything to the same end.
 */
import { createWriteStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { createApiKeys } from "../adapters/postgres/api-keys.ts";
import { createDocuments, publishDocument, withdrawDocument } from "../adapters/postgres/documents.ts";
import { createIdempotency } from "../adapters/postgres/idempotency.ts";
import { createUsage } from "../adapters/postgres/usage.ts";
import { createDeliveries, fillOutbox } from "../adapters/postgres/webhook-outbox.ts";
import { createWebhookSecrets } from "../adapters/postgres/webhook-secrets.ts";
import { systemIds } from "../adapters/system/ids.ts";
import { createResultPackages } from "../adapters/zip/result-packages.ts";
import { createMemoryLimiter } from "../http/limits.ts";
import type { Duty } from "../jobs/caretakers.ts";
import { createJobs } from "../jobs/jobs.ts";
import type { ParseTask } from "../jobs/types.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import { silentLog } from "../ports/log.ts";
import { createDeliverer } from "../webhooks/deliverer.ts";
import { createFailingPorts, type PortFault } from "./failing-ports.ts";
import { openHttpHouse, type Sent } from "./http-house.ts";
import { finishParse, openJobHouse, retentionMs, uploadTtlMs } from "./job-house.ts";
import { useTestPostgres } from "./postgres.ts";
import { faultRounds, openChance } from "./seed.ts";
import { createSteppingClock } from "./stepping-clock.ts";

const postgres = useTestPostgres();
const chance = openChance("port faults");
/** More than one round: not only the first call of each method, but every call, and both before and after its work. */
const thorough = faultRounds > 1;
const lanes = 3;

/** What these lives do not ask for, and where it is asked. */
const elsewhere = new Set([
  // For metrics: http/metrics.test.ts "answers without it".
  "queue.depth",
  "deliveries.count",
  "usage.countEnds",
  // By people, one at a time: a failed call is answered with an error and repeated.
  "secrets.ensure",
  "secrets.revoke",
  "deliveries.recordManual",
  "deliveries.recordTest",
  "deliveries.ofJob",
  "keys.create",
  "keys.revoke",
  "keys.toggle",
  // The store rings in its transactions.
  "bell.ring",
  // At the start only, when a failed call ends it.
  "keys.count",
  "queue.claimed",
]);

const zip = new ZipFile();
zip.addBuffer(Buffer.from("# Title\n"), "full.md");
zip.end();
const packageBytes = await buffer(zip.outputStream);

async function parse(task: ParseTask) {
  const outcome = await finishParse(task, { text: packageBytes.toString("latin1") });
  await writeFile(task.resultPath, packageBytes);
  const { createHash } = await import("node:crypto");
  return { ...outcome, bytes: packageBytes.length, sha256: createHash("sha256").update(packageBytes).digest("hex") };
}

async function live(fault: PortFault | null) {
  const clock = createSteppingClock(new Date());
  const { wrap, calls } = createFailingPorts(fault);
  const house = await openJobHouse(postgres, {
    clock,
    hooks: {
      async onMove(tx, change) {
        await publishDocument(tx, change);
        await fillOutbox(tx, change);
      },
      onErase: withdrawDocument,
    },
  });
  const { database } = house;
  const messageIds: string[] = [];
  const fetcher = wrap<Fetcher>("fetcher", {
    check: async () => {},
    head: async (url) => ({ url, status: 200, headers: { "content-type": "application/pdf" }, bytes: 0 }),
    async download(url, path) {
      await pipeline([Buffer.from("source")], createWriteStream(path));
      return { url, status: 200, headers: {}, bytes: (await stat(path)).size };
    },
    async post(url, { headers }) {
      messageIds.push(headers["webhook-id"]!);
      return { url, status: 200, headers: {}, body: "" };
    },
  });
  const ports = {
    store: wrap("store", house.store),
    queue: wrap("queue", house.queue),
    upkeep: wrap("upkeep", house.upkeep),
    blobs: wrap("blobs", house.blobs),
    bell: wrap("bell", house.bell),
    fetcher,
  };
  const idempotency = wrap("idempotency", createIdempotency({ database, clock, ids: systemIds }));
  const deliveries = wrap("deliveries", createDeliveries(database));
  const secrets = wrap("secrets", createWebhookSecrets(database));
  const apiKeys = createApiKeys({ database, clock, ids: systemIds, log: silentLog });
  const { key } = await apiKeys.create({ account: "acc", name: "main", scopes: ["read", "write", "admin"] });
  const jobs = createJobs({ ...ports, clock, ids: systemIds, uploadTtlMs, retentionMs });
  const border = await openHttpHouse(
    { maxConcurrentJobs: 100 },
    {
      jobs,
      keys: wrap("keys", apiKeys),
      blobs: ports.blobs,
      blobDoor: undefined,
      limiter: wrap(
        "limiter",
        createMemoryLimiter(() => clock.now().getTime()),
      ),
      idempotency,
      packages: wrap("packages", createResultPackages({ blobs: ports.blobs })),
      fetcher,
      webhooks: {
        deliveries,
        secrets,
        trigger: async () => null,
        test: () => Promise.reject(new Error("no test event is sent here")),
      },
      documents: wrap("documents", createDocuments(database)),
      usage: wrap("usage", createUsage(database)),
      clock,
    },
  );
  const worker = house.worker({ ...ports, parse });
  const caretakers = house.caretakers({ ...ports, idempotency });
  const deliverer = createDeliverer({
    deliveries,
    secrets,
    fetcher,
    bell: ports.bell,
    clock,
    ids: systemIds,
    log: silentLog,
    findJob: async (jobId) => (await ports.store.find([jobId]))[0] ?? null,
    resultUrlOf: async (job) =>
      (
        await ports.blobs.presignGet(job.result!.key, {
          fileName: "result.zip",
          contentType: "application/zip",
          expiresInS: 60,
          baseUrl: "http://server.test",
        })
      ).url,
    chance: () => 0,
  });

  /** As a client asks: again when it is told that the trouble is the server's. */
  async function ask(method: string, path: string, options: Parameters<typeof border.send>[2] = {}): Promise<Sent> {
    for (let tries = 1; ; tries++) {
      const sent = await border.send(method, path, { key, ...options }).catch((error: unknown) => {
        // Of a stream that has begun only the connection is left to tell with: its reader comes back.
        if (path.endsWith("/events") && tries < 3) return null;
        throw error;
      });
      if (!sent) continue;
      // A lost first try holds its Idempotency-Key for a minute.
      if (sent.json?.error?.code === "ABORTED") {
        await clock.step(61_000);
        continue;
      }
      if (sent.status < 500) return sent;
      expect(sent.json).toMatchObject({
        success: false,
        error: { code: expect.stringMatching(/INTERNAL|UNAVAILABLE/) },
      });
      if (tries === 3) throw new Error(`${method} ${path} still answers ${sent.status}`);
    }
  }
  const create = async (idempotencyKey: string, body: object) =>
    (await ask("POST", "/v1/jobs", { body, headers: { "idempotency-key": idempotencyKey } })).json.job_id as string;
  const duty = async (name: Duty) => {
    await caretakers.run(name).catch(() => caretakers.run(name));
  };
  /** Lets time pass, with the caretakers at work, until `reached`. */
  const passUntil = async (reached: () => Promise<boolean>) => {
    for (let rounds = 0; !(await reached()); rounds++) {
      if (rounds > 3000) throw new Error("this never comes");
      await clock.step(1000);
      // Files and sockets work in real time, and get none where nobody asks the database.
      await pause(1);
      if (worker.running() === 0) await duty("reclaim-lost");
    }
  };
  const status = async (jobId: string) => (await house.store.find([jobId]))[0]!.status;

  const webhook = { url: "https://receiver.test/hook" };
  const fetched = await create("one", { source_type: "url", source_url: "https://files.test/report", webhook });
  const sent = await create("two", { source_type: "file", file_name: "a.pdf" });
  const given = await create("three", { source_type: "file", file_name: "b.pdf" });
  const refused = await ask("POST", "/v1/jobs", {
    body: { source_type: "file", file_name: "c.exe" },
    headers: { "idempotency-key": "four" },
  });
  expect(refused.status).toBe(400);
  for (const jobId of [sent, given])
    await house.blobs.put(`uploads/${jobId}`, Buffer.from("source"), { contentType: "application/pdf" });
  await ask("POST", `/v1/jobs/${sent}/confirm-upload`, { body: {} });
  await clock.step(3000);
  await duty("check-uploads");
  await ask("POST", `/v1/jobs/${given}/cancel`, { body: {} });

  await worker.start();
  await passUntil(async () => (await status(fetched)) === "done" && (await status(sent)) === "done");
  // What an attempt still puts in order waits by the clock, which stands still while a worker stops.
  await passUntil(async () => worker.running() === 0);
  await worker.stop({ graceMs: 0 });
  deliverer.start();
  const delivered = async () =>
    (await database.query("select 1 from delivery where state = 'delivered'")).rowCount === 1;
  await passUntil(delivered);
  await deliverer.stop();

  for (const path of [
    `/v1/jobs/${fetched}`,
    `/v1/jobs/${fetched}?wait=1`,
    `/v1/jobs/${fetched}/events`,
    `/v1/jobs/${fetched}/markdown`,
    "/v1/jobs?page=1",
    "/v1/jobs?limit=5",
    "/v1/usage",
    "/v1/webhooks/logs",
    "/v1/webhooks/secrets",
    "/v1/documents",
    "/v1/auth/list",
  ]) {
    const answer = await ask("GET", path);
    expect(answer.status, path).toBe(200);
  }
  expect([200, 404]).toContain((await ask("DELETE", `/v1/jobs/${sent}`)).status);
  clock.set(new Date(clock.now().getTime() + 2 * 3600_000));
  for (const name of ["delete-doomed", "erase-outlived", "sweep-blobs", "sweep-idempotency"] as const) await duty(name);

  const rows = async (text: string) => (await database.query(text)).rows;
  const first = (await house.store.find([fetched]))[0]!;
  const named: Record<string, string> = { [first.result!.key]: "the result", [first.sourceKey!]: "what was fetched" };
  const end = {
    jobs: await rows("select status from job order by status"),
    bills: (await rows("select job_id from usage_ledger")).length,
    good: (await rows("select job_id from attempt where outcome = 'done'")).length,
    open: (await rows("select job_id from attempt where ended_at is null")).length,
    queued: (await rows("select job_id from queue_item")).length,
    deliveries: (await rows("select job_id from delivery")).length,
    messages: new Set(messageIds).size,
    blobs: house.blobs
      .keys()
      .map((name) => named[name] ?? name.replace(given, "given"))
      .sort(),
  };
  await border.close();
  await house.close();
  // Many lives on one server: their connections would run out.
  await database.close();
  return { end, calls, ports: { ...ports, idempotency, deliveries, secrets, keys: apiKeys } };
}

/** However it came about. The bill of an erased job stays. */
const wellEnded = {
  jobs: [{ status: "done" }, { status: "failed" }],
  bills: 2,
  good: 1,
  open: 0,
  queued: 0,
  deliveries: 1,
  messages: 1,
  blobs: ["the result", "uploads/given", "what was fetched"],
};

/** Far longer than a life lasts on a busy machine: one that hangs is told by the call that failed. */
const lifeMs = 300_000;

async function inTime<T>(life: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error("this life does not end")), lifeMs);
  });
  return Promise.race([life, late]).finally(() => clearTimeout(timer));
}

describe("three jobs whose n-th port call fails", () => {
  it("end the same whichever call of whichever port it is, before or after its work", async () => {
    const well = await live(null);
    expect(well.end).toEqual(wellEnded);
    const ignored = ["listen", "ready", "close", "keys", "failNext"];
    const methods = Object.entries(well.ports).flatMap(([name, port]) =>
      Object.entries(port)
        .filter(([method, member]) => typeof member === "function" && !ignored.includes(method))
        .map(([method]) => `${name}.${method}`),
    );
    expect(methods.filter((method) => !well.calls.includes(method) && !elsewhere.has(method))).toEqual([]);
    const errors = [
      new Error("a bug"),
      problem("UNAVAILABLE"),
      Object.assign(new Error("no space left on device"), { code: "ENOSPC" }),
    ];
    const faults: PortFault[] = well.calls.flatMap((call, at) =>
      thorough
        ? (["before", "after"] as const).map((when) => ({ call: at + 1, when, error: chance.pick(errors) }))
        : well.calls.indexOf(call) === at
          ? [{ call: at + 1, when: chance.pick(["before", "after"] as const), error: chance.pick(errors) }]
          : [],
    );
    const waiting = faults.values();
    const lane = async () => {
      for (const fault of waiting) {
        const about = `call ${fault.call} (${well.calls[fault.call - 1]}) fails ${fault.when} its work with "${fault.error.message}"`;
        const { end } = await inTime(live(fault)).catch((error) => {
          throw new Error(about, { cause: error });
        });
        expect(end, about).toEqual(wellEnded);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    console.log(`port faults: ${faults.length} lives with a failed call out of ${well.calls.length} calls`);
  }, 1_800_000);
});
