import { expect, it } from "vitest";
import { describeLimiter } from "../../testing/limiter-suite.ts";
import { useTestPostgres } from "../../testing/postgres.ts";
import type { Database } from "./database.ts";
import { createSharedLimiter } from "./shared-limiter.ts";

const postgres = useTestPostgres();

/** Time stands still but for steps: the windows of a test do not end while it runs. */
async function open(processes: number) {
  const database = await postgres.database();
  let askedS: number | undefined;
  let steppedMs = 0;
  let queries = 0;
  const counted: Database = {
    ...database,
    close: () => database.close(),
    transaction: (work) => database.transaction(work),
    query(statement, values) {
      queries++;
      return database.query(statement, values);
    },
  };
  const begunMs = Date.now();
  // To the start of the next minute by the database's clock, so that a slow test stays within one.
  askedS = 60 - ((begunMs / 1000) % 60);
  const limiters = Array.from({ length: processes }, () =>
    createSharedLimiter({ database: counted, now: () => steppedMs, skipS: () => askedS! + steppedMs / 1000 }),
  );
  return {
    limiters,
    step: (ms: number) => {
      steppedMs += ms;
    },
    queries: () => queries,
  };
}

describeLimiter("the shared limiter, one process", () => open(1));
describeLimiter("the shared limiter, four processes", () => open(4));

it("answers most requests without asking, and refusals too", async () => {
  const { limiters, queries } = await open(1);
  for (let i = 0; i < 1000; i++) await limiters[0]!.take("key_one", 1000);
  const spent = queries();
  expect(spent).toBeLessThan(150);
  expect(limiters[0]!.take("key_one", 1000)).toMatchObject({ allowed: false });
  for (let i = 0; i < 100; i++) await limiters[0]!.take("key_one", 1000);
  expect(queries()).toBe(spent);
});
