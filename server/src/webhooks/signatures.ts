/**
 * Two signatures over the very bytes that are sent: the hosted service's `X-Knowhere-Signature: t=…,v1=…`
 * (HMAC-SHA256 in hex, keyed with the whole secret string) and Standard Webhooks' `webhook-*` headers
 * (HMAC-SHA256 in base64, keyed with the decoded part after `whsec_`; https://www.standardwebhooks.com).
 */
import { createHmac } from "node:crypto";

export interface SignedMessage {
  id: string;
  /** Unix seconds. */
  timestamp: number;
  body: string;
}

/** Headers that prove the message under every given secret, the newest first; none of them holds a secret. */
export function signMessage(
  { id, timestamp, body }: SignedMessage,
  secrets: readonly string[],
): Record<string, string> {
  const hexes = secrets.map((secret) => createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex"));
  const standard = secrets.map((secret) =>
    createHmac("sha256", Buffer.from(secret.replace(/^whsec_/, ""), "base64"))
      .update(`${id}.${timestamp}.${body}`)
      .digest("base64"),
  );
  return {
    "x-knowhere-signature": [`t=${timestamp}`, ...hexes.map((hex) => `v1=${hex}`)].join(","),
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": standard.map((signature) => `v1,${signature}`).join(" "),
  };
}
