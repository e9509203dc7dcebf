/** Webhooks in memory for tests of the border: every try is answered 200. */
import type { HttpParts } from "../http/call.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeliveryAttempt, WebhookSecret } from "../ports/deliveries.ts";

export function createMemoryWebhooks(clock: Clock): HttpParts["webhooks"] {
  const attempts: (DeliveryAttempt & { accountId: string })[] = [];
  let secrets: WebhookSecret[] = [];
  return {
    deliveries: {
      async log(accountId, { jobId, page, pageSize }) {
        const own = attempts.filter((each) => each.accountId === accountId && (jobId ?? each.jobId) === each.jobId);
        return { attempts: own.reverse().slice((page - 1) * pageSize, page * pageSize), total: own.length };
      },
    },
    secrets: {
      list: async (accountId) => secrets.filter((each) => each.accountId === accountId && each.status !== "revoked"),
      async ensure(accountId, endpoint, now, rotate) {
        const active = secrets.find(
          (each) => each.accountId === accountId && each.endpoint === endpoint && each.status === "active",
        );
        if (active && !rotate) return { secret: active, made: false };
        if (active) Object.assign(active, { status: "retiring", retiresAt: rotate!.retiresAt });
        const number = String(secrets.length).padStart(4, "0");
        const secret: WebhookSecret = {
          secretId: `ws_${number}`,
          accountId,
          endpoint,
          secret: `whsec_${number}`,
          status: "active",
          createdAt: now,
          retiresAt: null,
        };
        secrets = [...secrets, secret];
        return { secret, made: true };
      },
      async revoke(accountId, secretId) {
        const found = secrets.find((each) => each.accountId === accountId && each.secretId === secretId);
        if (!found || found.status === "revoked") return false;
        found.status = "revoked";
        return true;
      },
      signing: async () => [],
    },
    trigger: async (accountId, jobId) => send(accountId, jobId, "https://files.test/hook"),
    test: async (accountId, url) => send(accountId, null, url),
  };

  function send(accountId: string, jobId: string | null, webhookUrl: string): DeliveryAttempt {
    const attempt = {
      accountId,
      id: `try_${attempts.length}`,
      jobId,
      webhookUrl,
      attemptNumber: attempts.length + 1,
      requestHeaders: { "content-type": "application/json" },
      requestBody: jobId === null ? '{"event":"test"}' : `{"event":"job.completed","job_id":"${jobId}"}`,
      signature: "t=1,v1=0",
      idempotencyKey: "msg_0",
      responseStatus: 200,
      responseBody: "ok",
      errorMessage: null,
      durationMs: 3,
      createdAt: clock.now(),
    };
    attempts.push(attempt);
    return attempt;
  }
}
