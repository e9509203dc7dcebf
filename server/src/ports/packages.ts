/** Single members of stored result ZIPs. */
import type { Readable } from "node:stream";

export interface PackageMember {
  name: string;
  /** Unpacked. */
  bytes: number;
  /** Quoted, as HTTP wants it; changes only with the bytes. */
  etag: string;
  /** Opens the unpacked bytes; whoever opens them reads or destroys them. */
  open(): Promise<Readable>;
}
export interface ResultPackages {
  /** Null when the package (blob `resultKey`) has no such member. Rejects with Problem NOT_FOUND when the blob is gone. */
  member(resultKey: string, name: string): Promise<PackageMember | null>;
}
