/** What the bench and its parse children say to each other. */
export interface ParseRequest {
  readonly id: string;
  /** Absolute path of the source. */
  readonly file: string;
  /** Format word of the manifest ("pdf", "docx", "tif", …). */
  readonly format: string;
  /** Where the Markdown goes. */
  readonly output: string;
  readonly options: ParseSettings;
}
export interface ParseSettings {
  readonly furniture: "drop" | "keep";
  readonly images: "link" | "omit";
  readonly ocr: boolean;
  readonly ocrLanguages: readonly string[];
  readonly mainContent: boolean;
}
export interface ParseAnswer {
  readonly id: string;
  /** Wall time of reading and writing, without the start of the process. */
  readonly ms: number;
  readonly pages: number;
  readonly rssMb: number;
  readonly warnings: readonly string[];
  /** Absent when it went well. */
  readonly error?: string | undefined;
}
