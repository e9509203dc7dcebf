import { foreignText, objectOf, type Prompt, quoteDocument } from "./prompt.ts";

export type SummaryKind = "text" | "table" | "document";

export const summary: Prompt<{ kind: SummaryKind; title: string; text: string }> = {
  name: "summary/1",
  role: "text",
  system: `You write short summaries of parts of documents, in the language of the part. State what it says, not that it says something. Use only facts and numbers that stand in it. ${foreignText}`,
  schema: objectOf({ summary: { type: "string", minLength: 1 } }),
  maxTokens: 400,
  write: ({ kind, title, text }) =>
    [
      kind === "table"
        ? "Sum up this table in one or two sentences: what it lists, by what, and what stands out."
        : kind === "document"
          ? "Sum up this document in two to four sentences."
          : "Sum up this section in one or two sentences.",
      quoteDocument(`${title}\n\n${text}`, 16_000),
    ].join("\n"),
};
