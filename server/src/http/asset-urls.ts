/**
 * URLs of single pictures and tables that work without an API key until they expire: what they permit is in their path,
 * under one HMAC-SHA-256. They name the stored package, so they end with it.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { problem } from "@knowhere/contract";
import { readResultKey } from "../jobs/result-keys.ts";

export interface Asset {
  /** Blob key of the package. */
  resultKey: string;
  /** e.g. images/IMAGE_1.png */
  member: string;
}

const sign = (secret: Uint8Array, { resultKey, member }: Asset, expiresS: number) =>
  createHmac("sha256", secret)
    .update(JSON.stringify(["asset", resultKey, member, expiresS]))
    .digest("hex");

/** Absolute, below `baseUrl`; ends at `expiresS` (Unix seconds). */
export function signAssetUrl(asset: Asset, expiresS: number, secret: Uint8Array, baseUrl: string): string {
  const result = asset.resultKey.slice("results/".length, -".zip".length);
  const path = [result, ...asset.member.split("/")].map(encodeURIComponent).join("/");
  return `${baseUrl}/assets/${path}?expires=${expiresS}&signature=${sign(secret, asset, expiresS)}`;
}

export interface AssetRequest {
  /** As in the path: the package's name without its folder and extension. */
  result: string;
  member: string;
  expiresS: number;
  signature: string;
}

/** @throws SIGNED_URL_REFUSED when the signature is not ours or the time is over. */
export function readAssetUrl(
  { result, member, expiresS, signature }: AssetRequest,
  secret: Uint8Array,
  nowS: number,
): Asset {
  const asset = { resultKey: `results/${result}.zip`, member };
  const expected = Buffer.from(sign(secret, asset, expiresS));
  const given = Buffer.from(signature);
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isOurs || !readResultKey(asset.resultKey)) throw problem("SIGNED_URL_REFUSED", { reason: "SIGNATURE_MISMATCH" });
  if (expiresS <= nowS) throw problem("SIGNED_URL_REFUSED", { reason: "URL_EXPIRED" });
  return asset;
}
