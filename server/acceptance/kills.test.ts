/** kill -9 of each kind of process, and worse, at the points of a job where it hurts. Nothing may be lost, nothing done twice. */
import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultRounds, openChance } from "../src/testing/seed.ts";
import type { Json } from "./client.ts";
import { type Fleet, followPatiently, type Member, openFleet, patiently } from "./fleet.ts";

const pdf = await readFile(new URL("../../examples/report.pdf", import.meta.url));
const chance = openChance("kills");

/** Takes webhooks; while `holding` it reads them and does not answer. */
interface Receiver {
  url: string;
  holding: boolean;
  /** Message ids by job. */
  ids: Map<string, Set<string>>;
  held: ServerResponse[];
  close(): void;
}
let fleet: Fleet;
let receiver: Receiver;
beforeAll(async () => {
  fleet = await openFleet();
  receiver = await openReceiver();
}, 300_000);
afterAll(async () => {
  const ends = await fleet?.close();
  receiver?.close();
  expect(ends?.every((status) => status === 0)).toBe(true);
}, 60_000);

async function openReceiver(): Promise<Receiver> {
  const ids: Receiver["ids"] = new Map();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    const jobId = JSON.parse(text).job_id;
    ids.set(jobId, (ids.get(jobId) ?? new Set()).add(String(request.headers["webhook-id"])));
    if (one.holding) one.held.push(response);
    else response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const one: Receiver = {
    url,
    holding: false,
    ids,
    held: [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return one;
}

/** A job that waits for its file. */
async function createWaiting(): Promise<Json> {
  const idempotency = { "idempotency-key": `k${Math.random()}` };
  const fields = { source_type: "file", file_name: "report.pdf", webhook: { url: receiver.url } };
  return (await patiently(() => fleet.client.call("POST", "/v1/jobs", fields, idempotency))).body;
}
/** The same URL may be used again until one upload was answered well. */
async function upload(job: Json): Promise<void> {
  for (let tries = 0; ; tries++) {
    const answer = await fleet.client.upload(job, pdf).catch(() => null);
    if (answer?.ok) return;
    if (tries > 60) throw new Error(`the upload is not taken: ${answer?.status} ${await answer?.text()}`);
    await sleep(500);
  }
}
async function createJobs(count: number): Promise<string[]> {
  const jobs = await Promise.all(Array.from({ length: count }, createWaiting));
  await Promise.all(jobs.map(upload));
  return jobs.map((job) => job["job_id"]);
}

/** Everything that was promised of these jobs. */
async function expectAllWell(jobIds: readonly string[]): Promise<void> {
  for (const jobId of jobIds) {
    const job = await followPatiently(fleet.client, jobId);
    expect(job["status"]).toBe("done");
    expect((await fleet.client.download(job)).has("manifest.json")).toBe(true);
  }
  await fleet.checkDoneOnce(jobIds);
  const delivered = async () => {
    // The next try of a delivery whose sender died comes when its lease is over; here it is over now.
    await fleet.database.query(
      "update delivery set next_at = now() where state in ('delivering', 'pending') and next_at > now() + interval '2 seconds'",
    );
    const { rows } = await fleet.database.query(
      "select job_id, state from delivery where job_id = any($1) order by job_id",
      [jobIds],
    );
    return rows;
  };
  await expect
    .poll(delivered, { interval: 1000 })
    .toEqual([...jobIds].sort().map((job_id) => ({ job_id, state: "delivered" })));
  for (const jobId of jobIds) expect(receiver.ids.get(jobId)?.size).toBe(1);
}

const worker = () => fleet.members("worker")[0]!;
type Release = () => Promise<unknown>;
const nothingHeld: Release = async () => {};
/** Kills the one worker, releases what held it, starts another and lets the leases of the dead one run out. */
async function replaceWorker(release = nothingHeld): Promise<void> {
  const dead = await fleet.claimants();
  await fleet.kill(worker());
  await release();
  await fleet.start("worker");
  await fleet.endLeases(dead);
}
async function replaceApis(victims: Member[]): Promise<void> {
  for (const victim of victims) await fleet.kill(victim);
  for (const _ of victims) await fleet.start("api");
}
async function killPostgres(release = nothingHeld): Promise<void> {
  process.kill(fleet.postgres.server.pid(), "SIGKILL");
  await release();
}
/** Kills the parse child below the worker. */
async function killParseChild(): Promise<void> {
  await expect.poll(() => parseChildrenOf(worker().pid), { interval: 10 }).not.toEqual([]);
  for (const pid of parseChildrenOf(worker().pid)) process.kill(pid, "SIGKILL");
}
function parseChildrenOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]));
    } catch {
      // Gone meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent === root || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter((pid) => isBelow(pid) && /parse-child/.test(readCommand(pid)));
}
function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

const victims = { "the worker": replaceWorker, PostgreSQL: killPostgres };
const isClaimed = async () => (await fleet.claimants()).length > 0;

describe.each(Array.from({ length: faultRounds }, (_, round) => round + 1))("round %i: a job survives", () => {
  describe.each(Object.entries(victims))("kill -9 of %s", (_name, killVictim) => {
    it("while it is claimed", async () => {
      const held = await fleet.hold("attempt", /claim_queue_item/);
      const jobs = await createJobs(chance.whole(1, 3));
      await held.reached();
      await killVictim(held.release);
      await expectAllWell(jobs);
    }, 300_000);

    it("in the middle of its parse", async () => {
      const jobs = await createJobs(chance.whole(1, 3));
      await expect.poll(isClaimed, { interval: 5 }).toBe(true);
      await sleep(chance.whole(0, 200));
      await killVictim();
      await expectAllWell(jobs);
    }, 300_000);

    it("between its stored result and the commit that makes it the result", async () => {
      const held = await fleet.hold("usage_ledger", /usage_ledger/);
      const jobs = await createJobs(chance.whole(1, 3));
      await held.reached();
      await killVictim(held.release);
      await expectAllWell(jobs);
    }, 300_000);
  });

  it("kill -9 of the child that parses it", async () => {
    const jobs = await createJobs(2);
    await expect.poll(isClaimed, { interval: 5 }).toBe(true);
    await killParseChild();
    await expectAllWell(jobs);
  }, 300_000);

  it("a worker that stands still for longer than its lease", async () => {
    const held = await fleet.hold("usage_ledger", /usage_ledger/);
    const jobs = await createJobs(1);
    await held.reached();
    const [slow, ...none] = await fleet.claimants();
    expect(none).toEqual([]);
    const standing = worker();
    process.kill(standing.pid, "SIGSTOP");
    // Its database takes the wait for a dead one, or it could still finish with what it sent.
    await fleet.database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'usage_ledger'",
    );
    await held.release();
    await fleet.start("worker");
    await fleet.endLeases([slow!]);
    await expectAllWell(jobs);
    process.kill(standing.pid, "SIGCONT");
    // It wakes up, is told that it lost the claim, and takes its package away again.
    const results = async () =>
      (await readdir(join(fleet.dataDir, "blobs", "data", "results"))).filter((name) => name.startsWith(jobs[0]!));
    await expect.poll(results).toHaveLength(1);
    await expectAllWell(jobs);
    await fleet.kill(standing);
  }, 300_000);

  it.each([
    ["an API process", async () => replaceApis(fleet.members("api").filter(({ url }) => url === fleet.proxy.latest()))],
    ["PostgreSQL", killPostgres],
  ])(
    "kill -9 of %s in the middle of its upload",
    async (_name, killVictim) => {
      const job = await createWaiting();
      const cut = chance.whole(1, pdf.length - 1);
      const before = await temporaryUploads();
      const finish = await beginUpload(job, cut);
      await killVictim();
      // The rest may still be taken, and then it was all of it; else the upload is begun again.
      if (!(await finish())) await upload(job);
      await expectAllWell([job["job_id"]]);
      // What a killed API leaves is swept once it is an hour old.
      if (killVictim === killPostgres) expect(await temporaryUploads()).toEqual(before);
    },
    300_000,
  );

  it.each([
    ["all API processes", () => replaceApis(fleet.members("api"))],
    ["PostgreSQL", killPostgres],
  ])(
    "kill -9 of %s while its webhook is on the way",
    async (_name, killVictim) => {
      receiver.holding = true;
      const jobs = await createJobs(chance.whole(1, 3));
      await expect.poll(() => receiver.held.length).toBeGreaterThan(0);
      await killVictim();
      receiver.holding = false;
      for (const response of receiver.held.splice(0)) response.end();
      await expectAllWell(jobs);
    },
    300_000,
  );

  const outages: Record<string, (on: boolean) => void> = {
    "is away": (on) => {
      fleet.link.refuse(on);
      if (on) fleet.link.cut();
    },
    "does not answer": (on) => fleet.link.stall(on),
  };
  it.each(Object.entries(outages))(
    "a database that %s for five seconds",
    async (_name, outage) => {
      const early = await createJobs(2);
      await expect.poll(isClaimed, { interval: 5 }).toBe(true);
      outage(true);
      const late = createJobs(2);
      const polls = Promise.all(early.map((jobId) => patiently(() => fleet.client.call("GET", `/v1/jobs/${jobId}`))));
      await sleep(5000);
      outage(false);
      expect((await polls).map((answer) => answer.status)).toEqual([200, 200]);
      await expectAllWell([...early, ...(await late)]);
    },
    300_000,
  );
});

const temporaryUploads = () => readdir(join(fleet.dataDir, "blobs", "temp"));

/** Sends the first `cut` bytes and waits until a server has them; the answer sends the rest and tells whether that was taken. */
async function beginUpload(job: Json, cut: number): Promise<() => Promise<boolean>> {
  const sending = send(job["upload_url"], {
    method: "PUT",
    headers: { ...job["upload_headers"], "Content-Length": pdf.length },
  });
  const taken = new Promise<boolean>((resolve) => {
    sending.once("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    sending.once("error", () => resolve(false));
  });
  const before = (await temporaryUploads()).length;
  sending.write(pdf.subarray(0, cut));
  await expect.poll(async () => (await temporaryUploads()).length, { interval: 10 }).toBe(before + 1);
  return () => {
    sending.end(pdf.subarray(cut));
    return taken;
  };
}
