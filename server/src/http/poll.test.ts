import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Limiter } from "../ports/limiter.ts";
import { type HttpHouse, openHttpHouse, type Sent } from "../testing/http-house.ts";
import { createMemoryLimiter } from "./limits.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());

/** What a caller can tell apart, but for the numbers that differ from request to request. */
const describeAnswer = ({ status, headers, json }: Sent) => ({
  status,
  names: [...headers.keys()].sort(),
  type: headers.get("content-type"),
  // A second may pass between two answers.
  json: {
    ...json,
    result_url: undefined,
    result_url_expires_at: undefined,
    upload_url: undefined,
    expires_in: typeof json.expires_in,
  },
});

describe("the short way of polls", () => {
  it("answers in every state what the long way answers", async () => {
    const waiting = (await house.send("POST", "/v1/jobs", { body: { source_type: "file", file_name: "a.pdf" } })).json
      .job_id;
    const running = await house.createJob();
    house.jobs.change(running, { status: "running", progress: { totalPages: 2, processedPages: 1 } });
    const done = await house.createJob();
    await house.finish(done);
    for (const id of [waiting, running, done]) {
      for (const prefix of ["/v1", "/api/v1"]) {
        const short = await house.send("GET", `${prefix}/jobs/${id}`);
        const long = await house.send("GET", `${prefix}/jobs/${id}?wait=0`);
        expect(describeAnswer(short)).toEqual(describeAnswer(long));
      }
    }
    const lines = house.logged.filter(({ operation }) => operation === "getJob").slice(-2);
    expect(Object.keys(lines[0]!).sort()).toEqual(Object.keys(lines[1]!).sort());
  });

  it("leaves refusals to the long way, and counts each request once", async () => {
    const { key } = await house.keys.create({ account: "acc_one", name: "three", scopes: ["read"], ratePerMinute: 3 });
    const id = await house.createJob();
    const polls = [id, "job_000000000fff", id, id].map((each) => `/v1/jobs/${each}`);
    const answers: Sent[] = [];
    for (const path of polls) answers.push(await house.send("GET", path, { key }));
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 429]);
    expect(answers.map(({ headers }) => headers.get("ratelimit-remaining"))).toEqual(["2", "1", "0", "0"]);
    expect((await house.send("GET", `/v1/jobs/${id}`, { key: "sk_wrong" })).status).toBe(401);
    expect((await house.send("GET", `/v1/jobs/${id}`, { key: null })).status).toBe(401);
  });

  it("works with a limiter that has to ask elsewhere", async () => {
    const memory = createMemoryLimiter();
    const remote: Limiter = { take: async (keyId, limit) => memory.take(keyId, limit) };
    const shared = await openHttpHouse({ rateLimitPerMinute: 3 }, { limiter: remote });
    const id = await shared.createJob();
    const answers = [
      await shared.send("GET", `/v1/jobs/${id}`),
      await shared.send("GET", "/v1/jobs"),
      await shared.send("GET", `/v1/jobs/${id}`),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get("ratelimit-remaining")])).toEqual([
      [200, "1"],
      [200, "0"],
      [429, "0"],
    ]);
    await shared.close();
  });

  it("tells trouble the way everything else does", async () => {
    const failing = await openHttpHouse();
    const id = await failing.createJob();
    failing.keys.authenticate = () => Promise.reject(new Error("the database is away"));
    const sent = await failing.send("GET", `/v1/jobs/${id}`);
    expect([sent.status, sent.json.error.code]).toEqual([500, "INTERNAL_ERROR"]);
    await failing.close();
  });
});
