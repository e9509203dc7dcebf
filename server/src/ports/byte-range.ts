/** Range and conditional requests (RFC 9110 §13, §14) over bytes of a known length. */

export interface Ranged {
  bytes: number;
  /** Quoted. */
  etag: string;
  modifiedAt?: Date;
}

/** Inclusive; null: the whole. Several ranges in one request are answered with the whole, as the RFC allows. */
export function parseRange(
  header: string | undefined,
  ifRange: string | undefined,
  info: Ranged,
): { start: number; end: number } | null | "unsatisfiable" {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (!found || (found[1] === "" && found[2] === "")) return null;
  if (ifRange !== undefined && ifRange !== info.etag && ifRange !== info.modifiedAt?.toUTCString()) return null;
  const last = info.bytes - 1;
  if (found[1] === "") {
    const suffix = Number(found[2]);
    return suffix === 0 || last < 0 ? "unsatisfiable" : { start: Math.max(0, info.bytes - suffix), end: last };
  }
  const start = Number(found[1]);
  const end = found[2] === "" ? last : Math.min(Number(found[2]), last);
  if (found[2] !== "" && Number(found[2]) < start) return null;
  return start > last ? "unsatisfiable" : { start, end };
}

/** `If-Match` and `If-None-Match`: a list of tags or `*`. */
export function matchesEtag(header: string, etag: string): boolean {
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}
