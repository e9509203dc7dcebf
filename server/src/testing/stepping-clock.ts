/** A clock that moves only when told; sleepers wake in order as it passes them. */
import type { Clock } from "../ports/clock.ts";

interface Sleeper {
  at: number;
  wake(): void;
}

export interface SteppingClock extends Clock {
  /** Moves on by `ms`, waking sleepers in the order of their time. */
  step(ms: number): Promise<void>;
  /** Sets the time without waking anybody, as an administrator would. */
  set(to: Date): void;
  /** How many are asleep. */
  sleepers(): number;
}

export function createSteppingClock(start = new Date("2026-01-02T03:04:05.678Z")): SteppingClock {
  /** What sleeping counts; setting the clock does not touch it. */
  let passed = 0;
  let offset = start.getTime();
  const sleepers = new Set<Sleeper>();

  return {
    now: () => new Date(offset + passed),
    sleepers: () => sleepers.size,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal!.reason);
        };
        const sleeper = {
          at: passed + ms,
          wake() {
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
      });
    },
    async step(ms) {
      const until = passed + ms;
      for (;;) {
        const due = [...sleepers].filter((sleeper) => sleeper.at <= until).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        sleepers.delete(due);
        passed = Math.max(passed, due.at);
        due.wake();
        // Lets the woken act, and perhaps sleep again, before time goes on.
        await new Promise((resolve) => setImmediate(resolve));
      }
      passed = until;
    },
    set(to) {
      offset = to.getTime() - passed;
    },
  };
}
