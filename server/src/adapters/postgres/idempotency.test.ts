import { beforeEach, describe, expect, it } from "vitest";
import type { Idempotency } from "../../ports/idempotency.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import { createSteppingClock, type SteppingClock } from "../../testing/stepping-clock.ts";
import { systemIds } from "../system/ids.ts";
import { createIdempotency } from "./idempotency.ts";

const postgres = useTestPostgres();
const day = 24 * 3600 * 1000;

describe("idempotency keys", () => {
  let clock: SteppingClock;
  let idempotency: Idempotency;
  const later = (ms: number) => clock.set(new Date(clock.now().getTime() + ms));
  const begin = (hash = "h1", account = "acc_one") => idempotency.begin(account, "key", hash);
  const reserved = async (hash?: string) => {
    const start = await begin(hash);
    if (start.kind !== "fresh") throw new Error(`not fresh but ${start.kind}`);
    return start.reservedId;
  };
  beforeEach(async () => {
    clock = createSteppingClock();
    idempotency = createIdempotency({ database: await postgres.database(), clock, ids: systemIds });
  });

  it("let one of many twins through and send the others away until it is answered", async () => {
    const starts = await Promise.all(Array.from({ length: 6 }, () => begin()));
    expect(starts.map((start) => start.kind).sort()).toEqual([
      "fresh",
      "running",
      "running",
      "running",
      "running",
      "running",
    ]);
    const body = { zebra: "\u0000é", apple: [1, null] };
    await idempotency.finish("acc_one", "key", 202, body);
    const replay = await begin();
    expect(replay).toEqual({ kind: "replay", status: 202, body });
    expect(JSON.stringify((replay as { body: unknown }).body)).toBe(JSON.stringify(body));
    expect(await begin("h2")).toEqual({ kind: "reused" });
    expect((await begin("h2", "acc_two")).kind).toBe("fresh");
  });

  it("are free again after 24 hours, with a new reservation", async () => {
    const first = await reserved();
    await idempotency.finish("acc_one", "key", 200, {});
    later(day - 1);
    expect((await begin()).kind).toBe("replay");
    expect(await idempotency.sweep()).toBe(0);
    later(1);
    expect(await reserved("h2")).not.toBe(first);
    later(day);
    expect(await idempotency.sweep()).toBe(1);
  });

  it("give a repeated request the reservation of the one that crashed", async () => {
    const first = await reserved();
    later(59_999);
    expect((await begin()).kind).toBe("running");
    later(1);
    expect((await begin("h2")).kind).toBe("reused");
    expect(await reserved()).toBe(first);
  });

  it("are free at once after a request that was abandoned, for another body too", async () => {
    const first = await reserved();
    await idempotency.abandon("acc_one", "key");
    expect(await reserved()).toBe(first);
    await idempotency.abandon("acc_one", "key");
    expect(await reserved("h2")).not.toBe(first);
  });
});
