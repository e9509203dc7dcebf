/** Pictures of parts of a PDF's pages, after it was read: for models that look at a table or formula. */
import type { Box } from "@knowhere/contract";
import { PdfFile } from "./file.ts";
import { PdfPage } from "./page.ts";

export interface PdfCrops {
  /** Encoded; null when there is no such page or part. */
  crop(page: number, box: Box, dpi: number): Promise<Uint8Array | null>;
  close(): void;
}

export async function openPdfCrops(bytes: Uint8Array, password: string | undefined): Promise<PdfCrops> {
  const file = await PdfFile.open(bytes, password);
  return {
    async crop(number, box, dpi) {
      const page = number > file.pageCount ? null : PdfPage.open(file, number);
      try {
        return (await page?.crop(box, dpi))?.bytes ?? null;
      } finally {
        page?.close();
      }
    },
    close: () => file.close(),
  };
}
