/**
 * The outbox of webhooks. A delivery row is written by the transaction that finishes the job, so that exactly the
 * finished jobs are announced; sending it may be tried more than once, under the same id.
 */
export type DeliveryState = "pending" | "delivering" | "delivered" | "failed" | "canceled";

export interface Delivery {
  /** `msg_` + 24 hex: the same over all tries; receivers drop what they have seen. */
  deliveryId: string;
  jobId: string;
  accountId: string;
  event: "job.completed" | "job.failed";
  url: string;
  state: DeliveryState;
  /** Tries begun so far. */
  attempts: number;
  nextAt: Date;
  createdAt: Date;
}

/** One try, as the log keeps it. Bodies are cut to a bound. */
export interface DeliveryAttempt {
  id: string;
  /** Null: a test event. */
  jobId: string | null;
  webhookUrl: string;
  attemptNumber: number;
  requestHeaders: Record<string, string>;
  requestBody: string;
  signature: string;
  idempotencyKey: string;
  responseStatus: number | null;
  responseBody: string | null;
  errorMessage: string | null;
  durationMs: number;
  createdAt: Date;
}

export interface Deliveries {
  /** Leases up to `limit` due deliveries to this caller and counts the try. A lease that ends makes it due again. */
  claim(now: Date, leaseUntil: Date, limit: number): Promise<Delivery[]>;
  /** Records a try and what comes of it: over (delivered, failed, canceled) or due again at `nextAt`. */
  record(
    delivery: Delivery,
    attempt: DeliveryAttempt,
    next: { state: Exclude<DeliveryState, "delivering">; nextAt?: Date },
  ): Promise<void>;
  /** The delivery of a job's end, null when it has no webhook or is not over. */
  ofJob(accountId: string, jobId: string): Promise<Delivery | null>;
  /** Counts and logs a try that was asked for by hand; the schedule is not touched. */
  recordManual(delivery: Delivery, attempt: DeliveryAttempt): Promise<void>;
  /** Logs a test event, which has no job and is not tried again. Those of the account from before `since` go. */
  recordTest(accountId: string, attempt: DeliveryAttempt, since: Date): Promise<void>;
  log(
    accountId: string,
    filter: { jobId?: string; page: number; pageSize: number },
  ): Promise<{ attempts: DeliveryAttempt[]; total: number }>;
  /** Waiting and failed deliveries, for metrics. */
  count(): Promise<Record<DeliveryState, number>>;
}

export interface WebhookSecret {
  secretId: string;
  accountId: string;
  /** The URL it signs for; null = every other one of the account. */
  endpoint: string | null;
  /** `whsec_` + 64 hex. */
  secret: string;
  /** A retiring one still signs, next to its successor, until `retiresAt`. */
  status: "active" | "retiring" | "revoked";
  createdAt: Date;
  retiresAt: Date | null;
}
export interface WebhookSecrets {
  list(accountId: string): Promise<WebhookSecret[]>;
  /**
   * The active secret for the endpoint, made when there is none. `rotate` makes a new one in any case and lets the
   * old one retire at `retiresAt`. `made` tells whether the caller is the first to see it.
   */
  ensure(
    accountId: string,
    endpoint: string | null,
    now: Date,
    rotate?: { retiresAt: Date },
  ): Promise<{ secret: WebhookSecret; made: boolean }>;
  revoke(accountId: string, secretId: string): Promise<boolean>;
  /** What signs a delivery to `endpoint` now, the newest first: its own secrets, else the account's, else one that is made for it. */
  signing(accountId: string, endpoint: string, now: Date): Promise<string[]>;
}
