import type { ParseOptions } from "./types.ts";

/** `parsing_params` of a request that names none (wire-level defaults). */
export const defaultParseOptions: ParseOptions = {
  model: "base",
  ocrEnabled: false,
  docType: "auto",
  smartTitleParse: true,
  summaryImage: true,
  summaryTable: true,
  summaryText: true,
  summaryUseLlm: false,
  addFragDesc: "",
  kbDir: "Default_Root",
  ocrLanguages: [],
  chunking: { strategy: "section", overlapTokens: 0 },
  hiddenText: "drop",
  furniture: "drop",
  mainContent: true,
};
