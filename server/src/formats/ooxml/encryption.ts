/**
 * Opens Office packages that are encrypted with a password: agile encryption (Office 2010 and later) and standard
 * encryption (Office 2007), MS-OFFCRYPTO 2.3.4. The package inside is an ordinary ZIP afterwards.
 */
import { createDecipheriv, createHash } from "node:crypto";
import { problem } from "@knowhere/contract";
import CFB from "cfb";
import { findElement, type XmlElement } from "../xml/element.ts";
import { readXml } from "../xml/stream.ts";

/** Word writes 100,000; ten times as many still take about a second. */
const maxSpinCount = 1_000_000;
const segmentBytes = 4096;
const blockKeys = {
  verifierInput: "fea7d2763b4b9e79",
  verifierValue: "d7aa0f6d3061344e",
  key: "146e0be7abacd0d6",
} as const;

/** True for an OLE container with an encrypted package inside. */
export function isEncryptedPackage(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    buffer.subarray(0, 8).toString("hex") === "d0cf11e0a1b11ae1" &&
    buffer.includes(Buffer.from("EncryptedPackage", "utf16le"))
  );
}

/**
 * The bytes of the package inside. Throws ENCRYPTED for a wrong password or an encryption that is not read (RC4,
 * certificates), PARSING_FAILED for a damaged container, LIMIT_EXCEEDED for an absurd number of hash rounds.
 */
export async function decryptPackage(bytes: Uint8Array, password: string): Promise<Uint8Array> {
  const { info, sealed } = readStreams(bytes);
  const major = info.readUInt16LE(0);
  const minor = info.readUInt16LE(2);
  try {
    if (major === 4 && minor === 4) return await decryptAgile(info.subarray(8), sealed, password);
    if (minor === 2 && major >= 2 && major <= 4) return decryptStandard(info, sealed, password);
  } catch (error) {
    if (error instanceof Error && "problem" in error) throw error;
    throw problem(
      "PARSING_FAILED",
      { message: "Unable to parse document: its encrypted package is damaged." },
      { cause: error },
    );
  }
  throw problem("ENCRYPTED");
}

function readStreams(bytes: Uint8Array): { info: Buffer; sealed: Buffer } {
  try {
    const container = CFB.read(Buffer.from(bytes), { type: "buffer" });
    const stream = (name: string) => Buffer.from((CFB.find(container, name)?.content ?? []) as Uint8Array);
    const streams = { info: stream("EncryptionInfo"), sealed: stream("EncryptedPackage") };
    if (streams.info.length < 12 || streams.sealed.length < 8) throw new Error("a stream is missing");
    return streams;
  } catch (error) {
    throw problem(
      "PARSING_FAILED",
      { message: "Unable to parse document: its encrypted package is damaged." },
      { cause: error },
    );
  }
}

/** The sealed stream starts with the true length; the rest is padded to whole blocks. */
function trueLength(sealed: Buffer): number {
  return Math.min(Number(sealed.readBigUInt64LE(0)), sealed.length - 8);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** Cut or padded with 0x36 to `length` (MS-OFFCRYPTO 2.3.4.11). */
const fit = (bytes: Buffer, length: number): Buffer =>
  Buffer.concat(
    [bytes, Buffer.alloc(Math.max(0, length - bytes.length), 0x36)],
    Math.max(bytes.length, length),
  ).subarray(0, length);

const hashNames: Readonly<Record<string, string>> = {
  SHA1: "sha1",
  "SHA-1": "sha1",
  SHA256: "sha256",
  SHA384: "sha384",
  SHA512: "sha512",
};

interface Cipher {
  hash: (...parts: Buffer[]) => Buffer;
  salt: Buffer;
  blockBytes: number;
  keyBytes: number;
}

function cipherOf(element: XmlElement | undefined): Cipher {
  const {
    hashAlgorithm = "",
    saltValue = "",
    blockSize = "",
    keyBits = "",
    cipherAlgorithm,
    cipherChaining,
  } = element?.attributes ?? {};
  const name = hashNames[hashAlgorithm];
  if (!name || cipherAlgorithm !== "AES" || cipherChaining !== "ChainingModeCBC") throw problem("ENCRYPTED");
  return {
    hash: (...parts) => createHash(name).update(Buffer.concat(parts)).digest(),
    salt: Buffer.from(saltValue, "base64"),
    blockBytes: Number(blockSize),
    keyBytes: Number(keyBits) / 8,
  };
}

function decryptCbc(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const decipher = createDecipheriv(`aes-${key.length * 8}-cbc` as "aes-256-cbc", key, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(data.subarray(0, data.length - (data.length % 16))), decipher.final()]);
}

async function decryptAgile(xml: Buffer, sealed: Buffer, password: string): Promise<Uint8Array> {
  const root = await readXml([xml], {
    namespaces: {
      "http://schemas.microsoft.com/office/2006/encryption": "",
      "http://schemas.microsoft.com/office/2006/keyEncryptor/password": "p",
    },
  });
  const data = cipherOf(findElement(root, "keyData"));
  const keyElement = findElement(root, "p:encryptedKey");
  const lock = cipherOf(keyElement);
  const spinCount = Number(keyElement?.attributes["spinCount"]);
  if (!(spinCount >= 0 && spinCount <= maxSpinCount)) throw problem("LIMIT_EXCEEDED", { limit: "hash rounds" });
  let digest = lock.hash(lock.salt, Buffer.from(password, "utf16le"));
  for (let round = 0; round < spinCount; round++) digest = lock.hash(int32(round), digest);
  const open = (blockKey: string, value: string): Buffer =>
    decryptCbc(
      fit(lock.hash(digest, Buffer.from(blockKey, "hex")), lock.keyBytes),
      fit(lock.salt, lock.blockBytes),
      Buffer.from(keyElement?.attributes[value] ?? "", "base64"),
    );
  const input = open(blockKeys.verifierInput, "encryptedVerifierHashInput").subarray(0, lock.salt.length);
  const expected = lock.hash(input);
  if (!open(blockKeys.verifierValue, "encryptedVerifierHashValue").subarray(0, expected.length).equals(expected))
    throw problem("ENCRYPTED");
  const key = open(blockKeys.key, "encryptedKeyValue").subarray(0, data.keyBytes);
  const out: Buffer[] = [];
  for (let at = 8, segment = 0; at < sealed.length; at += segmentBytes, segment++) {
    out.push(
      decryptCbc(
        key,
        fit(data.hash(data.salt, int32(segment)), data.blockBytes),
        sealed.subarray(at, at + segmentBytes),
      ),
    );
  }
  return Buffer.concat(out).subarray(0, trueLength(sealed));
}

function decryptStandard(info: Buffer, sealed: Buffer, password: string): Uint8Array {
  const sha1 = (...parts: Buffer[]) => createHash("sha1").update(Buffer.concat(parts)).digest();
  const headerBytes = info.readUInt32LE(8);
  const algorithm = info.readUInt32LE(12 + 8);
  const keyBytes = info.readUInt32LE(12 + 16) / 8;
  // AES-128, -192 and -256; the RC4 of other files is not read.
  if (![0x660e, 0x660f, 0x6610].includes(algorithm) || ![16, 24, 32].includes(keyBytes)) throw problem("ENCRYPTED");
  const verifier = info.subarray(12 + headerBytes);
  let digest = sha1(verifier.subarray(4, 20), Buffer.from(password, "utf16le"));
  for (let round = 0; round < 50_000; round++) digest = sha1(int32(round), digest);
  const last = sha1(digest, int32(0));
  const masked = (mask: number) => sha1(Buffer.from(Array.from({ length: 64 }, (_, at) => mask ^ (last[at] ?? 0))));
  const key = Buffer.concat([masked(0x36), masked(0x5c)]).subarray(0, keyBytes);
  const decrypt = (data: Buffer): Buffer => {
    const decipher = createDecipheriv(`aes-${keyBytes * 8}-ecb` as "aes-128-ecb", key, null).setAutoPadding(false);
    return Buffer.concat([decipher.update(data.subarray(0, data.length - (data.length % 16))), decipher.final()]);
  };
  const expected = sha1(decrypt(verifier.subarray(20, 36)));
  if (!decrypt(verifier.subarray(40, 72)).subarray(0, 20).equals(expected)) throw problem("ENCRYPTED");
  return decrypt(sealed.subarray(8)).subarray(0, trueLength(sealed));
}
