import type { OcrPage, OcrWord } from "../../ports/ocr.ts";

/**
 * Reads Tesseract's TSV. Columns: level, page, block, paragraph, line, word, left, top, width, height, confidence (0–100), text;
 * words are the rows of level 5.
 */
export function readTsv(tsv: string): OcrPage {
  const words: OcrWord[] = [];
  let line = -1;
  let lastLine = "";
  for (const row of tsv.split("\n")) {
    const cells = row.split("\t");
    if (cells[0] !== "5" || cells.length < 12) continue;
    const text = cells[11]!.trim();
    if (text === "") continue;
    const key = cells.slice(2, 5).join(".");
    if (key !== lastLine) line++;
    lastLine = key;
    const [left, top, width, height, confidence] = cells.slice(6, 11).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    words.push({
      text,
      box: [left, top, left + width, top + height],
      confidence: Math.min(1, Math.max(0, confidence / 100)),
      line,
      block: Number(cells[2]),
    });
  }
  return { words, confidence: meanConfidence(words) };
}

/** Mean over the words, each weighing its length: a stray dot says little. */
export function meanConfidence(words: readonly OcrWord[]): number {
  let sum = 0;
  let letters = 0;
  for (const { text, confidence } of words) {
    sum += confidence * text.length;
    letters += text.length;
  }
  return letters === 0 ? 0 : sum / letters;
}
