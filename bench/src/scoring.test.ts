import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { groupTable } from "./report.ts";
import { scoreDocuments } from "./scoring.ts";

describe("scores of a run", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "knowhere-scoring-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const score = async (program: string) => {
    const evaluator = join(folder, "evaluate.mjs");
    await writeFile(evaluator, program);
    return scoreDocuments(evaluator, folder, [], folder, 1);
  };

  it("are what the evaluator writes to the file it is given", async () => {
    const documents = [{ id: "a", source: "s", format: "pdf", kind: "text", scores: { word_f1: 0.5 } }];
    const program = `import { writeFileSync } from "node:fs";
      writeFileSync(process.argv[process.argv.indexOf("--out") + 1], ${JSON.stringify(JSON.stringify({ documents }))});`;
    expect(await score(program)).toEqual(documents);
  });

  it("are missed with the evaluator's last words when it ends without writing any", async () => {
    await expect(score('console.log("first"); console.error("no such manifest");')).rejects.toThrow(
      /evaluate\.mjs ended without writing its scores file, so nothing was scored\. It said last:\nfirst\n+no such manifest$/,
    );
    await expect(score("")).rejects.toThrow(/nothing was scored\. It said nothing\.$/);
  });
});

describe("the table of a group", () => {
  const facts = { title: "Papers", metrics: ["text_nid", "word_f1"] };
  const group = { documents: 4, means: { text_nid: 0.9, word_f1: 0.8 } };

  it("marks what is below its goal and dashes what a peer has no score for", () => {
    const peers = { scores: { "p/pdf": { other: { word_f1: 0.7 } } }, goals: { "p/pdf": { text_nid: 0.95 } } };
    const [, , ours, goal, other] = groupTable("p/pdf", facts, group, 1, peers).split("\n");
    expect(ours).toMatch(/knowhere \(this run\) +0\.900\* +0\.800/);
    expect(goal).toMatch(/goal +0\.950 +-$/);
    expect(other).toMatch(/other +- +0\.700/);
  });

  it("has our line alone for a group that no peer was scored on", () => {
    const lines = groupTable("q/pdf", facts, group, 0, { scores: {}, goals: {} }).split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe("q/pdf: Papers (4 documents)");
  });
});
