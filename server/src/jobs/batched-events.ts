/**
 * Many may listen to one job, and all wake in the same turn of the event loop: those that ask for the same rows share one
 * query. It begins only after the last of them has asked, so nobody gets an answer older than the question.
 */
import type { JobStore } from "../ports/job-store.ts";
import type { JobEventRow } from "./types.ts";

export function createBatchedEvents(
  store: Pick<JobStore, "events">,
): (jobId: string, afterId: number) => Promise<JobEventRow[]> {
  const asked = new Map<string, Promise<JobEventRow[]>>();
  return (jobId, afterId) => {
    const question = `${jobId} ${afterId}`;
    const known = asked.get(question);
    if (known) return known;
    const answer = new Promise<void>((begin) => setImmediate(begin)).then(() => {
      asked.delete(question);
      return store.events(jobId, afterId);
    });
    asked.set(question, answer);
    return answer;
  };
}
