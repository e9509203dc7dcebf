/**
 * A finished package made that of another job: all members are copied as they are packed, and the manifest, which is
 * the last one, is written anew. PKWARE APPNOTE 4.3.7 (local header), 4.3.12 (central header), 4.3.16 (end record).
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { type Manifest, packageMembers } from "@knowhere/contract";

export interface NewAddress {
  jobId: string;
  dataId: string | null;
  /** ISO 8601. */
  startedAt: string;
  durationMs: number;
}
export interface ReaddressedPackage {
  bytes: number;
  sha256: string;
  manifest: Manifest;
}

const localSize = 30;
const centralSize = 46;
const endSize = 22;
const maxManifestBytes = 64 * 1024 * 1024;
const descriptorFlag = 0x08;

/** @throws Error when the file is not laid out as our writer does it. Leaves nothing at `to` then. */
export async function readdressPackage(from: string, to: string, address: NewAddress): Promise<ReaddressedPackage> {
  const { start, local, central, lastCentral, manifest: old } = await readLayout(from);
  const manifest = renew(old, address);
  const content = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const packed = deflateRawSync(content);

  const header = Buffer.from(local);
  setSizes(header, 6, 14, crc32(content), packed.length, content.length);
  const directory = Buffer.from(central);
  const record = directory.subarray(lastCentral);
  setSizes(record, 8, 16, crc32(content), packed.length, content.length);
  const end = Buffer.alloc(endSize);
  const count = countRecords(directory);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(start + header.length + packed.length, 16);

  const hash = createHash("sha256");
  let bytes = 0;
  const tail = Buffer.concat([header, packed, directory, end]);
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      hash.update(tail);
      bytes += tail.length;
      done(null, tail);
    },
  });
  try {
    await pipeline(createReadStream(from, { start: 0, end: start - 1 }), measure, createWriteStream(to));
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest("hex"), manifest };
}

function renew(manifest: Manifest, { jobId, dataId, startedAt, durationMs }: NewAddress): Manifest {
  const startedMs = Date.parse(startedAt);
  return {
    ...manifest,
    job_id: jobId,
    data_id: dataId,
    processing_date: new Date(startedMs).toISOString(),
    processing: {
      ...manifest.processing,
      timing: {
        started_at: new Date(startedMs).toISOString(),
        completed_at: new Date(startedMs + durationMs).toISOString(),
        duration_ms: durationMs,
      },
    },
  };
}

/** Where the manifest begins, its headers, its content, and the central directory with the place of its last record. */
async function readLayout(path: string) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number) => {
      check(position >= 0 && length >= 0 && position + length <= size && length <= maxManifestBytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      check(bytesRead === length);
      return buffer;
    };
    const end = await read(size - endSize, endSize);
    check(end.readUInt32LE(0) === 0x06054b50 && end.readUInt16LE(10) < 0xffff && end.readUInt32LE(16) < 0xffffffff);
    const central = await read(end.readUInt32LE(16), end.readUInt32LE(12));
    const lastCentral = findLastRecord(central);
    const record = central.subarray(lastCentral);
    const nameLength = record.readUInt16LE(28);
    check(record.subarray(centralSize, centralSize + nameLength).toString() === packageMembers.manifest);
    check(record.readUInt16LE(10) === 8);
    const start = record.readUInt32LE(42);
    const fixed = await read(start, localSize);
    check(fixed.readUInt32LE(0) === 0x04034b50);
    const local = await read(start, localSize + fixed.readUInt16LE(26) + fixed.readUInt16LE(28));
    const packed = await read(start + local.length, record.readUInt32LE(20));
    const content = inflateRawSync(packed, { maxOutputLength: maxManifestBytes });
    return { start, local, central, lastCentral, manifest: JSON.parse(content.toString("utf8")) as Manifest };
  } finally {
    await file.close();
  }
}

function* records(central: Buffer): Generator<number> {
  for (let at = 0; at < central.length; ) {
    check(at + centralSize <= central.length && central.readUInt32LE(at) === 0x02014b50);
    yield at;
    at += centralSize + central.readUInt16LE(at + 28) + central.readUInt16LE(at + 30) + central.readUInt16LE(at + 32);
  }
}
function findLastRecord(central: Buffer): number {
  let last = -1;
  for (const at of records(central)) last = at;
  check(last >= 0);
  return last;
}
const countRecords = (central: Buffer): number => [...records(central)].length;

/** The sizes stand in the header itself from here on, not behind the data. */
function setSizes(header: Buffer, flagsAt: number, crcAt: number, crc: number, packed: number, unpacked: number): void {
  header.writeUInt16LE(header.readUInt16LE(flagsAt) & ~descriptorFlag, flagsAt);
  header.writeUInt32LE(crc, crcAt);
  header.writeUInt32LE(packed, crcAt + 4);
  header.writeUInt32LE(unpacked, crcAt + 8);
}

function check(fits: boolean): asserts fits {
  if (!fits) throw new Error("not a package as our writer lays it out");
}
