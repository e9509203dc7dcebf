/** Little-endian reads that give 0 past the end: offsets come from the file and may say anything. */
export class Bytes {
  readonly #view: DataView;

  constructor(readonly raw: Uint8Array) {
    this.#view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  }

  get length(): number {
    return this.raw.length;
  }
  u8(at: number): number {
    return this.raw[at] ?? 0;
  }
  u16(at: number): number {
    return at >= 0 && at + 2 <= this.length ? this.#view.getUint16(at, true) : 0;
  }
  i16(at: number): number {
    return at >= 0 && at + 2 <= this.length ? this.#view.getInt16(at, true) : 0;
  }
  u32(at: number): number {
    return at >= 0 && at + 4 <= this.length ? this.#view.getUint32(at, true) : 0;
  }
  /** A part, shorter where the bytes end. */
  part(at: number, length: number): Bytes {
    const from = Math.min(Math.max(0, at), this.length);
    return new Bytes(this.raw.subarray(from, Math.min(this.length, from + Math.max(0, length))));
  }
  /** UTF-16 text of so many characters. */
  utf16(at: number, characters: number): string {
    return new TextDecoder("utf-16le").decode(this.part(at, characters * 2).raw);
  }
}
