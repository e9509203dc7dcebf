/** The records that binary workbooks are made of ([MS-XLSB] 2.1.4): a type, a length and a body, one after another. */
import { problem } from "@knowhere/contract";

/** The longest bodies that are read hold a cell's text, the runs of its fonts and its phonetic hints: well below this. */
const maxBodyBytes = 512 * 1024;

export const brokenRecords = (): Error =>
  problem("PARSING_FAILED", { message: "Unable to parse document: a part of the binary workbook is damaged." });

/** Fields of one record in order. Whatever a count or length inside it says, nothing is read beyond its end: PARSING_FAILED. */
export class RecordBody {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Buffer) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw brokenRecords();
    this.#at += bytes;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#step(8), true);
  }

  /** RkNumber (2.5.122): 30 bits of an integer or of the top of a double, perhaps of its hundredfold. */
  rk(): number {
    const at = this.#step(4);
    const raw = this.#view.getInt32(at, true);
    let value = raw >> 2;
    if ((raw & 2) === 0) {
      const double = new DataView(new ArrayBuffer(8));
      double.setInt32(0, raw & ~3);
      value = double.getFloat64(0);
    }
    return (raw & 1) === 0 ? value : value / 100;
  }

  /** XLWideString (2.5.168): a count of UTF-16 units and the units. */
  string(): string {
    return this.units(this.u32());
  }

  /** XLNullableWideString (2.5.167): "" for none. */
  nullableString(): string {
    const count = this.u32();
    return count === 0xffffffff ? "" : this.units(count);
  }

  /** So many UTF-16 units. */
  units(count: number): string {
    const at = this.#step(count * 2);
    return this.bytes.toString("utf16le", at, at + count * 2);
  }

  #step(bytes: number): number {
    const at = this.#at;
    this.skip(bytes);
    return at;
  }
}

/**
 * Cuts a stream into records and hands over those that are wanted. Throws PARSING_FAILED for a stream that ends inside a
 * record and for wanted records longer than any that is honest.
 */
export async function readRecords(
  chunks: AsyncIterable<Uint8Array>,
  handlers: Readonly<Record<number, (body: RecordBody) => void>>,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let skip = 0;
  for await (const chunk of chunks) {
    let data: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (skip >= data.length) {
      skip -= data.length;
      continue;
    }
    if (rest.length > 0) data = Buffer.concat([rest, data]);
    let at = skip;
    skip = 0;
    for (;;) {
      const head = readHead(data, at);
      if (!head) break;
      const end = head.body + head.length;
      const handle = handlers[head.type];
      if (!handle && end > data.length) {
        skip = end - data.length;
        at = data.length;
        break;
      }
      if (handle && head.length > maxBodyBytes) throw brokenRecords();
      if (end > data.length) break;
      handle?.(new RecordBody(data.subarray(head.body, end)));
      at = end;
    }
    rest = data.subarray(at);
  }
  if (rest.length > 0 || skip > 0) throw brokenRecords();
}

/** Type and length are numbers of 7 bits a byte, the type of up to two bytes, the length of up to four; undefined when cut off. */
function readHead(data: Buffer, start: number): { type: number; length: number; body: number } | undefined {
  let at = start;
  let type = data[at++];
  if (type === undefined) return undefined;
  if (type & 0x80) {
    const high = data[at++];
    if (high === undefined) return undefined;
    type = (type & 0x7f) | ((high & 0x7f) << 7);
  }
  let length = 0;
  for (let part = 0; part < 4; part++) {
    const byte = data[at++];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * part);
    if ((byte & 0x80) === 0) break;
  }
  return { type, length, body: at };
}
