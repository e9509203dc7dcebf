/** Content of one page of a test's PDF: text, paths, pictures and annotations as operators. See `pdf-writer.ts`. */
import { deflateSync } from "node:zlib";

export interface TextOptions {
  size?: number;
  /** One of the 14 standard fonts, or "Unicode": a font without outlines whose characters map to any Unicode text. */
  font?: string;
  /** 0xRRGGBB. */
  color?: number;
  /** Text rendering mode, 0–7. */
  mode?: number;
  /** Counter-clockwise degrees. */
  angle?: number;
  /** Nominal size 1 and the size in the matrix, as many producers write it. */
  sizeInMatrix?: boolean;
  /** Marked content: a tag of the structure tree (see `tag`), an artifact, or a layer. */
  mcid?: number;
  artifact?: boolean;
  layer?: string;
}
export interface PaintOptions {
  fill?: number;
  stroke?: number;
  width?: number;
}

export const escaped = (text: string): string => text.replace(/[\\()]/g, (sign) => `\\${sign}`);
const rgb = (color: number): string => [16, 8, 0].map((shift) => (((color >> shift) & 255) / 255).toFixed(3)).join(" ");
export const fontKey = (font: string): string => `F_${font.replace(/[^A-Za-z0-9]/g, "")}`;
export const layerKey = (layer: string): string => `L_${layer.replace(/[^A-Za-z0-9]/g, "")}`;

/** One page under construction; `raw` appends content-stream operators as they are. */
export class PdfPageWriter {
  readonly width: number;
  readonly height: number;
  /** Entries of the page dictionary beyond the usual ones, e.g. "/Rotate 90". */
  extra: string;
  content = "";
  readonly fonts = new Set<string>();
  readonly images: { width: number; height: number; data: Buffer; dictionary: string; mask?: Buffer }[] = [];
  readonly forms: string[] = [];
  readonly annotations: string[] = [];
  readonly #codes: Map<string, number>;

  constructor(width: number, height: number, extra: string, codes: Map<string, number>) {
    this.width = width;
    this.height = height;
    this.extra = extra;
    this.#codes = codes;
  }

  raw(operators: string): this {
    this.content += `${operators}\n`;
    return this;
  }

  text(text: string, x: number, y: number, options: TextOptions = {}): this {
    return this.raw(this.textOperators(text, x, y, options));
  }

  /** The operators of `text`, for use inside `form`. */
  textOperators(text: string, x: number, y: number, options: TextOptions = {}): string {
    const { size = 10, font = "Helvetica", color = 0, mode = 0, angle = 0, sizeInMatrix = false } = options;
    this.fonts.add(font);
    const shown =
      font === "Unicode" ? `<${[...text].map((sign) => this.#codeOf(sign)).join("")}>` : `(${escaped(text)})`;
    const radians = (angle * Math.PI) / 180;
    const scale = sizeInMatrix ? size : 1;
    const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
    const matrix = [cos, sin, -sin, cos, x, this.height - y].map((value) => +value.toFixed(4)).join(" ");
    const body = `BT /${fontKey(font)} ${sizeInMatrix ? 1 : size} Tf ${rgb(color)} rg ${mode} Tr ${matrix} Tm ${shown} Tj ET`;
    if (options.mcid !== undefined) return `/Span << /MCID ${options.mcid} >> BDC ${body} EMC`;
    if (options.artifact) return `/Artifact BMC ${body} EMC`;
    return options.layer === undefined ? body : `/OC /${layerKey(options.layer)} BDC ${body} EMC`;
  }

  line(x0: number, y0: number, x1: number, y1: number, { stroke = 0, width = 0.5 }: PaintOptions = {}): this {
    return this.raw(`${rgb(stroke)} RG ${width} w ${x0} ${this.height - y0} m ${x1} ${this.height - y1} l S`);
  }

  rect(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    { fill, stroke, width = 0.5 }: PaintOptions = { fill: 0 },
  ): this {
    const paint = fill === undefined ? "S" : stroke === undefined ? "f" : "B";
    const colors = `${fill === undefined ? "" : `${rgb(fill)} rg `}${stroke === undefined ? "" : `${rgb(stroke)} RG ${width} w `}`;
    return this.raw(`${colors}${x0} ${this.height - y1} ${x1 - x0} ${y1 - y0} re ${paint}`);
  }

  /** A picture of grey (1), RGB (3) samples, or the bytes of a JPEG, in the box [x0, y0, x1, y1]; `alpha` is one byte a pixel. */
  image(
    box: [number, number, number, number],
    picture: {
      width: number;
      height: number;
      samples?: Uint8Array;
      channels?: 1 | 3;
      jpeg?: Uint8Array;
      alpha?: Uint8Array;
    },
  ): this {
    const { width, height, samples, channels = 3, jpeg, alpha } = picture;
    const space = channels === 1 ? "/DeviceGray" : "/DeviceRGB";
    this.images.push({
      width,
      height,
      data: jpeg ? Buffer.from(jpeg) : deflateSync(samples ?? new Uint8Array(width * height * channels)),
      dictionary: `/ColorSpace ${space} /BitsPerComponent 8 /Filter ${jpeg ? "/DCTDecode" : "/FlateDecode"}`,
      ...(alpha ? { mask: deflateSync(alpha) } : {}),
    });
    const [x0, y0, x1, y1] = box;
    return this.raw(`q ${x1 - x0} 0 0 ${y1 - y0} ${x0} ${this.height - y1} cm /Im${this.images.length - 1} Do Q`);
  }

  /** A form XObject with these operators, drawn through `matrix` ("a b c d e f"). */
  form(operators: string, matrix: string): this {
    this.forms.push(operators);
    return this.raw(`q ${matrix} cm /Fm${this.forms.length - 1} Do Q`);
  }

  link(box: [number, number, number, number], target: string | number): this {
    const action = typeof target === "string" ? `/A << /S /URI /URI (${escaped(target)}) >>` : `/Dest [${target} /Fit]`;
    return this.annotation(`/Subtype /Link ${action}`, box);
  }

  /** Any annotation: entries besides /Type and /Rect. */
  annotation(entries: string, box: [number, number, number, number]): this {
    const [x0, y0, x1, y1] = box;
    this.annotations.push(`<< /Type /Annot /Rect [${x0} ${this.height - y1} ${x1} ${this.height - y0}] ${entries} >>`);
    return this;
  }

  #codeOf(sign: string): string {
    let code = this.#codes.get(sign);
    if (code === undefined) this.#codes.set(sign, (code = this.#codes.size + 1));
    return code.toString(16).padStart(4, "0");
  }
}
