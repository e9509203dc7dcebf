/** Damage inside containers: the ZIP is whole again afterwards, so that the reader gets to see what was changed in it. */
import { inflateRawSync } from "node:zlib";
import CFB from "cfb";
import yazl from "yazl";
import { mutateBytes } from "./byte-mutations.ts";
import type { Random } from "./random.ts";
import { mutateXml } from "./xml-mutations.ts";

type Members = Map<string, Uint8Array>;

/** The members of a ZIP that we have written ourselves; nothing here is fit for foreign ones. */
export function readMembers(zip: Uint8Array): Members {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const members: Members = new Map();
  const end = bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const method = bytes.readUInt16LE(at + 10);
    const packedBytes = bytes.readUInt32LE(at + 20);
    const nameBytes = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + packedBytes);
    members.set(bytes.toString("utf8", at + 46, at + 46 + nameBytes), method === 0 ? packed : inflateRawSync(packed));
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return members;
}

/** A ZIP of the members in their order. */
export async function writeMembers(members: Iterable<readonly [string, Uint8Array]>): Promise<Uint8Array> {
  const zip = new yazl.ZipFile();
  // A mimetype member must be stored, as OpenDocument and EPUB ask for.
  for (const [name, bytes] of members)
    zip.addBuffer(Buffer.from(bytes), name, { compress: name !== "mimetype", mtime: new Date(0) });
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const isXml = (bytes: Uint8Array): boolean => bytes[0] === 0x3c;

/** Changes one member (or the list of members) of a ZIP. */
export async function mutateZip(zip: Uint8Array, random: Random): Promise<{ bytes: Uint8Array; how: string }> {
  const members = readMembers(zip);
  const names = [...members.keys()];
  // The larger of two: what is long has more to go wrong, and a spoilt type declaration ends a run before it begins.
  const [one, two] = [random.pick(names), random.pick(names)];
  const name = members.get(one)!.length > members.get(two)!.length ? one : two;
  const content = members.get(name)!;
  const chance = random.below(20);
  if (chance === 0) {
    members.delete(name);
    return { bytes: await writeMembers(members), how: `drop ${name}` };
  }
  if (chance === 1) {
    const other = random.pick(names);
    members.set(name, members.get(other)!);
    return { bytes: await writeMembers(members), how: `${other} as ${name}` };
  }
  if (chance === 2) return { bytes: await writeMembers([...members, [name, Buffer.alloc(0)]]), how: `twice ${name}` };
  if (!isXml(content) || chance < 5) {
    const { bytes, how } = mutateBytes(content, random);
    members.set(name, bytes);
    return { bytes: await writeMembers(members), how: `${how} in ${name}` };
  }
  const { xml, how } = mutateXml(Buffer.from(content).toString("utf8"), random);
  members.set(name, Buffer.from(xml));
  return { bytes: await writeMembers(members), how: `${how} in ${name}` };
}

/** Changes one stream of an OLE compound file; the container's own tables are whole again afterwards. */
export function mutateCompound(file: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const container = CFB.read(Buffer.from(file), { type: "buffer" });
  const streams = container.FileIndex.filter((entry) => entry.type === 2 && entry.content?.length > 0);
  if (streams.length === 0) return mutateBytes(file, random);
  const stream = random.pick(streams);
  const { bytes, how } = mutateBytes(Uint8Array.from(stream.content), random);
  stream.content = Buffer.from(bytes);
  stream.size = bytes.length;
  return { bytes: CFB.write(container, { type: "buffer" }) as Buffer, how: `${how} in ${stream.name}` };
}

/** Changes what an object of a PDF refers to: itself, a stranger, or nothing. Readers rebuild the table of offsets. */
export function mutatePdf(file: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const text = Buffer.from(file).toString("latin1");
  const references = [...text.matchAll(/\b(\d+) 0 R\b/g)];
  const found = random.pick(references);
  const other = random.below(8) === 0 ? 99_999 : Number(random.pick(references)[1]);
  const changed = `${text.slice(0, found.index)}${other} 0 R${text.slice(found.index + found[0].length)}`;
  return { bytes: Buffer.from(changed, "latin1"), how: `reference to ${found[1]} becomes ${other}` };
}
