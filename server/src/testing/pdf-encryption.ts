/**
 * Passwords of test PDFs: the standard security handler, revision 3, RC4 with 128 bits (ISO 32000-1, 7.6.3).
 * Only streams are encrypted; such files hold no strings.
 */
import { createHash } from "node:crypto";

export const fileId = Buffer.alloc(16, 7);
const padding = Buffer.from("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a", "hex");
const md5 = (...parts: Buffer[]): Buffer => createHash("md5").update(Buffer.concat(parts)).digest();

function rc4(key: Buffer, data: Buffer): Buffer {
  const s = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + s[i]! + key[i % key.length]!) & 255;
    [s[i], s[j]] = [s[j]!, s[i]!];
  }
  const out = Buffer.alloc(data.length);
  for (let n = 0, i = 0, j = 0; n < data.length; n++) {
    i = (i + 1) & 255;
    j = (j + s[i]!) & 255;
    [s[i], s[j]] = [s[j]!, s[i]!];
    out[n] = data[n]! ^ s[(s[i]! + s[j]!) & 255]!;
  }
  return out;
}

export function keysOf(password: string): { key: Buffer; owner: Buffer; user: Buffer } {
  const padded = Buffer.concat([Buffer.from(password, "latin1"), padding]).subarray(0, 32);
  let ownerKey = md5(padded);
  for (let i = 0; i < 50; i++) ownerKey = md5(ownerKey);
  const rounds = (data: Buffer, key: Buffer): Buffer => {
    let out = data;
    for (let i = 0; i < 20; i++) out = rc4(Buffer.from(key.map((byte) => byte ^ i)), out);
    return out;
  };
  const owner = rounds(padded, ownerKey);
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(-4);
  let key = md5(padded, owner, permissions, fileId);
  for (let i = 0; i < 50; i++) key = md5(key);
  const user = Buffer.concat([rounds(md5(padding, fileId), key), Buffer.alloc(16)]);
  return { key, owner, user };
}

export function encryptStream(data: Buffer, object: number, key: Buffer): Buffer {
  const suffix = Buffer.from([object & 255, (object >> 8) & 255, (object >> 16) & 255, 0, 0]);
  return rc4(md5(key, suffix).subarray(0, 16), data);
}
