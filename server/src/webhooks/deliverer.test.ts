import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { createBell } from "../adapters/postgres/bell.ts";
import { createJobStore } from "../adapters/postgres/job-store.ts";
import { createDeliveries, fillOutbox } from "../adapters/postgres/webhook-outbox.ts";
import { createWebhookSecrets } from "../adapters/postgres/webhook-secrets.ts";
import { createFetcher } from "../adapters/system/fetcher.ts";
import { step } from "../jobs/machine.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { Ids } from "../ports/ids.ts";
import { silentLog } from "../ports/log.ts";
import { jobRecord } from "../testing/job-records.ts";
import { useTestPostgres } from "../testing/postgres.ts";
import { openChance } from "../testing/seed.ts";
import { createSteppingClock } from "../testing/stepping-clock.ts";
import { createDeliverer } from "./deliverer.ts";
import { signMessage } from "./signatures.ts";

const server = useTestPostgres();
const url = "https://receiver.example/hook";
const minute = 60_000;
const chance = openChance("webhook receivers");

type Sent = { headers: Record<string, string>; body: Record<string, unknown> };
type Reply = { status: number; headers?: Record<string, string>; body?: string } | Error;

async function setUp(
  reply: (sent: Sent, count: number) => Reply | Promise<Reply>,
  real: { fetcher?: Fetcher; answerTimeoutMs?: number } = {},
) {
  const database = await server.database();
  const clock = createSteppingClock();
  const store = createJobStore(database, { onMove: fillOutbox });
  const deliveries = createDeliveries(database);
  const secrets = createWebhookSecrets(database);
  const bell = createBell({ database, connection: database.connection, log: silentLog });
  await bell.ready();
  const sent: Sent[] = [];
  const fetcher = {
    async post(_url: string, { headers, body }: { headers: Record<string, string>; body: Uint8Array }) {
      const message = { headers, body: JSON.parse(Buffer.from(body).toString("utf8")) };
      sent.push(message);
      const answer = await reply(message, sent.length);
      if (answer instanceof Error) throw answer;
      return { headers: {}, body: "", ...answer };
    },
  } as unknown as Fetcher;
  const findJob = async (jobId: string) => (await store.find([jobId]))[0] ?? null;
  const open = () =>
    createDeliverer({
      deliveries,
      secrets,
      fetcher,
      ...real,
      bell,
      clock,
      log: silentLog,
      ids: { uuid: randomUUID } as unknown as Ids,
      findJob,
      resultUrlOf: async () => "https://server.example/result.zip?signature=hush",
      chance: () => 0,
    });
  async function endJob(jobId: string, fields = {}) {
    await store.insert(jobRecord({ jobId, status: "pending", webhookUrl: url, ...fields }));
    await store.move(jobId, (job) => {
      const stepped = step(job, { type: "cancelled", expiresAt: null }, clock.now());
      return stepped && { ...stepped, queue: { do: "remove" } };
    });
  }
  /**
   * Lets time pass until `reached`: to the next due try at once, which nobody can take before; not while one is under
   * way, whose lease would end on a slow machine, unless that is what the test is about.
   */
  const passUntil = async (reached: () => Promise<boolean>, { evenWhileDelivering = false } = {}) => {
    const pass = async () => {
      const { rows } = await database.query("select state, next_at from delivery where job_id is not null");
      const waits = rows.map(({ next_at }) => (next_at as Date).getTime() - clock.now().getTime());
      if (evenWhileDelivering) await clock.step(minute);
      // What is due already is found by the deliverer's own poll.
      else if (rows.every(({ state }) => state === "pending")) await clock.step(Math.max(5000, ...waits));
    };
    await expect
      .poll(
        async () => {
          await pass();
          return reached();
        },
        { timeout: 60_000, interval: 10 },
      )
      .toBe(true);
  };
  const log = async () => (await deliveries.log("acc_one", { page: 1, pageSize: 100 })).attempts;
  return { passUntil, database, clock, store, deliveries, secrets, bell, sent, open, endJob, log };
}

describe("webhooks", () => {
  it("announces the end of a job once, signed, with the error in both places", async () => {
    const { sent, open, endJob, deliveries, bell } = await setUp(() => ({ status: 204 }));
    const deliverer = open();
    deliverer.start();
    await endJob("job_000000000001", { dataId: "mine" });
    await expect.poll(async () => (await deliveries.count()).delivered).toBe(1);
    await deliverer.stop();
    await bell.close();
    expect(sent).toHaveLength(1);
    expect(sent[0]!.body).toMatchObject({
      event: "job.failed",
      status: "failed",
      job_id: "job_000000000001",
      data_id: "mine",
      error: { code: "CANCELLED", error: { code: "CANCELLED" } },
    });
    expect(sent[0]!.headers["x-knowhere-signature"]).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
    expect(sent[0]!.headers["webhook-id"]).toMatch(/^msg_/);
  });

  it("writes no delivery for a job without a webhook, and none twice", async () => {
    const { endJob, deliveries, store, clock, bell } = await setUp(() => ({ status: 200 }));
    await endJob("job_000000000001", { webhookUrl: null });
    await endJob("job_000000000002");
    const again = await store.move("job_000000000002", (job) =>
      step(job, { type: "cancelled", expiresAt: null }, clock.now()),
    );
    expect(again.kind).toBe("refused");
    expect(await deliveries.count()).toMatchObject({ pending: 1 });
    await bell.close();
  });

  it("tries again under the same id until it is taken, and logs every try", async () => {
    const { sent, open, endJob, deliveries, passUntil, log, bell } = await setUp((_sent, count) =>
      count === 1
        ? problem("DOWNLOAD_FAILED", { violations: [{ description: "the connection failed" }] })
        : count === 2
          ? { status: 500, body: "no\u0000pe" }
          : { status: 200 },
    );
    const deliverer = open();
    deliverer.start();
    await endJob("job_000000000001");
    await expect.poll(async () => (await log()).length).toBe(1);
    await passUntil(async () => (await log()).length >= 2);
    await passUntil(async () => (await deliveries.count()).delivered === 1);
    await deliverer.stop();
    await bell.close();
    expect(new Set(sent.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const tries = await log();
    expect(tries.map(({ attemptNumber, responseStatus }) => [attemptNumber, responseStatus])).toEqual([
      [3, 200],
      [2, 500],
      [1, null],
    ]);
    expect(tries[2]!.errorMessage).toBe("the connection failed");
    expect(tries[1]!.responseBody).toBe("no\ufffdpe");
  });

  it("gets through a receiver that hangs, fails, hangs up and breaks off, in any order, under one id", async () => {
    const hang: RequestListener = (request) => void request.resume();
    const hangUp: RequestListener = (request) => void request.socket.destroy();
    const fail: RequestListener = (_request, response) => void response.writeHead(500).end("out of order");
    const breakOff: RequestListener = (_request, response) => {
      response.writeHead(503, { "Content-Length": "1000" });
      response.write("half an ans", () => response.destroy());
    };
    const faults = [hang, hangUp, fail, breakOff].map((fault) => ({ fault, place: chance.next() }));
    const order = faults.sort((a, b) => a.place - b.place).map(({ fault }) => fault);
    const ids: string[] = [];
    const receiver = createServer((request, response) => {
      ids.push(String(request.headers["webhook-id"]));
      const fault = order[ids.length - 1];
      if (fault) fault(request, response);
      else response.end();
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    const fetcher = createFetcher({ allowCidrs: ["127.0.0.0/8"] });
    const { open, endJob, deliveries, passUntil, log, bell } = await setUp(() => ({ status: 200 }), {
      fetcher,
      answerTimeoutMs: 200,
    });
    const deliverer = open();
    deliverer.start();
    await endJob("job_000000000001", { webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` });
    await passUntil(async () => (await deliveries.count()).delivered === 1);
    await deliverer.stop();
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(1);
    expect((await log()).map(({ attemptNumber }) => attemptNumber)).toEqual([5, 4, 3, 2, 1]);
    await fetcher.close();
    await bell.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  it("does not follow a receiver that sends it elsewhere", async () => {
    const asked: string[] = [];
    const receiver = createServer((request, response) => {
      asked.push(request.url!);
      response.writeHead(302, { Location: "/elsewhere" }).end();
    });
    await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
    const fetcher = createFetcher({ allowCidrs: ["127.0.0.0/8"] });
    const { open, endJob, deliveries, bell } = await setUp(() => ({ status: 200 }), { fetcher });
    const deliverer = open();
    deliverer.start();
    await endJob("job_000000000001", {
      webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    });
    await expect.poll(async () => (await deliveries.count()).failed).toBe(1);
    await deliverer.stop();
    expect(asked).toEqual(["/hook"]);
    await fetcher.close();
    await bell.close();
    receiver.close();
  });

  it("gives up for good when the receiver is gone", async () => {
    const { sent, open, endJob, deliveries, clock, bell } = await setUp(() => ({ status: 410 }));
    const deliverer = open();
    deliverer.start();
    await endJob("job_000000000001");
    await expect.poll(async () => (await deliveries.count()).failed).toBe(1);
    await clock.step(24 * 60 * minute);
    await deliverer.stop();
    await bell.close();
    expect(sent).toHaveLength(1);
  });

  it("sends again, under the same id, what a sender that died had begun", async () => {
    const { sent, open, endJob, deliveries, clock, passUntil, bell } = await setUp(() => ({ status: 200 }));
    await endJob("job_000000000001");
    const [taken] = await deliveries.claim(clock.now(), new Date(clock.now().getTime() + minute), 10);
    const deliverer = open();
    deliverer.start();
    expect(await deliveries.claim(clock.now(), clock.now(), 10)).toEqual([]);
    await passUntil(async () => (await deliveries.count()).delivered === 1, { evenWhileDelivering: true });
    await deliverer.stop();
    await bell.close();
    expect(sent[0]!.headers["webhook-id"]).toBe(taken!.deliveryId);
  });

  it("sends by hand what was delivered already, marked as manual, and keeps secrets and result URLs out of the log", async () => {
    const { sent, open, endJob, log, secrets, clock, bell } = await setUp(() => ({ status: 200 }));
    const deliverer = open();
    await endJob("job_000000000001");
    const attempt = await deliverer.trigger("acc_one", "job_000000000001");
    expect(attempt).toMatchObject({ responseStatus: 200, attemptNumber: 1 });
    expect(sent[0]!.body["trigger"]).toBe("manual");
    expect(await deliverer.trigger("acc_two", "job_000000000001")).toBeNull();
    const [secret] = await secrets.signing("acc_one", url, clock.now());
    const kept = JSON.stringify(await log());
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain("hush");
    await bell.close();
  });

  it("tests an endpoint without a job: signed, logged, counted nowhere, not tried again", async () => {
    const { sent, open, secrets, deliveries, log, clock, bell } = await setUp(() => ({ status: 503 }));
    const { secret } = await secrets.ensure("acc_one", url, clock.now());
    const deliverer = open();
    deliverer.start();
    const attempt = await deliverer.test("acc_one", url);
    expect(attempt).toMatchObject({ jobId: null, responseStatus: 503, attemptNumber: 1 });
    const { headers, body } = sent[0]!;
    expect(body).toMatchObject({ event: "test", job_id: null, status: "test", sent_at: clock.now().toISOString() });
    const timestamp = Number(headers["webhook-timestamp"]);
    const id = headers["webhook-id"]!;
    expect(headers).toMatchObject(signMessage({ id, timestamp, body: JSON.stringify(body) }, [secret.secret]));
    expect(await log()).toMatchObject([{ jobId: null, webhookUrl: url, idempotencyKey: id }]);
    await clock.step(31 * 24 * 60 * minute);
    expect(sent).toHaveLength(1);
    expect(Object.values(await deliveries.count())).toEqual([0, 0, 0, 0, 0]);
    await deliverer.test("acc_one", url);
    expect(await log()).toHaveLength(1);
    await deliverer.stop();
    await bell.close();
  });

  it("signs with the old secret too while it retires", async () => {
    const { sent, open, endJob, secrets, clock, bell } = await setUp(() => ({ status: 200 }));
    const { secret: old } = await secrets.ensure("acc_one", url, clock.now());
    const tomorrow = new Date(clock.now().getTime() + 24 * 60 * minute);
    const { secret: fresh, made } = await secrets.ensure("acc_one", url, clock.now(), { retiresAt: tomorrow });
    expect(made).toBe(true);
    expect(await secrets.signing("acc_one", url, clock.now())).toEqual([fresh.secret, old.secret]);
    await endJob("job_000000000001");
    await open().trigger("acc_one", "job_000000000001");
    expect(sent[0]!.headers["webhook-signature"]!.split(" ")).toHaveLength(2);
    expect(await secrets.signing("acc_one", url, tomorrow)).toEqual([fresh.secret]);
    expect(await secrets.revoke("acc_two", fresh.secretId)).toBe(false);
    expect(await secrets.revoke("acc_one", fresh.secretId)).toBe(true);
    await bell.close();
  });
});
