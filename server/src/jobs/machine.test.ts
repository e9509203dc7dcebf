import { type JobStage, problem } from "@knowhere/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobRecord, jobResult } from "../testing/job-records.ts";
import { isFinal, type JobEvent, step, stepAll, transitions } from "./machine.ts";
import type { JobRecord, JobStatus } from "./types.ts";

const start = new Date("2026-01-02T03:04:05.678Z");
const at = (ms: number) => new Date(start.getTime() + ms);
const attempt = fc.integer({ min: 1, max: 4 });
const pages = fc.integer({ min: 0, max: 50 });
const error = { code: "INTERNAL_ERROR" as const, message: "broken" };

const anyEvent: fc.Arbitrary<JobEvent> = fc.oneof(
  fc.constant<JobEvent>({ type: "uploaded" }),
  attempt.map((attempt): JobEvent => ({ type: "converting", attempt })),
  attempt.map((attempt): JobEvent => ({ type: "started", attempt })),
  fc.constant<JobEvent>({
    type: "source-resolved",
    source: { fileName: "a.pdf", fileExtension: ".pdf", contentType: "application/pdf" },
    sourceKey: "uploads/job_000000000001.1",
  }),
  fc.tuple(attempt, pages, pages).map(
    ([attempt, totalPages, processedPages]): JobEvent => ({
      type: "progressed",
      attempt,
      totalPages,
      processedPages,
    }),
  ),
  fc.constant<JobEvent>({ type: "requeued" }),
  fc.tuple(attempt, pages).map(
    ([attempt, total]): JobEvent => ({
      type: "finished",
      attempt,
      result: jobResult({ statistics: { ...jobResult().statistics, total_pages: total } }),
      warnings: [{ code: "PAGE_UNREADABLE", message: "Page 2 cannot be read." }] as never,
      expiresAt: at(1000),
    }),
  ),
  attempt.map((attempt): JobEvent => ({ type: "failed", attempt, error, expiresAt: null })),
  fc.constant<JobEvent>({ type: "cancelled", expiresAt: null }),
  fc.constant<JobEvent>({ type: "upload-expired", expiresAt: null }),
);
const anyStart = fc.constantFrom<JobStatus>("waiting-file", "pending");

describe("the job machine", () => {
  it("never leaves a final state, always raises the version, never lets progress fall, moves only as the table says", () => {
    fc.assert(
      fc.property(anyStart, fc.array(anyEvent, { maxLength: 40 }), (status, events) => {
        let job: JobRecord = jobRecord({ status });
        for (const [index, event] of events.entries()) {
          const before = structuredClone(job);
          const next = step(job, event, at(index));
          expect(job).toEqual(before);
          if (next === null) continue;
          expect(isFinal(job.status)).toBe(false);
          expect(next.job.version).toBeGreaterThan(job.version);
          expect(next.job.updatedAt).toEqual(at(index));
          expect(reachable(job.status, next.job.status)).toBe(true);
          if (job.progress) {
            expect(next.job.progress!.processedPages).toBeGreaterThanOrEqual(job.progress.processedPages);
            expect(next.job.progress!.totalPages).toBeGreaterThanOrEqual(job.progress.totalPages);
          }
          if (next.job.progress)
            expect(next.job.progress.processedPages).toBeLessThanOrEqual(next.job.progress.totalPages);
          const told = next.events.filter((row) => row.type === "state").map((row) => row.data.status);
          expect(told.at(-1) ?? job.status).toBe(next.job.status);
          job = next.job;
        }
        expect(job.finishedAt !== null).toBe(isFinal(job.status));
        expect(job.error !== null).toBe(job.status === "failed");
        expect(job.result !== null).toBe(job.status === "done");
      }),
      { numRuns: 500 },
    );
  });

  it("reaches every state of the table by some order of events", () => {
    const seen = new Set<JobStatus>();
    for (const status of ["waiting-file", "pending"] as const) {
      fc.assert(
        fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
          for (let i = 1; i <= events.length; i++)
            seen.add((stepAll(jobRecord({ status }), events.slice(0, i), start)?.job ?? jobRecord({ status })).status);
        }),
        { seed: 7, numRuns: 300 },
      );
    }
    expect([...seen].sort()).toEqual(Object.keys(transitions).sort());
  });

  it("shows converting only before running", () => {
    const running = jobRecord({ status: "running" });
    expect(step(running, { type: "converting", attempt: 1 }, start)).toBeNull();
    const converting = step(jobRecord(), { type: "converting", attempt: 1 }, start)!.job;
    expect(converting.status).toBe("converting");
    expect(step(converting, { type: "started", attempt: 1 }, start)!.job.status).toBe("running");
  });

  it("takes the first progress as the start of reading", () => {
    const next = step(jobRecord(), { type: "progressed", attempt: 1, totalPages: 9, processedPages: 0 }, start)!;
    expect(next.job).toMatchObject({
      status: "running",
      attempts: 1,
      startedAt: start,
      progress: { totalPages: 9, processedPages: 0 },
    });
    expect(next.events.map((event) => event.type)).toEqual(["state", "progress"]);
  });

  it("keeps the progress shown when a second attempt starts over", () => {
    const half = jobRecord({ status: "running", progress: { totalPages: 10, processedPages: 5 } });
    const again = stepAll(
      half,
      [{ type: "requeued" }, { type: "progressed", attempt: 2, totalPages: 10, processedPages: 1 }],
      start,
    )!.job;
    expect(again).toMatchObject({ status: "running", attempts: 2, progress: { totalPages: 10, processedPages: 5 } });
  });

  it("goes from stage to stage and counts up within one, also when a second attempt starts over", () => {
    let job = jobRecord({ status: "running", progress: { totalPages: 2, processedPages: 2 } });
    const tell = (attempt: number, stage: JobStage) => {
      const next = step(job, { type: "progressed", attempt, totalPages: 2, processedPages: 2, stage }, start);
      job = next?.job ?? job;
      return next?.events.map((row) => row.data["stage"]);
    };
    const chunking = { name: "chunking", done: 3, total: 9 } as const;
    expect(tell(1, chunking)).toEqual([chunking]);
    expect(tell(1, chunking)).toBeUndefined();
    expect(tell(2, { name: "enriching", done: 8, total: 9 })).toBeUndefined();
    expect(tell(2, { ...chunking, done: 2 })).toBeUndefined();
    expect(job.progress).toEqual({ totalPages: 2, processedPages: 2, stage: chunking });
    const packaging = { name: "packaging", done: 0, total: 4 } as const;
    expect(tell(2, packaging)).toEqual([packaging]);
    expect(step(job, { type: "progressed", attempt: 3, totalPages: 2, processedPages: 1 }, start)).toBeNull();
  });

  it("expires only jobs that still wait for their file", () => {
    expect(step(jobRecord({ status: "pending" }), { type: "upload-expired", expiresAt: null }, start)).toBeNull();
    const expired = step(
      jobRecord({ status: "waiting-file" }),
      { type: "upload-expired", expiresAt: null },
      start,
    )!.job;
    expect(expired.error).toEqual({
      code: "JOB_EXPIRED",
      message: problem("JOB_EXPIRED").message,
      request_id: "req_0123456789abcdef",
    });
  });

  it("tells each warning of a finished job, then the state", () => {
    const warnings = [{ code: "PAGE_UNREADABLE", message: "Page 2 cannot be read.", page: 2 }] as never;
    const done = step(
      jobRecord({ status: "running" }),
      { type: "finished", attempt: 1, result: jobResult(), warnings, expiresAt: null },
      start,
    )!;
    expect(done.events.map((event) => event.type)).toEqual(["warning", "state"]);
  });
});

function reachable(from: JobStatus, to: JobStatus): boolean {
  // Progress of a pending job is two moves in one step.
  return from === to || transitions[from].includes(to);
}
