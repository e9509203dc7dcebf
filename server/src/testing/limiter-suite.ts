/** What every `Limiter` promises. Several limiters stand for several API processes on the same windows. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Allowance, Limiter } from "../ports/limiter.ts";

export interface LimitersUnderTest {
  limiters: Limiter[];
  /** Lets time pass for all of them. */
  step(ms: number): void;
}
const minuteMs = 60_000;

export function describeLimiter(name: string, open: () => Promise<LimitersUnderTest>): void {
  describe(name, () => {
    let limiters: Limiter[];
    let step: LimitersUnderTest["step"];
    beforeEach(async () => {
      ({ limiters, step } = await open());
    });
    const ask = (times: number, limit: number, key = "key_one") =>
      Promise.all(Array.from({ length: times }, async (_, i) => limiters[i % limiters.length]!.take(key, limit)));
    const allowed = (answers: Allowance[]) => answers.filter((answer) => answer.allowed).length;

    it.each([1, 7, 100, 600])("allows exactly %i in a window, however many ask at once", async (limit) => {
      const first = allowed(await ask(limit + 50, limit));
      // A process may still hold a little that it has borrowed; nobody gets more.
      expect(first).toBeLessThanOrEqual(limit);
      expect(first).toBeGreaterThanOrEqual(0.9 * limit);
      expect(first + allowed(await ask(limit + 50, limit))).toBe(limit);
      expect(allowed(await ask(20, limit))).toBe(0);
    });

    it("allows exactly as many when they come one after the other", async () => {
      let count = 0;
      for (let i = 0; i < 120; i++) if ((await limiters[i % limiters.length]!.take("key_one", 100)).allowed) count++;
      expect(count).toBe(100);
    });

    it("counts down, and says when the window ends", async () => {
      const answers: Allowance[] = [];
      for (let i = 0; i < 4; i++) answers.push(await limiters[0]!.take("key_one", 3));
      expect(answers.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0]);
      expect(answers.map((answer) => answer.allowed)).toEqual([true, true, true, false]);
      const [{ resetAtS, limit }] = answers as [Allowance];
      expect([resetAtS % 60, limit]).toEqual([0, 3]);
      expect(new Set(answers.map((answer) => answer.resetAtS)).size).toBe(1);
    });

    it("starts anew in the next window", async () => {
      const [before] = await ask(1, 5);
      await ask(30, 5);
      step(minuteMs);
      const after = await ask(30, 5);
      expect(allowed(after)).toBe(5);
      expect(after[0]!.resetAtS - before!.resetAtS).toBe(60);
    });

    it("keeps keys apart, and takes nothing from one without a limit", async () => {
      await ask(10, 2, "key_one");
      expect(allowed(await ask(10, 2, "key_two"))).toBe(2);
      expect(allowed(await ask(50, 0, "key_three"))).toBe(50);
    });

    it("heeds a limit that was changed within the window", async () => {
      await ask(10, 10);
      expect(allowed(await ask(20, 15))).toBe(5);
      expect(allowed(await ask(20, 3))).toBe(0);
    });
  });
}
