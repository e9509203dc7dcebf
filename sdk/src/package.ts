/**
 * Reads the result ZIP (APPNOTE.TXT 4.3: end record, central directory, local headers; stored and deflated members, no
 * ZIP64) with what browsers and Node have built in.
 */
import { KnowhereError } from "./errors.ts";

export interface Package {
  readonly names: readonly string[];
  /** @throws KnowhereError when there is no such member. */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  text(name: string): Promise<string>;
  json<T>(name: string): Promise<T>;
}

interface Member {
  method: number;
  packedBytes: number;
  bytes: number;
  headerAt: number;
}
const endRecord = { signature: 0x06054b50, bytes: 22, maxComment: 0xffff };
const entrySignature = 0x02014b50;

export function openPackage(zip: Uint8Array<ArrayBuffer>): Package {
  const members = readDirectory(zip);
  const bytes = async (name: string) => {
    const member = members.get(name);
    if (!member) throw new KnowhereError(`The result has no member ${name}`);
    return unpack(zip, member);
  };
  const text = async (name: string) => new TextDecoder().decode(await bytes(name));
  return {
    names: [...members.keys()],
    bytes,
    text,
    json: async <T>(name: string) => JSON.parse(await text(name)) as T,
  };
}

const broken = () => new KnowhereError("The result is not a readable ZIP");

function readDirectory(zip: Uint8Array): Map<string, Member> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  let end = zip.length - endRecord.bytes;
  const earliest = Math.max(0, end - endRecord.maxComment);
  while (end >= earliest && view.getUint32(end, true) !== endRecord.signature) end--;
  if (end < earliest) throw broken();
  const members = new Map<string, Member>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + 46 > zip.length || view.getUint32(at, true) !== entrySignature) throw broken();
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    members.set(new TextDecoder().decode(zip.subarray(at + 46, at + 46 + nameBytes)), {
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      headerAt: view.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return members;
}

async function unpack(
  zip: Uint8Array<ArrayBuffer>,
  { method, packedBytes, bytes, headerAt }: Member,
): Promise<Uint8Array<ArrayBuffer>> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  if (headerAt + 30 > zip.length) throw broken();
  const start = headerAt + 30 + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  const packed = zip.subarray(start, start + packedBytes);
  if (method === 0) return packed;
  if (method !== 8) throw broken();
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const unpacked = new Uint8Array(await new Response(inflated).arrayBuffer());
  if (unpacked.length !== bytes) throw broken();
  return unpacked;
}
