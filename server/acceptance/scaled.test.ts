/** One API and two workers, each a process of its own, on an external PostgreSQL and on storage that they share. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { httpFaults, openFaultyHttp } from "../src/testing/faulty-http.ts";
import { startTestPostgres, type TestPostgres } from "../src/testing/postgres.ts";
import { faultRounds, openChance } from "../src/testing/seed.ts";
import { type SwiftServer, startSwift, whySwiftCannotRun } from "../src/testing/swift.ts";
import { createClient, type Json } from "./client.ts";
import { followPatiently, openFleet, patiently } from "./fleet.ts";
import { makeDataDir, type StartedServer, startServer } from "./server.ts";

const pdf = await readFile(new URL("../../examples/report.pdf", import.meta.url));
const obstacle = whySwiftCannotRun();
const jobCount = 12;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres({ survivesKill: true });
}, 120_000);
afterAll(() => postgres?.stop());
/** What a failed test leaves running is stopped before the next one. */
const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function openHouse(storage: Record<string, string> = {}) {
  const { connection } = await postgres.database();
  const query = new URLSearchParams({
    host: connection.host,
    port: String(connection.port),
    user: connection.user,
  });
  const dataDir = await makeDataDir();
  const environment = {
    KNOWHERE_DATABASE_URL: `postgres:///${connection.database}?${query}`,
    KNOWHERE_API_KEY: `sk_${randomBytes(16).toString("hex")}`,
    KNOWHERE_WORKERS: "1",
    ...storage,
  };
  const started: StartedServer[] = [];
  const close = async () => {
    const ends = await Promise.all(started.splice(0).map((server) => server.stop()));
    await dataDir.remove();
    return ends;
  };
  closings.push(close);
  return {
    async start(role: "api" | "worker") {
      const server = await startServer(dataDir.path, { ...environment, KNOWHERE_ROLE: role });
      started.push(server);
      return server;
    },
    forget: (server: StartedServer) => started.splice(started.indexOf(server), 1),
    close,
  };
}

/** Jobs go in, a worker is killed while one of them runs, and every job is to end as done, once and whole. */
async function loseOneWorker(storage: Record<string, string> = {}): Promise<void> {
  const house = await openHouse(storage);
  const api = await house.start("api");
  const victim = await house.start("worker");
  const client = createClient(api);
  const ids: string[] = [];
  for (let at = 0; at < jobCount; at++) {
    const { created, put } = await client.create(`report-${at}.pdf`, pdf, {
      data_id: `n${at}`,
      parsing_params: { pages: at % 2 ? "1-3" : "2-3" },
    });
    expect(put.ok).toBe(true);
    ids.push(created.body["job_id"]);
    await client.call("POST", `/v1/jobs/${created.body["job_id"]}/confirm-upload`, {});
  }
  const running = async () => {
    const { body } = await client.call("GET", "/v1/jobs?status=running");
    return (body["jobs"] as Json[]).length;
  };
  await expect.poll(running, { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
  house.forget(victim);
  await victim.killGroup();
  await house.start("worker");
  await house.start("worker");
  const jobs = await Promise.all(ids.map((id) => client.finish(id)));
  expect(jobs.map((job) => [job["status"], job["data_id"]])).toEqual(ids.map((_, at) => ["done", `n${at}`]));
  for (const job of jobs) expect((await client.download(job)).has("manifest.json")).toBe(true);
  const { body: everything } = await client.call("GET", "/v1/jobs?page_size=100");
  expect(everything["jobs"]).toHaveLength(jobCount);
  expect(await house.close()).toEqual([0, 0, 0]);
}

describe("one API and two workers on an external PostgreSQL", () => {
  it("finish every job although a worker is killed, with a shared folder", () => loseOneWorker(), 300_000);

  describe("with a bucket", () => {
    let swift: SwiftServer | undefined;
    beforeAll(async () => {
      if (obstacle) return;
      swift = await startSwift();
      const admin = new S3Client({
        endpoint: swift.endpoint,
        region: swift.region,
        credentials: swift,
        forcePathStyle: true,
      });
      await admin.send(new CreateBucketCommand({ Bucket: "knowhere" }));
      admin.destroy();
    }, 120_000);
    afterAll(() => swift?.stop());
    const bucketOf = ({ endpoint, accessKeyId, secretAccessKey }: SwiftServer) => ({
      KNOWHERE_S3_BUCKET: "knowhere",
      KNOWHERE_S3_ENDPOINT: endpoint,
      KNOWHERE_S3_ACCESS_KEY_ID: accessKeyId,
      KNOWHERE_S3_SECRET_ACCESS_KEY: secretAccessKey,
      KNOWHERE_S3_FORCE_PATH_STYLE: "true",
    });

    it("finish every job although a worker is killed", async (context) => {
      if (!swift) return context.skip(obstacle!);
      await loseOneWorker(bucketOf(swift));
    }, 300_000);

    it("end every job once while storage fails in every way, and is away for some seconds", async (context) => {
      if (!swift) return context.skip(obstacle!);
      const chance = openChance("storage faults");
      let share = 0;
      const relay = await openFaultyHttp(swift.endpoint, () =>
        chance.next() < share ? (share === 1 ? "fails" : chance.pick(httpFaults)) : null,
      );
      closings.push(() => relay.close());
      const fleet = await openFleet(bucketOf({ ...swift, endpoint: relay.url }), { apis: 1, workers: 2 });
      closings.push(() => fleet.close());
      share = 0.2;
      const ids: string[] = [];
      for (let at = 0; at < jobCount * faultRounds; at++) {
        const { body } = await patiently(() =>
          fleet.client.call("POST", "/v1/jobs", { source_type: "file", file_name: "report.pdf" }),
        );
        const taken = async () => (await fleet.client.upload(body, pdf).catch(() => null))?.ok;
        await expect.poll(taken, { interval: 100 }).toBe(true);
        ids.push(body["job_id"]);
        if (at === jobCount / 2) {
          // Longer than the storage client repeats by itself: jobs wait.
          share = 1;
          await new Promise((done) => setTimeout(done, 8000));
          share = 0.2;
        }
      }
      for (const id of ids) expect((await followPatiently(fleet.client, id))["status"]).toBe("done");
      expect(relay.count).toBeGreaterThan(0);
      share = 0;
      for (const id of ids)
        expect((await fleet.client.download(await fleet.client.finish(id))).has("manifest.json")).toBe(true);
      await fleet.checkDoneOnce(ids);
      console.log(`storage faults: ${relay.count} of the requests failed, ${ids.length} jobs done once`);
    }, 600_000);

    it("notice an upload that nobody confirmed", async (context) => {
      if (!swift) return context.skip(obstacle!);
      const house = await openHouse(bucketOf(swift));
      const api = await house.start("api");
      await house.start("worker");
      const client = createClient(api);
      const job = await client.parse("notes.md", Buffer.from("# Tides\n\nHigh water comes twice a day.\n"));
      expect(job).toMatchObject({ status: "done", file_extension: "MD" });
      expect(new URL(job["result_url"]).origin).toBe(swift.endpoint);
      await house.close();
    }, 300_000);
  });
});
