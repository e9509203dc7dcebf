/** Converts legacy office files to their modern sibling (doc→docx, xls→xlsx, ppt→pptx) in a private process. */
export interface OfficeConverter {
  /** "LibreOffice 7.4": goes into the manifest. */
  readonly name: string;
  /** Resolves to the path of the converted file inside `outDir`. */
  convert(path: string, to: "docx" | "xlsx" | "pptx" | "odt", outDir: string, signal: AbortSignal): Promise<string>;
}
