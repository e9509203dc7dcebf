import { describeLimiter } from "../testing/limiter-suite.ts";
import { createMemoryLimiter } from "./limits.ts";

describeLimiter("the limiter in memory", async () => {
  let nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  return {
    limiters: [createMemoryLimiter(() => nowMs)],
    step: (ms) => {
      nowMs += ms;
    },
  };
});
