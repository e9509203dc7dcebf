import { foreignText, objectOf, type Prompt, quoteDocument } from "./prompt.ts";

export const imageDescription: Prompt<{ caption: string; language: string | undefined }> = {
  name: "image-description/1",
  role: "vision",
  system: `You describe pictures of documents for readers who cannot see them, and for search. Say in one to four plain sentences what the picture shows: its kind (photo, chart, diagram, logo, …), its subject, the axes and trend of a chart, names and numbers that can be read. Guess nothing. ${foreignText}`,
  schema: objectOf({ description: { type: "string", minLength: 1 } }),
  maxTokens: 500,
  write: ({ caption, language }) =>
    [
      `Describe the picture${language ? ` in the language with the code "${language}"` : ""}.`,
      ...(caption === "" ? [] : ["Its caption or the text in it:", quoteDocument(caption, 1000)]),
    ].join("\n"),
};
