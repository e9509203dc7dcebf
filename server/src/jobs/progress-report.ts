/** Passes progress on at a bearable rate: the first at once, then one in `everyMs`, and the last always. */
import type { JobStage } from "@knowhere/contract";
import type { Clock } from "../ports/clock.ts";

export interface PageProgress {
  totalPages: number;
  processedPages: number;
  stage?: JobStage | undefined;
}

export interface ProgressReport {
  offer(progress: PageProgress): void;
  /** Puts any other report in line with the progress. */
  inLine(write: () => Promise<void>): void;
  /** Writes what is still to be told; resolves when all is written. Nothing is taken after it. */
  finish(): Promise<void>;
}

/** `write` may reject: progress is a courtesy, so `onTrouble` hears of it and the work goes on. */
export function createProgressReport({
  clock,
  everyMs,
  write,
  onTrouble,
}: {
  clock: Clock;
  everyMs: number;
  write(progress: PageProgress): Promise<void>;
  onTrouble(error: unknown): void;
}): ProgressReport {
  const end = new AbortController();
  let latest: PageProgress | null = null;
  let scheduled = false;
  let line: Promise<void> = Promise.resolve();

  const inLine = (task: () => Promise<void>) => {
    line = line.then(task).catch(onTrouble);
  };

  function flush(): void {
    const progress = latest;
    latest = null;
    if (progress) inLine(() => write(progress));
  }

  function schedule(): void {
    scheduled = true;
    clock.sleep(everyMs, end.signal).then(
      () => {
        scheduled = false;
        if (!latest) return;
        flush();
        schedule();
      },
      () => {},
    );
  }

  return {
    offer(progress) {
      if (end.signal.aborted) return;
      latest = progress;
      if (scheduled) return;
      flush();
      schedule();
    },
    inLine(task) {
      if (!end.signal.aborted) inLine(task);
    },
    async finish() {
      end.abort();
      flush();
      await line;
    },
  };
}
