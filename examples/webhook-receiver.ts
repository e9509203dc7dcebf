/**
 * Receives webhooks and believes only signed ones. The secret (whsec_…) comes from KNOWHERE_WEBHOOK_SECRET.
 * Usage: node --import tsx examples/webhook-receiver.ts [PORT]
 *
 * A receiver needs to check one of the two signatures; this one shows both. They are made over the bytes of the body
 * as they were sent: parse the JSON afterwards. A webhook may come more than once, always under the same webhook-id.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

const secret = process.env["KNOWHERE_WEBHOOK_SECRET"] ?? "";
if (!secret.startsWith("whsec_")) throw new Error("Set KNOWHERE_WEBHOOK_SECRET");
const toleranceS = 300;
/** A real receiver keeps these ids for a day, where its other processes can see them. */
const seen = new Set<string>();

const isEqual = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
/** Old messages are refused: somebody may have kept one to send it again. */
const isFresh = (timestamp: string) => Math.abs(Date.now() / 1000 - Number(timestamp || Number.NaN)) <= toleranceS;

/** X-Knowhere-Signature: t=UNIX,v1=HEX[,v1=HEX]; two while a secret is being rotated. */
function isSigned(header: string, body: Buffer): boolean {
  const parts = header.split(",").map((part) => part.split("="));
  const timestamp = parts.find(([name]) => name === "t")?.[1] ?? "";
  const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
  return isFresh(timestamp) && parts.some(([name, value = ""]) => name === "v1" && isEqual(value, expected));
}

/** webhook-signature: "v1,BASE64 v1,BASE64" (standardwebhooks.com). */
function isSignedByTheStandard(headers: IncomingHttpHeaders, body: Buffer): boolean {
  const timestamp = String(headers["webhook-timestamp"]);
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = createHmac("sha256", key).update(`${headers["webhook-id"]}.${timestamp}.`).update(body);
  const expected = `v1,${signed.digest("base64")}`;
  return (
    isFresh(timestamp) &&
    String(headers["webhook-signature"])
      .split(" ")
      .some((given) => isEqual(given, expected))
  );
}

const server = createServer(async (request, response) => {
  const body = await buffer(request);
  const { headers } = request;
  const believed = isSigned(String(headers["x-knowhere-signature"]), body) && isSignedByTheStandard(headers, body);
  const id = String(headers["webhook-id"]);
  if (believed && !seen.has(id)) {
    seen.add(id);
    const { event, job_id, status } = JSON.parse(body.toString("utf8"));
    console.log(event, job_id, status);
  }
  // Answer soon and do the work elsewhere: after ten seconds the webhook is sent again.
  response.writeHead(believed ? 200 : 401).end();
});
server.listen(Number(process.argv[2] ?? 8000), "127.0.0.1", () =>
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
