import { foreignText, objectOf, type Prompt, quoteDocument } from "./prompt.ts";

export const headingLevels: Prompt<{ headings: readonly { level: number; text: string }[] }> = {
  name: "heading-levels/1",
  role: "text",
  system: `You mend outlines. You get the headings of a document in order, each with a guessed level (1 is the top). Give the right level of each, in the same order, as many as there are headings. Numbering ("2.1" is below "2") decides first, then parallel titles (equal kinds have equal levels). Change nothing that is plausible. ${foreignText}`,
  schema: objectOf({ levels: { type: "array", items: { type: "integer", minimum: 1, maximum: 6 } } }),
  maxTokens: 2000,
  write: ({ headings }) =>
    `There are ${headings.length} headings.\n${quoteDocument(
      headings.map(({ level, text }, at) => `${at + 1}. [level ${level}] ${text.slice(0, 160)}`).join("\n"),
      40_000,
    )}`,
};
