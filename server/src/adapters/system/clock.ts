/** The machine's clock. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../ports/clock.ts";

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      // Node wraps the reason; the promise of the port is the reason itself.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
