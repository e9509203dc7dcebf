import { foreignText, objectOf, type Prompt } from "./prompt.ts";

export const pageTranscription: Prompt<{ language: string | undefined }> = {
  name: "page-transcription/1",
  role: "vision",
  system: `You transcribe scanned pages. Give the text of the picture as Markdown in reading order: headings with #, lists, tables as pipe tables, formulas as LaTeX between dollar signs. Copy exactly what is printed or written, in its own language; correct nothing, translate nothing, describe no pictures, add nothing. Leave out what cannot be read. Give an empty string for a page without text. ${foreignText}`,
  schema: objectOf({ markdown: { type: "string" } }),
  maxTokens: 6000,
  write: ({ language }) => `Transcribe the page${language ? `. Its language is probably "${language}"` : ""}.`,
};
