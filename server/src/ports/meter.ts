/** What is counted and timed for those who run the server. Labels are few and known beforehand; ids and texts are none. */
export interface Meter {
  /** `operation`: its id, undefined for paths that are none. Called for every request: must cost next to nothing. */
  request(operation: string | undefined, status: number, seconds: number): void;
  /** `seconds` of work, null when none was begun; `format` is the extension without its dot. */
  jobEnded(ended: { outcome: "done" | "failed"; format: string; seconds: number | null; pages: number }): void;
  webhookTried(outcome: "delivered" | "again" | "failed"): void;
  /** Everything in the text format of Prometheus. What cannot be had now is left out. */
  print(): Promise<{ contentType: string; body: string }>;
}
/** What is looked up only when someone asks. */
export interface MeterSources {
  /** Active jobs by state, with the age of the oldest. */
  countActive(): Promise<{ status: string; jobs: number; oldestAt: Date }[]>;
  countDeliveries(): Promise<Record<string, number>>;
  /** Parse children started so far in this process; undefined where none are. */
  childrenStarted: (() => number) | undefined;
}
