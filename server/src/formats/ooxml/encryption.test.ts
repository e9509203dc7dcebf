import { createCipheriv, createHash } from "node:crypto";
import CFB from "cfb";
import { describe, expect, it } from "vitest";
import { decryptPackage, isEncryptedPackage } from "./encryption.ts";

const sha512 = (...parts: Uint8Array[]) => createHash("sha512").update(Buffer.concat(parts)).digest();
const int32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const padded = (bytes: Buffer, block = 16) =>
  Buffer.concat([bytes, Buffer.alloc((block - (bytes.length % block)) % block)]);
const salt = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");

function seal(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded(data)), cipher.final()]);
}

/** The agile scheme the other way round (MS-OFFCRYPTO 2.3.4.11–15), with few hash rounds. */
function encrypt(content: Buffer, password: string, spinCount = 10): Uint8Array {
  let digest = sha512(salt, Buffer.from(password, "utf16le"));
  for (let round = 0; round < Math.min(spinCount, 10); round++) digest = sha512(int32(round), digest);
  const lock = (blockKey: string, data: Buffer) =>
    seal(sha512(digest, Buffer.from(blockKey, "hex")).subarray(0, 32), salt, data).toString("base64");
  const key = Buffer.alloc(32, 7);
  const input = Buffer.alloc(16, 9);
  const algorithm =
    'blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltSize="16"';
  const info = `<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:k="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyData ${algorithm} saltValue="${salt.toString("base64")}"/><keyEncryptors><keyEncryptor><k:encryptedKey spinCount="${spinCount}" ${algorithm} saltValue="${salt.toString("base64")}" encryptedVerifierHashInput="${lock("fea7d2763b4b9e79", input)}" encryptedVerifierHashValue="${lock("d7aa0f6d3061344e", sha512(input))}" encryptedKeyValue="${lock("146e0be7abacd0d6", key)}"/></keyEncryptor></keyEncryptors></encryption>`;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  const segments: Buffer[] = [length];
  for (let at = 0, segment = 0; at < content.length; at += 4096, segment++)
    segments.push(seal(key, sha512(salt, int32(segment)), content.subarray(at, at + 4096)));
  const container = CFB.utils.cfb_new();
  CFB.utils.cfb_add(
    container,
    "EncryptionInfo",
    Buffer.concat([Buffer.from([4, 0, 4, 0, 0x40, 0, 0, 0]), Buffer.from(info)]),
  );
  CFB.utils.cfb_add(container, "EncryptedPackage", Buffer.concat(segments));
  return new Uint8Array(CFB.write(container, { type: "buffer" }) as Buffer);
}

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => "no problem",
    (error) => error.problem,
  );

describe("decryptPackage", () => {
  const content = Buffer.from("PK and then some ".repeat(600));

  it("gives back the package under the right password, over several segments", async () => {
    const sealed = encrypt(content, "geheim ä");
    expect(isEncryptedPackage(sealed)).toBe(true);
    expect(Buffer.from(await decryptPackage(sealed, "geheim ä")).equals(content)).toBe(true);
  });

  it("refuses a wrong password, absurd hash rounds and damaged containers by name", async () => {
    expect(await problemOf(decryptPackage(encrypt(content, "right"), "wrong"))).toBe("ENCRYPTED");
    expect(await problemOf(decryptPackage(encrypt(content, "x", 2_000_000_000), "x"))).toBe("LIMIT_EXCEEDED");
    expect(await problemOf(decryptPackage(encrypt(content, "x").subarray(0, 700), "x"))).toBe("PARSING_FAILED");
  });
});
