/** Pictures of text drawn in code, for tests of recognition: what is on them is known, and nothing is shipped as a file. */
import sharp from "sharp";

export interface DrawnLine {
  text: string;
  x: number;
  /** Of the baseline. */
  y: number;
  sizePx?: number;
  bold?: boolean;
}
export interface DrawnPage {
  width: number;
  height: number;
  lines: readonly DrawnLine[];
  /** SVG elements besides the text: rules, boxes. */
  shapes?: string;
}

const escapeSvg = (text: string) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export function drawSvg({ width, height, lines, shapes = "" }: DrawnPage): Buffer {
  const texts = lines.map(
    ({ text, x, y, sizePx = 32, bold = false }) =>
      `<text x="${x}" y="${y}" font-family="DejaVu Sans, Liberation Sans, Arial, Helvetica, sans-serif" font-size="${sizePx}"${bold ? ' font-weight="bold"' : ""}>${escapeSvg(text)}</text>`,
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${shapes}${texts.join("")}</svg>`,
  );
}

/** Encoded as PNG, black on white, without alpha. */
export function drawPage(page: DrawnPage): Promise<Buffer> {
  return sharp(drawSvg(page)).flatten({ background: "#ffffff" }).png().toBuffer();
}

/** Lines of running text below each other, the way a letter stands on its page. */
export function letterOf(texts: readonly string[], { sizePx = 32, x = 120, y = 160 } = {}): DrawnPage {
  const lines = texts.map((text, at) => ({ text, x, y: y + at * sizePx * 1.6, sizePx }));
  return { width: 1240, height: 1600, lines };
}

export const letterLines = [
  "The harbour was quiet when the first boats came in,",
  "and the men on the quay counted seven lanterns.",
  "Nobody had expected so many of them to return",
  "after three nights of wind and heavy rain.",
  "By morning the market sold bread and herring again.",
  "Children carried baskets up the narrow street.",
] as const;
