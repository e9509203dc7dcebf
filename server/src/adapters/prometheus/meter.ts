/** `Meter` by prom-client. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Meter, MeterSources } from "../../ports/meter.ts";

/** Polls take a millisecond, long polls a minute, uploads longer. */
const requestBucketsS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const jobBucketsS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
/** The counts come from the database; whoever scrapes faster gets the same ones again. */
const freshMs = 1000;

export function createMeter({ sources, clock, log }: { sources: MeterSources; clock: Clock; log: Log }): Meter {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "knowhere_http_request_duration_seconds",
    help: "HTTP requests by operation and status",
    labelNames: ["operation", "status"],
    buckets: requestBucketsS,
    registers,
  });
  const jobs = new Histogram({
    name: "knowhere_job_duration_seconds",
    help: "Time from the start of the work on a job to its end, for jobs that ended in this process",
    labelNames: ["format", "outcome"],
    buckets: jobBucketsS,
    registers,
  });
  const unstarted = new Counter({
    name: "knowhere_jobs_ended_unstarted_total",
    help: "Jobs that ended before work on them began: cancelled, or never uploaded",
    registers,
  });
  const pages = new Counter({
    name: "knowhere_pages_total",
    help: "Pages of finished jobs",
    labelNames: ["format"],
    registers,
  });
  const webhooks = new Counter({
    name: "knowhere_webhook_tries_total",
    help: "Tries to deliver a webhook by outcome: delivered, again (will be repeated), failed (given up)",
    labelNames: ["outcome"],
    registers,
  });
  const databaseUp = new Gauge({
    name: "knowhere_database_up",
    help: "1 when the database answered the last look",
    registers,
  });
  const active = new Gauge({
    name: "knowhere_jobs_active",
    help: "Jobs that are not over, by state (of the whole installation)",
    labelNames: ["state"],
    registers,
  });
  const oldest = new Gauge({
    name: "knowhere_jobs_oldest_age_seconds",
    help: "Age of the oldest job by state (of the whole installation)",
    labelNames: ["state"],
    registers,
  });
  const deliveries = new Gauge({
    name: "knowhere_webhook_deliveries",
    help: "Webhooks of jobs that are still kept, by state (of the whole installation)",
    labelNames: ["state"],
    registers,
  });
  const { childrenStarted } = sources;
  if (childrenStarted) {
    let told = 0;
    new Counter({
      name: "knowhere_parse_children_started_total",
      help: "Parse children started; more than KNOWHERE_WORKERS means that some died or were killed",
      registers,
      collect() {
        const now = childrenStarted();
        this.inc(now - told);
        told = now;
      },
    });
  }

  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  async function look(): Promise<void> {
    try {
      const [byState, byDelivery] = await Promise.all([sources.countActive(), sources.countDeliveries()]);
      const nowMs = clock.now().getTime();
      for (const gauge of [active, oldest, deliveries]) gauge.reset();
      for (const state of ["waiting-file", "pending", "converting", "running"]) {
        const row = byState.find(({ status }) => status === state);
        active.set({ state }, row?.jobs ?? 0);
        oldest.set({ state }, row ? Math.max(0, nowMs - row.oldestAt.getTime()) / 1000 : 0);
      }
      for (const [state, count] of Object.entries(byDelivery)) deliveries.set({ state }, count);
      databaseUp.set(1);
      lookedAtMs = nowMs;
    } catch (error) {
      for (const gauge of [active, oldest, deliveries]) gauge.reset();
      databaseUp.set(0);
      log.debug({ err: (error as Error).message }, "the counts for the metrics could not be had");
    }
  }

  type Timer = { observe(seconds: number): void };
  const timers = new Map<string, Map<number, Timer>>();
  return {
    request(operation = "none", status, seconds) {
      let byStatus = timers.get(operation);
      if (!byStatus) timers.set(operation, (byStatus = new Map()));
      let timer = byStatus.get(status);
      if (!timer) byStatus.set(status, (timer = requests.labels(operation, String(status))));
      timer.observe(seconds);
    },
    jobEnded({ outcome, format, seconds, pages: read }) {
      if (seconds === null) unstarted.inc();
      else jobs.observe({ format, outcome }, seconds);
      if (read > 0) pages.inc({ format }, read);
    },
    webhookTried(outcome) {
      webhooks.inc({ outcome });
    },
    async print() {
      if (clock.now().getTime() - lookedAtMs > freshMs) {
        looking ??= look().finally(() => {
          looking = undefined;
        });
        await looking;
      }
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
