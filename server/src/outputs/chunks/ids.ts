/** Deterministic ids: the same document gives the same chunks, wherever and whenever it is parsed. */
import { createHash } from "node:crypto";

/** The namespace of all chunk ids (made once, random). */
const namespace = Buffer.from("6f1c1f5a0d7a4e0c9a3c2f4be2d05b91", "hex");

/** UUIDv5 (RFC 9562 §5.5) of the parts; no part can run into the next. */
export function makeId(...parts: readonly (string | number)[]): string {
  const hash = createHash("sha1").update(namespace).update(JSON.stringify(parts)).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Stands on a line of its own where the picture or table stood. */
export function placeholderOf(type: "image" | "table", id: string): string {
  const word = type.toUpperCase();
  return `${word}_${id}_${word}`;
}

/** Characters as people and Python count them: code points. */
export function countCharacters(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}
