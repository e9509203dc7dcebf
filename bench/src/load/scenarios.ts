/** What a server has to stand. Each scenario gives counts and ratios, never absolute times, and the promises that were broken. */
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { join } from "node:path";
import type { Client, Json } from "../../../server/acceptance/client.ts";
import { openLoadHouse } from "./house.ts";
import { bytesBelow, cpuSecondsOf, descriptorsOf, residentMbOf, spread, watchPeak } from "./measure.ts";

export interface Outcome {
  figures: Record<string, number>;
  /** Empty when every promise was kept. */
  broken: string[];
}
type Sizes = Record<string, number>;
export interface Scenario {
  full: Sizes;
  /** For CI: the same promises. */
  short: Sizes;
  run(sizes: Sizes): Promise<Outcome>;
}

/** Notes a promise that does not hold. */
function judge() {
  const broken: string[] = [];
  return {
    broken,
    promise(holds: boolean, text: string) {
      if (!holds) broken.push(text);
    },
  };
}

const urlJob = (source_url: string) => ({ source_type: "url", source_url });

/** Ends of many jobs, asked for with few requests. */
async function waitForAll(client: Client, ids: readonly string[], atOnce = 16): Promise<Json[]> {
  const ends: Json[] = [];
  await spread(ids.length, atOnce, async (n) => void ends.push(await client.finish(ids[n]!)));
  return ends;
}

async function countJobs(client: Client): Promise<number> {
  return (await client.call("GET", "/v1/jobs?page_size=1")).body["total"];
}

/** Many clients create at once. */
const creations: Scenario = {
  full: { jobs: 1000, clients: 100 },
  short: { jobs: 120, clients: 40 },
  async run({ jobs = 0, clients = 0 }) {
    const { broken, promise } = judge();
    const house = await openLoadHouse();
    const ids = new Set<string>();
    const statuses: Record<number, number> = {};
    await spread(jobs, clients, async (n) => {
      const { status, body } = await house.client.call("POST", "/v1/jobs", urlJob(house.sources.urlOf(`c${n}.md`)));
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 202) ids.add(body["job_id"]);
    });
    const others = Object.keys(statuses).filter((status) => !["202", "429"].includes(status));
    promise(others.length === 0, `answers other than 202 and 429: ${others.join(", ")}`);
    const acknowledged = statuses[202] ?? 0;
    promise(ids.size === acknowledged, `${acknowledged} acknowledged, ${ids.size} different ids`);
    const ends = await waitForAll(house.client, [...ids]);
    const done = ends.filter((job) => job["status"] === "done").length;
    promise(done === ids.size, `${done} of ${ids.size} done`);
    const fetched = new Set(house.sources.asked).size;
    promise(house.sources.asked.length === fetched, "a source was fetched twice");
    const listed = await countJobs(house.client);
    promise(listed === ids.size, `${listed} listed of ${ids.size}`);
    await house.close();
    return { broken, figures: { acknowledged, refused_429: statuses[429] ?? 0, done } };
  },
};

/** What polls and lists cost with a long queue, beside an empty one. CPU of the server's process and of PostgreSQL's, a call. */
const queue: Scenario = {
  full: { jobs: 10_000, calls: 2000 },
  short: { jobs: 400, calls: 200 },
  async run({ jobs = 0, calls = 0 }) {
    const { broken, promise } = judge();
    const house = await openLoadHouse({ KNOWHERE_WORKERS: "1" });
    house.sources.hold();
    const create = async (n: number) =>
      (await house.client.call("POST", "/v1/jobs", urlJob(house.sources.urlOf(`q${n}.md`)))).body["job_id"] as string;
    const ids = [await create(0)];
    const costOf = async (path: (n: number) => string) => {
      const before = cpuSecondsOf(house.server.pid);
      await spread(calls, 16, async (n) => {
        const { status } = await house.client.call("GET", path(n));
        promise(status === 200, `a call answered ${status}`);
      });
      return (cpuSecondsOf(house.server.pid) - before) / calls;
    };
    const poll = (n: number) => `/v1/jobs/${ids[n % ids.length]}`;
    const list = () => "/v1/jobs?limit=20";
    await costOf(poll);
    const empty = { poll: await costOf(poll), list: await costOf(list) };
    await spread(jobs, 32, async (n) => void ids.push(await create(n + 1)));
    // A page of one job and one of twenty differ; the page is full before the long queue is measured too.
    const long = { poll: await costOf(poll), list: await costOf(list) };
    const waiting = (await house.client.call("GET", "/v1/jobs?status=pending&page_size=1")).body["total"];
    promise(waiting >= jobs - 1, `${waiting} of ${jobs} jobs wait`);
    const poll_cost_ratio = round(long.poll / empty.poll);
    promise(poll_cost_ratio < 2, `a poll costs ${poll_cost_ratio} times as much`);
    await house.server.killGroup();
    house.sources.release();
    await house.close();
    return { broken, figures: { queued: waiting, poll_cost_ratio, list_cost_ratio: round(long.list / empty.list) } };
  },
};

/** One key has thousands of jobs, another one a single job. */
const fairness: Scenario = {
  full: { jobs: 5000, slots: 2 },
  short: { jobs: 150, slots: 2 },
  async run({ jobs = 0, slots = 0 }) {
    const { broken, promise } = judge();
    const house = await openLoadHouse({ KNOWHERE_WORKERS: String(slots) });
    const { body } = await house.client.call("POST", "/v1/auth/create", { name: "single", scopes: ["write"] });
    const single = house.clientOf(body["api_key"]);
    // The workers are kept busy with the first jobs until all are there.
    house.sources.hold();
    await spread(jobs, 32, async (n) => {
      await house.client.call("POST", "/v1/jobs", urlJob(house.sources.urlOf(`many${n}.md`)));
    });
    const { body: job } = await single.call("POST", "/v1/jobs", urlJob(house.sources.urlOf("single.md")));
    const before = house.sources.asked.length;
    house.sources.release();
    const end = await single.finish(job["job_id"]);
    promise(end["status"] === "done", `the single job ended as ${end["status"]}`);
    const ahead = house.sources.asked.indexOf("single.md") - before;
    promise(ahead >= 0 && ahead <= slots, `${ahead} jobs of the other key began before the single one`);
    await house.server.killGroup();
    await house.close();
    return { broken, figures: { queued_by_other_key: jobs, slots, began_before_single_job: ahead } };
  },
};

/** Live events to many listeners. */
const listeners: Scenario = {
  full: { listeners: 1000 },
  short: { listeners: 100 },
  async run({ listeners: count = 0 }) {
    const { broken, promise } = judge();
    const house = await openLoadHouse({ KNOWHERE_WORKERS: "1" });
    const { body: job } = await house.client.call("POST", "/v1/jobs", { source_type: "file", file_name: "a.md" });
    const before = residentMbOf(house.server.pid);
    let opened = 0;
    let told = 0;
    let ended = 0;
    const streams = Array.from(
      { length: count },
      () =>
        new Promise<void>((done) => {
          const stream = request(`${house.server.url}/v1/jobs/${job["job_id"]}/events`, {
            headers: { authorization: `Bearer ${house.server.key}` },
            agent: false,
          });
          stream.once("error", () => done());
          stream.once("response", (answer) => {
            if (answer.statusCode === 200) opened++;
            let text = "";
            answer.setEncoding("utf8").on("data", (chunk: string) => {
              text += chunk;
            });
            answer.once("end", () => {
              ended++;
              if (/"status":"done"/.test(text)) told++;
              done();
            });
            answer.once("error", () => done());
          });
          stream.end();
        }),
    );
    while (opened < count) await new Promise((done) => setTimeout(done, 50));
    const open = residentMbOf(house.server.pid);
    await house.client.upload(job, Buffer.from("# Tides\n"));
    await Promise.all(streams);
    promise(told === count, `${told} of ${count} listeners were told that the job is done, ${ended} streams ended`);
    await house.close();
    return { broken, figures: { opened, told, kb_each: Math.round(((open - before) * 1024) / count) } };
  },
};

/** Large uploads side by side: memory does not grow with them. */
const uploads: Scenario = {
  full: { uploads: 8, megabytes: 100 },
  short: { uploads: 4, megabytes: 24 },
  async run({ uploads: count = 0, megabytes = 0 }) {
    const { broken, promise } = judge();
    const house = await openLoadHouse({ KNOWHERE_WORKERS: "1" });
    const piece = randomBytes(1 << 20);
    const body = () => {
      let left = megabytes;
      return new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(piece);
          else controller.close();
        },
      });
    };
    // The first one brings everything into memory that stays there.
    const create = async () =>
      (await house.client.call("POST", "/v1/jobs", { source_type: "file", file_name: "noise.pdf" })).body;
    const send = async (job: Json) => {
      const answer = await fetch(job["upload_url"], {
        method: "PUT",
        headers: { ...job["upload_headers"], "Content-Length": String(megabytes << 20) },
        body: body(),
        duplex: "half",
      } as RequestInit);
      promise(answer.status === 200, `an upload answered ${answer.status}`);
    };
    await send(await create());
    const before = residentMbOf(house.server.pid);
    const peak = watchPeak(() => residentMbOf(house.server.pid));
    const jobs = await Promise.all(Array.from({ length: count }, create));
    await Promise.all(jobs.map(send));
    const grown = Math.round(peak.stop() - before);
    // Buffers of streams and the garbage between two collections; without streaming it would be all of it.
    promise(grown < Math.min(120, (count * megabytes) / 2), `memory grew by ${grown} MB`);
    const ends = await waitForAll(
      house.client,
      jobs.map((job) => job["job_id"]),
    );
    const named = ends.filter((job) => job["status"] === "failed" && job["error"].code === "INVALID_ARGUMENT").length;
    promise(named === count, `${named} of ${count} were refused as no PDF`);
    await house.close();
    return { broken, figures: { uploads: count, megabytes_each: megabytes, memory_grew_by_mb: grown } };
  },
};

/** A long life: what is used at the end is what was used at the start. */
const soak: Scenario = {
  full: { documents: 1000, warm: 100 },
  short: { documents: 60, warm: 20 },
  async run({ documents = 0, warm = 0 }) {
    const { broken, promise } = judge();
    const house = await openLoadHouse({ KNOWHERE_WORKERS: "2" });
    const { pid } = house.server;
    let made = 0;
    const work = async (count: number) => {
      const ids: string[] = [];
      await spread(count, 8, async () => {
        const name = `s${made++}.md`;
        const bytes = Buffer.from(`# Document ${name}\n\n${"High water comes twice a day. ".repeat(200)}\n`);
        const { created } = await house.client.create(name, bytes);
        ids.push(created.body["job_id"]);
        await house.client.finish(ids.at(-1)!);
      });
      const ends = await waitForAll(house.client, ids);
      promise(
        ends.every((job) => job["status"] === "done"),
        "a document was not done",
      );
      for (const id of ids) promise((await house.client.call("DELETE", `/v1/jobs/${id}`)).status === 200, "not erased");
    };
    const settle = async () => {
      // Idle connections are closed after half a minute; both readings are taken soon after work.
      await new Promise((done) => setTimeout(done, 2000));
      const temporary =
        (await bytesBelow(join(house.dataDir, "work"))) + (await bytesBelow(join(house.dataDir, "blobs", "temp")));
      return {
        memory: residentMbOf(pid),
        descriptors: descriptorsOf(pid),
        temporary,
        blobs: await bytesBelow(join(house.dataDir, "blobs", "data")),
      };
    };
    await work(warm);
    const start = await settle();
    await work(documents);
    const end = await settle();
    promise(end.temporary === start.temporary, `${end.temporary - start.temporary} temporary bytes stayed`);
    promise(end.blobs === start.blobs, `${end.blobs - start.blobs} bytes of erased jobs stayed`);
    const more = (kind: "files" | "sockets") => end.descriptors[kind] - start.descriptors[kind];
    promise(more("files") <= 2, `${more("files")} files stayed open`);
    // The pools of eight clients and of the database, however full they were at the start.
    promise(more("sockets") <= 32, `${more("sockets")} sockets stayed open`);
    const memory_ratio = round(end.memory / start.memory);
    promise(memory_ratio < 1.35, `memory is ${memory_ratio} times that of the start`);
    await house.close();
    return {
      broken,
      figures: {
        documents,
        memory_ratio,
        files_more: more("files"),
        sockets_more: more("sockets"),
        temporary_bytes_more: end.temporary - start.temporary,
      },
    };
  },
};

const round = (value: number) => Math.round(value * 100) / 100;

export const scenarios: Record<string, Scenario> = { creations, queue, fairness, listeners, uploads, soak };
