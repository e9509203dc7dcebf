/** Where a fetched source is kept; like results, under the fencing number of the claim that fetched it. */
export const fetchedSourceKey = (jobId: string, token: number) => `uploads/${jobId}.${token}`;

/** Result blobs carry the fencing number of the claim that made them, so that two attempts never write the same one. */
export const resultPrefix = (jobId: string) => `results/${jobId}.`;
export const resultKey = (jobId: string, token: number) => `${resultPrefix(jobId)}${token}.zip`;

/** Job and fencing number of a result blob; null for any other key. */
export function readResultKey(key: string): { key: string; jobId: string; token: number } | null {
  const [, jobId, token] = key.match(/^results\/(job_[0-9a-f]{12})\.(\d+)\.zip$/) ?? [];
  return jobId === undefined ? null : { key, jobId, token: Number(token) };
}
