import { describe, expect, it } from "vitest";
import { scenarios } from "./scenarios.ts";

describe("the server keeps its promises under a small load:", () => {
  it.each(Object.entries(scenarios))(
    "%s",
    async (name, { short, run }) => {
      const { figures, broken } = await run(short);
      console.log(`${name}: ${JSON.stringify(figures)}`);
      expect(broken).toEqual([]);
    },
    300_000,
  );
});
