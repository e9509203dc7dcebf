/** Checksums that an uploader may send along: Content-MD5 (RFC 1864) and x-amz-checksum-sha256, both base64. */
import type { IncomingHttpHeaders } from "node:http";
import { StorageError } from "./storage-error.ts";

export interface Digests {
  md5?: string;
  sha256?: string;
}

/** The announced digests as hex; a malformed one is refused before the bytes are read. */
export function readDigests(headers: IncomingHttpHeaders): Digests {
  const digests: Digests = {};
  for (const [name, header, bytes] of [
    ["md5", "content-md5", 16],
    ["sha256", "x-amz-checksum-sha256", 32],
  ] as const) {
    const text = headers[header];
    if (text === undefined) continue;
    const digest = Buffer.from(String(text), "base64");
    if (digest.length !== bytes) throw new StorageError("InvalidDigest", `The ${header} you specified is not valid.`);
    digests[name] = digest.toString("hex");
  }
  return digests;
}

export function checkDigests(announced: Digests, received: { md5: string; sha256: string }): void {
  for (const name of ["md5", "sha256"] as const) {
    if (announced[name] !== undefined && announced[name] !== received[name]) {
      throw new StorageError("BadDigest", `The ${name} you specified did not match what we received.`);
    }
  }
}
