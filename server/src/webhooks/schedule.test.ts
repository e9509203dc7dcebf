import { describe, expect, it } from "vitest";
import { judgeAnswer, maxAttempts } from "./schedule.ts";

const now = new Date("2026-01-01T00:00:00Z");
const waitMinutes = (verdict: ReturnType<typeof judgeAnswer>) =>
  verdict.state === "pending" ? (verdict.nextAt.getTime() - now.getTime()) / 60_000 : verdict.state;

describe("the schedule of webhooks", () => {
  it("takes any 2xx as delivered", () => {
    for (const status of [200, 202, 204]) expect(judgeAnswer({ status }, 1, now, 0).state).toBe("delivered");
  });

  it("tries again after 1, 10, 30 minutes, 2 and 6 hours, then gives up", () => {
    const waits = [1, 2, 3, 4, 5, 6].map((made) => waitMinutes(judgeAnswer({ status: 500 }, made, now, 0)));
    expect(waits).toEqual([1, 10, 30, 120, 360, "failed"]);
    expect(maxAttempts).toBe(6);
  });

  it("adds at most a tenth by chance", () => {
    expect(waitMinutes(judgeAnswer({ status: null }, 2, now, 0.999))).toBeCloseTo(11, 1);
  });

  it("gives up at once on redirects and on client errors other than 429", () => {
    for (const status of [301, 307, 400, 404, 410, 424])
      expect(judgeAnswer({ status }, 1, now, 0).state).toBe("failed");
    for (const status of [null, 429, 500, 503]) expect(judgeAnswer({ status }, 1, now, 0).state).toBe("pending");
  });

  it("waits as long as Retry-After asks, in seconds or as a date, up to a day", () => {
    expect(waitMinutes(judgeAnswer({ status: 503, retryAfter: "1200" }, 1, now, 0))).toBe(20);
    expect(waitMinutes(judgeAnswer({ status: 429, retryAfter: "Thu, 01 Jan 2026 03:00:00 GMT" }, 1, now, 0))).toBe(180);
    expect(waitMinutes(judgeAnswer({ status: 503, retryAfter: "99999999" }, 1, now, 0))).toBe(1440);
    expect(waitMinutes(judgeAnswer({ status: 503, retryAfter: "soon" }, 1, now, 0))).toBe(1);
    expect(waitMinutes(judgeAnswer({ status: 503, retryAfter: "1" }, 2, now, 0))).toBe(10);
  });
});
