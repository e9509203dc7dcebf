import { foreignText, objectOf, type Prompt, quoteDocument } from "./prompt.ts";

export const formulaLatex: Prompt<{ text: string }> = {
  name: "formula-latex/1",
  role: "vision",
  system: `You transcribe formulas. Give the formula of the picture as LaTeX for math mode, without delimiters, environments for numbering or the equation's number. Transcribe exactly what is printed. ${foreignText}`,
  schema: objectOf({ latex: { type: "string", minLength: 1 } }),
  maxTokens: 1000,
  write: ({ text }) =>
    `These signs were read in the picture, their arrangement was lost:\n${quoteDocument(text, 2000)}`,
};
