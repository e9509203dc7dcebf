import type { JobFilter } from "../../jobs/types.ts";
import { type Answer, type Call, type Handler, type HttpParts, json } from "../call.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { viewListedJob } from "../job-view.ts";
import { invalid } from "../problem.ts";

const dayMs = 24 * 60 * 60 * 1000;
const defaultLimit = 20;

export const listJobs: Handler<"listJobs"> = async (call, parts) => {
  const { query } = call;
  const filter = readFilter(call, parts);
  if (query.limit !== undefined || query.cursor !== undefined) return listByCursor(call, parts, filter);
  const { page, page_size } = query;
  const { jobs, total } = filter
    ? await parts.jobs.list(filter, { page, pageSize: page_size })
    : { jobs: [], total: 0 };
  return json(200, {
    jobs: await Promise.all(jobs.map((job) => viewListedJob(job, parts, call.baseUrl))),
    total,
    page,
    page_size,
    total_pages: Math.ceil(total / page_size),
  });
};

async function listByCursor(call: Call<"listJobs">, parts: HttpParts, filter: JobFilter | null): Promise<Answer> {
  const { query } = call;
  const limit = query.limit ?? defaultLimit;
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  // One more than asked for tells whether there is a next page.
  const found = filter ? await parts.jobs.listAfter(filter, after, limit + 1) : [];
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return json(200, {
    jobs: await Promise.all(shown.map((job) => viewListedJob(job, parts, call.baseUrl))),
    limit,
    ...(found.length > limit && last ? { next_cursor: writeCursor(last) } : {}),
  });
}

/** Null when the filter can match nothing. */
function readFilter({ query, key }: Call<"listJobs">, { clock }: HttpParts): JobFilter | null {
  const { recent_days } = query;
  if (recent_days !== undefined && ![1, 7, 30].includes(recent_days)) {
    const message = "recent_days only supports 1, 7, or 30";
    throw invalid("query.recent_days", message, "INVALID_VALUE", message);
  }
  const recent = recent_days === undefined ? undefined : new Date(clock.now().getTime() - recent_days * dayMs);
  const since = query.start_time === undefined ? recent : readTime(query.start_time);
  const until = query.end_time === undefined ? undefined : readTime(query.end_time);
  if (query.start_time !== undefined && since && until && since > until) {
    const message = "start_time must not be later than end_time";
    throw invalid("query.start_time", message, "INVALID_VALUE", message);
  }
  // The older name of the one type of job there is.
  if (query.job_type !== undefined && !["document_ingestion", "kb_management"].includes(query.job_type)) return null;
  return {
    accountId: key.accountId,
    ...(query.job_status === undefined ? {} : { status: query.job_status }),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(query.namespace?.trim() ? { namespace: query.namespace.trim() } : {}),
  };
}

/** A time without a zone is UTC, and a date its beginning: that is how JavaScript reads a date by itself. */
const readTime = (text: string): Date => new Date(/T.*(Z|[+-]\d\d:?\d\d)$|^[\d-]+$/i.test(text) ? text : `${text}Z`);
