/**
 * The short form of `npm run fuzz`: a few mutants of each minimal file, the same ones every time, and a few more from a seed
 * that nobody chose. A failure names the seed: `npm run fuzz -- --format NAME --seed N --runs 1` makes it again.
 */
import { formatNames } from "@knowhere/contract";
import { describe, expect, it } from "vitest";
import { seeds } from "./fuzz/corpus.ts";
import { endingOf } from "./fuzz/ending.ts";
import { mutate } from "./fuzz/mutate.ts";

const fixedRuns = 20;
const freshRuns = 5;
const freshSeed = 1_000_000 + (Date.now() % 1_000_000_000);
/** "done", or the name of a problem of the document. */
const named = /^(done|[A-Z_]+)$/;

describe("mutants of minimal files", () => {
  it("are made of every format", () => {
    expect(new Set(seeds.map(({ format }) => format))).toEqual(new Set(formatNames));
  });

  it.each(seeds.map((seed) => [seed.fileName, seed] as const))(
    "of %s end as a document or a named problem",
    async (_name, seed) => {
      const whole = await seed.make();
      expect(await endingOf(seed.fileName, whole)).toBe("done");
      for (let run = 0; run < fixedRuns + freshRuns; run++) {
        const number = run < fixedRuns ? run + 1 : freshSeed + run;
        const { bytes, how } = await mutate(seed.format, whole, number);
        expect(await endingOf(seed.fileName, bytes), `seed ${number}: ${how}`).toMatch(named);
      }
    },
  );

  it("come out the same under the same seed", async () => {
    for (const seed of seeds.filter(({ format }) => format !== "image")) {
      const whole = await seed.make();
      const [one, two] = [await mutate(seed.format, whole, 7), await mutate(seed.format, whole, 7)];
      expect(Buffer.from(one.bytes).equals(Buffer.from(two.bytes)), seed.fileName).toBe(true);
    }
  });
});
