import { afterAll, beforeAll, expect, it } from "vitest";
import { type HttpHouse, openHttpHouse } from "../testing/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.close());
const get = (path: string) => house.send("GET", `/v1/${path}`);

it("adds the days up and names only keys that are there", async () => {
  const { json } = await get("usage?from=2026-01-01&to=2026-01-02");
  expect(json.total).toEqual({ jobs: 3, pages: 6, bytes: 1010, seconds: 1.3 });
  expect(json.days.map((day: object) => Object.hasOwn(day, "key_name"))).toEqual([true, false]);
});

it("takes the last 30 days when none are named", async () => {
  const { from, to } = (await get("usage")).json;
  expect((Date.parse(to) - Date.parse(from)) / 86_400_000).toBe(29);
});

it.each([
  ["from=2026-02-01&to=2026-01-01", "query.from"],
  ["from=2020-01-01&to=2026-01-01", "query.from"],
  ["from=yesterday", "query.from"],
  ["to=2026-02-30", "query.to"],
])("refuses the range %s", async (query, field) => {
  const { status, json } = await get(`usage?${query}`);
  expect([status, json.error.details.field]).toEqual([400, field]);
});

it("keeps the hosted shapes below /billing, with nothing to pay", async () => {
  expect((await get("billing/credits")).json).toEqual({ billing_enabled: false });
  expect((await get("billing/usage")).json).toEqual({
    period: "month",
    total_credits_used: 0,
    api_calls_count: 4,
    success_rate: 75,
    average_response_time: 0.433,
    top_endpoints: [],
  });
  expect((await get("billing/parse-usage")).json).toMatchObject({ request_total: 4, mom_growth: 0, credits_used: 0 });
  expect((await get("billing/buy-credits")).status).toBe(404);
});
