import { problem } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { type JobHouse, openJobHouse } from "../testing/job-house.ts";
import { useTestPostgres } from "../testing/postgres.ts";
import { createSteppingClock } from "../testing/stepping-clock.ts";
import { isTransient, retryPauseMs } from "./faults.ts";

const postgres = useTestPostgres();

describe("an attempt", () => {
  it.each([
    [new Error("our own"), true],
    [problem("UNAVAILABLE"), true],
    [problem("ENCRYPTED"), false],
    [problem("PARSE_DEADLINE", { limit_seconds: 1 }), false],
    [problem("MEMORY_LIMIT", { limit_mb: 1 }), false],
    [problem("DOWNLOAD_FAILED", { http_status: 503 }), true],
    [problem("DOWNLOAD_FAILED", { http_status: 429 }), true],
    [problem("DOWNLOAD_FAILED", { http_status: 404 }), false],
    [problem("DOWNLOAD_FAILED", { http_status: 501 }), false],
    [problem("DOWNLOAD_FAILED", {}, { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) }), true],
    [problem("DOWNLOAD_FAILED", {}, { cause: Object.assign(new Error(), { code: "EAI_AGAIN" }) }), true],
    [problem("DOWNLOAD_FAILED", {}, { cause: Object.assign(new Error(), { code: "ECONNRESET" }) }), true],
    [problem("DOWNLOAD_FAILED", {}, { cause: Object.assign(new Error(), { code: "ENOTFOUND" }) }), false],
    [problem("URL_NOT_ALLOWED"), false],
    [problem("DOWNLOAD_FAILED", {}, { cause: Object.assign(new Error(), { code: "ENOSPC" }) }), true],
  ])("that met %s is worth another one: %s", (error, worth) => {
    expect(isTransient(error)).toBe(worth);
  });
});

describe("the next attempt", () => {
  it("comes later each time, later still after a foreign server, and when that asks for it", () => {
    const refused = (details = {}) => problem("DOWNLOAD_FAILED", { http_status: 503, ...details });
    expect([1, 2].map((strike) => retryPauseMs(strike, new Error("our own")))).toEqual([1000, 5000]);
    expect([1, 2].map((strike) => retryPauseMs(strike, refused()))).toEqual([2000, 15_000]);
    expect([1, 2].map((strike) => retryPauseMs(strike, refused({ retry_after: 7 })))).toEqual([7000, 15_000]);
    expect(retryPauseMs(1, refused({ retry_after: 61 }), 60_000)).toBeNull();
    expect(retryPauseMs(1, refused({ retry_after: 3600 }), 7200_000)).toBeNull();
  });
});

describe("a job whose n-th port call fails", () => {
  /** Counts calls over all ports and makes the n-th one reject. */
  function failing(n: number) {
    let calls = 0;
    const wrap = <T extends object>(port: T, names: (keyof T)[]): T => {
      const wrapped = { ...port };
      for (const name of names) {
        const call = port[name] as (...args: unknown[]) => Promise<unknown>;
        wrapped[name] = ((...args: unknown[]) =>
          ++calls === n ? Promise.reject(new Error(`call ${n} fails`)) : call(...args)) as T[keyof T];
      }
      return wrapped;
    };
    return { wrap, calls: () => calls };
  }

  async function run(n: number) {
    const clock = createSteppingClock();
    const house: JobHouse = await openJobHouse(postgres, { clock });
    const { wrap, calls } = failing(n);
    const job = await house.submit();
    const worker = house.worker({
      store: wrap(house.store, ["move"]),
      queue: wrap(house.queue, ["claim"]),
      blobs: wrap(house.blobs, ["head", "download", "put", "delete"]),
    });
    await worker.start();
    const status = async () => (await house.jobs.get("acc_one", job.jobId))!.status;
    while (!["done", "failed"].includes(await status())) {
      // An end that could not be recorded is found by its lease, which nobody renews any more.
      await clock.step(1000);
      if (worker.running() === 0) await house.caretakers().run("reclaim-lost");
    }
    await worker.stop();
    const ended = (await house.jobs.get("acc_one", job.jobId))!;
    const bills = await house.bills();
    const claimed = await house.queue.claimed(1);
    const open = (await house.attempts(job.jobId)).filter((attempt) => attempt.outcome === null);
    const stored = house.blobs.keys();
    await house.close();
    return { ended, bills, claimed, open, stored, calls: calls() };
  }

  it("still ends once, whole and billed once, whichever call it is", async () => {
    for (let n = 1; ; n++) {
      const { ended, bills, claimed, open, stored, calls } = await run(n);
      expect(ended.status, `call ${n}`).toBe("done");
      expect(stored).toContain(ended.result!.key);
      expect(bills).toHaveLength(1);
      expect(claimed).toEqual([]);
      expect(open).toEqual([]);
      if (calls < n) break;
    }
  });
});
