import { afterAll, beforeAll, expect, it } from "vitest";
import { createMeter } from "../adapters/prometheus/meter.ts";
import { silentLog } from "../ports/log.ts";
import { type HttpHouse, openHttpHouse } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());
const scrape = async () => (await house.send("GET", "/metrics", { key: null })).text;

it("counts requests by operation and status, on the short way of polls too", async () => {
  const id = await house.createJob();
  for (let i = 0; i < 3; i++) await house.send("GET", `/v1/jobs/${id}`);
  await house.send("GET", "/v1/jobs/job_000000000000");
  await house.send("GET", "/nowhere");
  const text = await scrape();
  expect(text).toContain('knowhere_http_request_duration_seconds_count{operation="getJob",status="200"} 3');
  expect(text).toContain('knowhere_http_request_duration_seconds_count{operation="getJob",status="404"} 1');
  expect(text).toContain('knowhere_http_request_duration_seconds_count{operation="none",status="404"} 1');
  expect(text).not.toContain(id);
});

it("tells what waits, how long, what was delivered, and how many children there were", async () => {
  const text = await scrape();
  expect(text).toContain('knowhere_jobs_active{state="pending"} 2');
  expect(text).toContain('knowhere_jobs_active{state="running"} 0');
  expect(text).toMatch(/knowhere_jobs_oldest_age_seconds\{state="pending"\} [45]/);
  expect(text).toContain('knowhere_webhook_deliveries{state="delivered"} 4');
  expect(text).toContain("knowhere_parse_children_started_total 3");
  expect(text).toContain("knowhere_database_up 1");
  expect(await scrape()).toContain("knowhere_parse_children_started_total 3");
});

it("asks the database once for many scrapes, and answers without it", async () => {
  let asked = 0;
  let down = false;
  let nowMs = 0;
  const meter = createMeter({
    clock: { now: () => new Date(nowMs), sleep: async () => {} },
    log: silentLog,
    sources: {
      async countActive() {
        asked++;
        if (down) throw new Error("no database");
        return [{ status: "pending", jobs: 1, oldestAt: new Date(0) }];
      },
      countDeliveries: async () => ({}),
      childrenStarted: undefined,
    },
  });
  await Promise.all([meter.print(), meter.print(), meter.print()]);
  await meter.print();
  expect(asked).toBe(1);
  down = true;
  nowMs = 5000;
  meter.jobEnded({ outcome: "done", format: "pdf", seconds: 1.2, pages: 3 });
  meter.jobEnded({ outcome: "failed", format: "pdf", seconds: null, pages: 0 });
  meter.webhookTried("again");
  const { body } = await meter.print();
  expect(body).toContain("knowhere_database_up 0");
  expect(body).not.toContain('knowhere_jobs_active{state="pending"}');
  expect(body).toContain('knowhere_job_duration_seconds_count{format="pdf",outcome="done"} 1');
  expect(body).toContain('knowhere_pages_total{format="pdf"} 3');
  expect(body).toContain("knowhere_jobs_ended_unstarted_total 1");
  expect(body).toContain('knowhere_webhook_tries_total{outcome="again"} 1');
});
