import { expect, it } from "vitest";
import { createBatchedEvents } from "./batched-events.ts";
import type { JobEventRow } from "./types.ts";

const row = (id: number): JobEventRow => ({ id, jobId: "job_1", type: "state", data: {}, at: new Date(0) });

it("asks once for all who ask the same in one turn, and anew in the next", async () => {
  const questions: string[] = [];
  const rows = [row(1)];
  const events = createBatchedEvents({
    events: async (jobId, afterId) => {
      questions.push(`${jobId} ${afterId}`);
      return rows.filter(({ id }) => id > afterId);
    },
  });
  const many = Promise.all(Array.from({ length: 1000 }, () => events("job_1", 0)));
  const other = events("job_1", 1);
  // Written after the question was asked and before the query began: it may be in the answer.
  rows.push(row(2));
  expect(new Set((await many).map((each) => each.length))).toEqual(new Set([2]));
  expect(await other).toEqual([row(2)]);
  expect(questions).toEqual(["job_1 0", "job_1 1"]);
  rows.push(row(3));
  expect(await events("job_1", 0)).toHaveLength(3);
  expect(questions).toHaveLength(3);
});

it("tells everybody of a failure, and asks again afterwards", async () => {
  let fails = true;
  const events = createBatchedEvents({
    events: async () => {
      if (fails) throw new Error("away");
      return [];
    },
  });
  const both = await Promise.allSettled([events("job_1", 0), events("job_1", 0)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  fails = false;
  expect(await events("job_1", 0)).toEqual([]);
});
