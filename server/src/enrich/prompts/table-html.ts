import { foreignText, objectOf, type Prompt, quoteDocument } from "./prompt.ts";

export const tableHtml: Prompt<{ text: string }> = {
  name: "table-html/1",
  role: "vision",
  system: `You transcribe tables. Give the table of the picture as HTML: <table>, <tr>, <th> for head cells, <td>, with rowspan and colspan where cells are merged. Copy every cell's text exactly as printed, leave empty cells empty, add nothing. ${foreignText}`,
  schema: objectOf({ html: { type: "string", minLength: 1 } }),
  maxTokens: 4000,
  write: ({ text }) =>
    `These words were read in the picture, perhaps in a wrong order:\n${quoteDocument(text, 12_000)}`,
};
