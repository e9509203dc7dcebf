/** Sends what is in the outbox: wakes by the bell, polls slowly as the net, a few deliveries side by side. */
import { Problem } from "@knowhere/contract";
import type { JobRecord } from "../jobs/types.ts";
import type { Bell } from "../ports/bell.ts";
import type { Clock } from "../ports/clock.ts";
import type { Deliveries, Delivery, DeliveryAttempt, WebhookSecrets } from "../ports/deliveries.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import { writeBody, writeTestBody } from "./body.ts";
import { judgeAnswer } from "./schedule.ts";
import { signMessage } from "./signatures.ts";

export interface DelivererOptions {
  deliveries: Deliveries;
  secrets: WebhookSecrets;
  fetcher: Fetcher;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  log: Log;
  findJob(jobId: string): Promise<JobRecord | null>;
  /** A fresh presigned URL of a done job's result. */
  resultUrlOf(job: JobRecord): Promise<string>;
  chance?: () => number;
  /** How long a receiver may take to answer. */
  answerTimeoutMs?: number;
  /** Told of every scheduled try that is on record. */
  onTry?(outcome: "delivered" | "again" | "failed"): void;
}
export interface Deliverer {
  start(): void;
  /** Lets the tries under way end; starts no more. */
  stop(): Promise<void>;
  /** One try at once, outside the schedule. Null when the job has no webhook delivery. */
  trigger(accountId: string, jobId: string): Promise<DeliveryAttempt | null>;
  /** Sends one event about no job and logs what came of it; it is not tried again. */
  test(accountId: string, url: string): Promise<DeliveryAttempt>;
}

const defaultAnswerTimeoutMs = 10_000;
const leaseMs = 60_000;
const pollMs = 5_000;
const atOnce = 16;
const keptBytes = 4_096;
const userAgent = "Knowhere-Webhook/1.0";

/** Test events are looked at soon or never. */
const keepTestsMs = 30 * 24 * 3600 * 1000;

type Addressed = Pick<Delivery, "deliveryId" | "accountId" | "url"> & { jobId: string | null };

export function createDeliverer(options: DelivererOptions): Deliverer {
  const { deliveries, secrets, fetcher, bell, clock, ids, log } = options;
  const chance = options.chance ?? Math.random;
  const answerTimeoutMs = options.answerTimeoutMs ?? defaultAnswerTimeoutMs;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  let wake: () => void = () => {};
  let loop: Promise<void> | undefined;
  let deafen = () => {};

  async function send(delivery: Delivery, job: JobRecord, attemptNumber: number, extra: { trigger?: "manual" } = {}) {
    const body = writeBody(job, job.status === "done" ? await options.resultUrlOf(job) : null, extra);
    // The log keeps what was said, not the way to the result.
    const hidden = job.status === "done" ? { result_url: "(left out)" } : {};
    return post(delivery, body, { ...JSON.parse(body), ...hidden }, attemptNumber);
  }

  /** Sends once and says what happened; never throws for the receiver's faults. */
  async function post(to: Addressed, body: string, logged: object, attemptNumber: number) {
    const begun = clock.now();
    const attemptId = ids.uuid();
    const signing = await secrets.signing(to.accountId, to.url, begun);
    const signatures = signMessage({ id: to.deliveryId, timestamp: Math.floor(begun.getTime() / 1000), body }, signing);
    const headers = {
      "content-type": "application/json",
      "user-agent": userAgent,
      "x-knowhere-attempt-id": attemptId,
      "x-knowhere-event-id": to.deliveryId,
      ...signatures,
    };
    const bytes = new TextEncoder().encode(body);
    const answer = await fetcher
      .post(to.url, { headers, body: bytes, timeoutMs: answerTimeoutMs, maxAnswerBytes: keptBytes })
      .then(
        (got) => ({
          status: got.status as number | null,
          body: got.body as string | null,
          retryAfter: got.headers["retry-after"],
          error: null as string | null,
        }),
        (error: unknown) => ({
          status: null,
          body: null,
          retryAfter: undefined,
          error: describeFault(error),
        }),
      );
    const attempt: DeliveryAttempt = {
      id: attemptId,
      jobId: to.jobId,
      webhookUrl: to.url,
      attemptNumber,
      requestHeaders: { ...headers, "x-knowhere-signature": "(see signature)" },
      requestBody: JSON.stringify(logged).slice(0, keptBytes),
      signature: signatures["x-knowhere-signature"]!,
      idempotencyKey: to.deliveryId,
      responseStatus: answer.status,
      responseBody: answer.body?.slice(0, keptBytes) ?? null,
      errorMessage: answer.error,
      durationMs: clock.now().getTime() - begun.getTime(),
      createdAt: begun,
    };
    return { attempt, answer };
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const job = await options.findJob(delivery.jobId);
    if (!job) return;
    const { attempt, answer } = await send(delivery, job, delivery.attempts);
    const verdict = judgeAnswer(answer, delivery.attempts, clock.now(), chance());
    await deliveries.record(delivery, attempt, verdict);
    options.onTry?.(verdict.state === "delivered" || verdict.state === "failed" ? verdict.state : "again");
    const facts = {
      jobId: job.jobId,
      deliveryId: delivery.deliveryId,
      attempt: delivery.attempts,
      status: answer.status,
      state: verdict.state,
    };
    if (verdict.state === "failed") log.warn(facts, "a webhook was given up");
    else log.info(facts, verdict.state === "delivered" ? "a webhook was delivered" : "a webhook will be tried again");
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((done) => {
        wake = done;
      });
      try {
        while (!stopping.signal.aborted) {
          const room = atOnce - underWay.size;
          const now = clock.now();
          const due = room > 0 ? await deliveries.claim(now, new Date(now.getTime() + leaseMs), room) : [];
          for (const delivery of due) {
            const sending: Promise<void> = deliver(delivery)
              .catch((error) =>
                log.error(
                  { err: error, deliveryId: delivery.deliveryId },
                  "a webhook could not be handled; its lease will end",
                ),
              )
              .finally(() => {
                underWay.delete(sending);
                wake();
              });
            underWay.add(sending);
          }
          if (due.length < room || room <= 0) break;
        }
      } catch (error) {
        log.error({ err: error }, "the outbox of webhooks could not be read");
      }
      const rest = new AbortController();
      await Promise.race([woken, clock.sleep(pollMs, AbortSignal.any([stopping.signal, rest.signal])).catch(() => {})]);
      rest.abort();
    }
  }

  return {
    start() {
      deafen = bell.listen("delivery", () => wake());
      loop = run();
    },
    async stop() {
      stopping.abort();
      deafen();
      wake();
      await loop;
      await Promise.all(underWay);
    },
    async trigger(accountId, jobId) {
      const delivery = await deliveries.ofJob(accountId, jobId);
      const job = delivery && (await options.findJob(jobId));
      if (!job) return null;
      const { attempt } = await send(delivery, job, delivery.attempts + 1, { trigger: "manual" });
      await deliveries.recordManual(delivery, attempt);
      return attempt;
    },
    async test(accountId, url) {
      const now = clock.now();
      const deliveryId = `msg_${ids.uuid().replaceAll("-", "").slice(0, 24)}`;
      const body = writeTestBody(now);
      const { attempt } = await post({ deliveryId, accountId, url, jobId: null }, body, JSON.parse(body), 1);
      await deliveries.recordTest(accountId, attempt, new Date(now.getTime() - keepTestsMs));
      return attempt;
    },
  };
}

/** What went wrong on the way, in the fetcher's own words; its general message speaks of downloads. */
function describeFault(error: unknown): string {
  const violations = error instanceof Problem ? error.details["violations"] : undefined;
  const [first] = Array.isArray(violations) ? (violations as { description?: string }[]) : [];
  return first?.description ?? (error instanceof Error ? error.message : String(error));
}
