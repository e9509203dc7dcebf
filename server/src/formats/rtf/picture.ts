/** Collects the hexadecimal or binary data of a `\pict` group. */
import type { Asset } from "@knowhere/contract";
import type { AssetCollector } from "../../document/assets.ts";

export type PictureKind = "png" | "jpeg" | "emf" | "wmf" | "pict" | "dib";
const fallbacks: Readonly<Record<PictureKind, { mediaType: string; extension: string } | undefined>> = {
  png: undefined,
  jpeg: undefined,
  emf: { mediaType: "image/emf", extension: ".emf" },
  wmf: { mediaType: "image/wmf", extension: ".wmf" },
  pict: { mediaType: "image/x-pict", extension: ".pict" },
  dib: undefined,
};
/** One picture; the same bound as for pictures in packages. */
const maxBytes = 64 * 1024 * 1024;

export class PictureBuilder {
  /** What the file says is to be seen. */
  description = "";
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #half: number | undefined;
  #kind: PictureKind | undefined;

  setKind(kind: PictureKind): void {
    this.#kind = kind;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  addBinary(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes <= maxBytes) this.#chunks.push(bytes);
  }

  /** Two digits a byte; anything else between them is white space. */
  addHex(digits: Uint8Array): void {
    const out = new Uint8Array((digits.length >> 1) + 1);
    let length = 0;
    for (const digit of digits) {
      const value =
        digit >= 0x30 && digit <= 0x39
          ? digit - 0x30
          : (digit | 0x20) >= 0x61 && (digit | 0x20) <= 0x66
            ? (digit | 0x20) - 0x57
            : -1;
      if (value < 0) continue;
      if (this.#half === undefined) this.#half = value;
      else {
        out[length++] = (this.#half << 4) | value;
        this.#half = undefined;
      }
    }
    this.addBinary(out.subarray(0, length));
  }

  finish(assets: AssetCollector): { asset: Asset | null; isTooLarge: boolean } {
    if (this.#bytes > maxBytes || this.#bytes > assets.remainingBytes) return { asset: null, isTooLarge: true };
    const joined = Buffer.concat(this.#chunks);
    const bytes = this.#kind === "dib" ? bitmapOf(joined) : joined;
    return { asset: assets.add(bytes, this.#kind ? fallbacks[this.#kind] : undefined), isTooLarge: false };
  }
}

/** A device independent bitmap lacks the file header that makes it a BMP. */
function bitmapOf(dib: Uint8Array): Uint8Array {
  if (dib.length < 40) return dib;
  const view = new DataView(dib.buffer, dib.byteOffset, dib.byteLength);
  const headerBytes = view.getUint32(0, true);
  const bits = view.getUint16(14, true);
  const colors = view.getUint32(32, true) || (bits <= 8 ? 1 << bits : 0);
  const head = Buffer.alloc(14);
  head.write("BM", 0, "latin1");
  head.writeUInt32LE(14 + dib.length, 2);
  head.writeUInt32LE(Math.min(14 + headerBytes + colors * 4, 14 + dib.length), 10);
  return Buffer.concat([head, dib]);
}
