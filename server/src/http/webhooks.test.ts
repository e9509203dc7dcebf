import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse } from "../testing/http-house.ts";

const url = "https://files.test/hook";
const hour = 3600_000;
let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());

const trigger = (jobId: string) => house.send("POST", "/v1/webhooks/trigger", { body: { job_id: jobId } });
const secret = (body?: object) => house.send("POST", "/v1/webhooks/secrets", body ? { body } : {});

describe("a webhook by hand", () => {
  it("is refused for jobs that are not over, have none, or are not the caller's", async () => {
    const id = await house.createJob();
    house.jobs.change(id, { webhookUrl: url });
    expect((await trigger(id)).json.error.details).toMatchObject({
      field: "body.job_id",
      reason: "JOB_NOT_FINISHED",
    });
    const silent = await house.createJob();
    await house.finish(silent);
    expect((await trigger(silent)).json.error.details.reason).toBe("NO_WEBHOOK");
    const foreign = await house.createJob();
    house.jobs.change(foreign, { accountId: "acc_two", webhookUrl: url });
    expect((await trigger(foreign)).json.error).toMatchObject({
      code: "NOT_FOUND",
      details: { resource: "Job", id: foreign },
    });
  });

  it("is told and logged, page by page and job by job", async () => {
    const ids = [await house.createJob(), await house.createJob()];
    for (const id of ids) {
      house.jobs.change(id, { webhookUrl: url });
      await house.finish(id);
      expect((await trigger(id)).json).toMatchObject({ success: true, status_code: 200, delivery_id: "msg_0" });
    }
    const page = (await house.send("GET", "/v1/webhooks/logs?page_size=1")).json;
    expect([page.total, page.page, page.page_size]).toEqual([2, 1, 1]);
    expect(page.logs.map((log: { job_id: string }) => log.job_id)).toEqual([ids[1]]);
    const one = (await house.send("GET", `/v1/webhooks/logs?job_id=${ids[0]}`)).json;
    expect(one.logs).toMatchObject([{ job_id: ids[0], request_payload: { payload: { event: "job.completed" } } }]);
    expect((await house.send("GET", "/v1/webhooks/logs?page_size=101")).status).toBe(400);
  });
});

describe("a test event", () => {
  const test = (to: unknown) => house.send("POST", "/v1/webhooks/test", { body: { url: to } });

  it("is sent without a job, told, and in the log without one", async () => {
    expect((await test("https://files.test/fresh")).json).toMatchObject({ success: true, status_code: 200 });
    const [newest] = (await house.send("GET", "/v1/webhooks/logs?page_size=1")).json.logs;
    expect(newest).toMatchObject({
      webhook_url: "https://files.test/fresh",
      request_payload: { payload: { event: "test" } },
    });
    expect(newest).not.toHaveProperty("job_id");
  });

  it("is refused for a URL that may not be reached", async () => {
    for (const refused of ["https://private.test/x", "no url", ""])
      expect((await test(refused)).json.error.details.field).toBe("body.url");
  });
});

describe("webhook secrets", () => {
  it("are shown once, then masked; a rotated one is listed until it has retired", async () => {
    const made = (await secret({ endpoint: url })).json;
    expect(made).toMatchObject({ endpoint: url, status: "active", secret: expect.stringMatching(/^whsec_/) });
    const again = (await secret({ endpoint: url })).json;
    expect(again.id).toBe(made.id);
    expect(again).not.toHaveProperty("secret");
    const rotated = (await secret({ endpoint: url, rotate: true })).json;
    expect(rotated.secret).not.toBe(made.secret);
    const listed = async () =>
      (await house.send("GET", "/v1/webhooks/secrets")).json.secrets.map((each: Record<string, string>) => [
        each["id"],
        each["status"],
      ]);
    expect(await listed()).toEqual([
      [made.id, "retiring"],
      [rotated.id, "active"],
    ]);
    house.skip(25 * hour);
    expect(await listed()).toEqual([[rotated.id, "active"]]);
    expect((await house.send("GET", "/v1/webhooks/secrets")).text).not.toContain(rotated.secret);
  });

  it("are made for every URL when no body is sent, and not for one that may not be reached", async () => {
    expect((await secret()).json).not.toHaveProperty("endpoint");
    const refused = (await secret({ endpoint: "https://private.test/x" })).json.error;
    expect(refused.details.field).toBe("body.endpoint");
  });

  it("are unknown once revoked", async () => {
    const { id } = (await secret({ endpoint: "https://other.test/" })).json;
    const path = `/v1/webhooks/secrets/${id}`;
    expect((await house.send("DELETE", path)).json).toEqual({ status: "revoked", id });
    expect((await house.send("DELETE", path)).json.error.details).toEqual({ resource: "WebhookSecret", id });
  });
});
