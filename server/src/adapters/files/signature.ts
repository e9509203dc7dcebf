/** Presigned URLs of the folder store: everything a URL permits is in its query, under one HMAC-SHA-256. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Permit {
  method: "GET" | "PUT";
  key: string;
  /** Unix seconds. */
  expires: number;
  contentType: string;
  /** PUT: most bytes. */
  maxBytes?: number;
  /** GET: name under which the file is saved. */
  fileName?: string;
}

export type Refusal = "missing" | "malformed" | "mismatch" | "expired";

function signPermit(secret: Uint8Array, { method, key, expires, contentType, maxBytes, fileName }: Permit): Buffer {
  // JSON keeps the fields apart whatever they hold.
  const signed = JSON.stringify(["v1", method, key, expires, contentType, maxBytes ?? null, fileName ?? null]);
  return createHmac("sha256", secret).update(signed).digest();
}

/** Path and query of a presigned URL below `prefix`. */
export function writePermit(secret: Uint8Array, prefix: string, permit: Permit): string {
  const { method, key, expires, contentType, maxBytes, fileName } = permit;
  const query = [`method=${method}`, `expires=${expires}`, `type=${encodeURIComponent(contentType)}`];
  if (maxBytes !== undefined) query.push(`max=${maxBytes}`);
  if (fileName !== undefined) query.push(`name=${encodeURIComponent(fileName)}`);
  query.push(`signature=${signPermit(secret, permit).toString("hex")}`);
  return `${prefix}/${key.split("/").map(encodeURIComponent).join("/")}?${query.join("&")}`;
}

/** What the URL permits, or why it permits nothing. A wrong signature is told before anything else about the URL. */
export function readPermit(secret: Uint8Array, prefix: string, url: string, nowS: number): Permit | Refusal {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  const signature = query.get("signature");
  if (signature === null || !query.has("expires")) return "missing";
  const method = query.get("method");
  const max = query.get("max");
  const name = query.get("name");
  let key: string;
  try {
    key = path
      .slice(prefix.length + 1)
      .split("/")
      .map(decodeURIComponent)
      .join("/");
  } catch {
    return "malformed";
  }
  if ((method !== "GET" && method !== "PUT") || !/^[0-9a-f]{64}$/.test(signature)) return "malformed";
  const permit: Permit = {
    method,
    key,
    expires: Number(query.get("expires")),
    contentType: query.get("type") ?? "",
    ...(max === null ? {} : { maxBytes: Number(max) }),
    ...(name === null ? {} : { fileName: name }),
  };
  if (!timingSafeEqual(signPermit(secret, permit), Buffer.from(signature, "hex"))) return "mismatch";
  return permit.expires > nowS ? permit : "expired";
}
