/** What the account used. Nothing is sold here: balances are absent, credits are zero. */
import type { UsageDay } from "../../ports/usage.ts";
import { type Handler, json } from "../call.ts";
import { invalid } from "../problem.ts";

const dayMs = 24 * 3600 * 1000;
const defaultDays = 30;
const maxDays = 366;

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
const later = (time: Date, days: number): Date => new Date(time.getTime() + days * dayMs);

export const getUsage: Handler<"getUsage"> = async ({ key, query }, { usage, clock }) => {
  const to = query.to ?? dayOf(clock.now());
  const from = query.from ?? dayOf(later(startOf(to), 1 - defaultDays));
  const until = later(startOf(to), 1);
  const days = (until.getTime() - startOf(from).getTime()) / dayMs;
  if (days < 1) throw invalid("query.from", "must not be later than to", "INVALID_VALUE");
  if (days > maxDays) throw invalid("query.from", `at most ${maxDays} days at once`, "TOO_LARGE");
  const rows = await usage.byDay(key.accountId, {
    from: startOf(from),
    until,
    ...(query.key_id === undefined ? {} : { keyId: query.key_id }),
  });
  return json(200, {
    from,
    to,
    total: sumUp(rows),
    days: rows.map(({ date, keyId, keyName, jobs, pages, bytes, seconds }) => ({
      date,
      key_id: keyId,
      ...(keyName === null ? {} : { key_name: keyName }),
      jobs,
      pages,
      bytes,
      seconds: toMs(seconds),
    })),
  });
};

function sumUp(rows: readonly UsageDay[]) {
  const total = { jobs: 0, pages: 0, bytes: 0, seconds: 0 };
  for (const row of rows) {
    total.jobs += row.jobs;
    total.pages += row.pages;
    total.bytes += row.bytes;
    total.seconds += row.seconds;
  }
  return { ...total, seconds: toMs(total.seconds) };
}

/** Sums of seconds, without the noise of adding them. */
const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;
const percent = (part: number, whole: number): number => Math.round((1000 * part) / whole) / 10;

function rates({ done, failed }: { done: number; failed: number }, work: { jobs: number; seconds: number }) {
  return {
    success: done + failed === 0 ? undefined : percent(done, done + failed),
    meanSeconds: work.jobs === 0 ? undefined : toMs(work.seconds / work.jobs),
  };
}

export const getCredits: Handler<"getCredits"> = async () => json(200, { billing_enabled: false });

const periodDays = { day: 1, week: 7, month: 30, year: 365 };

export const getBillingUsage: Handler<"getBillingUsage"> = async ({ key, query }, { usage, clock }) => {
  const until = clock.now();
  const range = { from: later(until, -periodDays[query.period]), until };
  const [rows, ends] = await Promise.all([usage.byDay(key.accountId, range), usage.countEnds(key.accountId, range)]);
  const work = sumUp(rows);
  const { success, meanSeconds } = rates(ends, work);
  return json(200, {
    period: query.period,
    total_credits_used: 0,
    api_calls_count: work.jobs + ends.failed,
    success_rate: success,
    average_response_time: meanSeconds,
    top_endpoints: [],
  });
};

export const getParseUsage: Handler<"getParseUsage"> = async ({ key }, { usage, clock }) => {
  const until = clock.now();
  const from = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth(), 1));
  const before = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth() - 1, 1));
  const [rows, last, ends] = await Promise.all([
    usage.byDay(key.accountId, { from, until }),
    usage.byDay(key.accountId, { from: before, until: from }),
    usage.countEnds(key.accountId, { from, until }),
  ]);
  const work = sumUp(rows);
  const jobsBefore = sumUp(last).jobs;
  const { success, meanSeconds } = rates(ends, work);
  return json(200, {
    request_total: work.jobs + ends.failed,
    mom_growth: jobsBefore === 0 ? undefined : percent(work.jobs - jobsBefore, jobsBefore),
    credits_used: 0,
    success_rate: success,
    avg_processing_time: meanSeconds,
  });
};

export const listBillingHistory: Handler<"listBillingHistory"> = async () => json(200, []);

export const listPriceConfigs: Handler<"listPriceConfigs"> = async () =>
  json(200, { subscriptions: [], credits_packages: [] });
