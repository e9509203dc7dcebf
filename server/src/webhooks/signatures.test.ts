import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signMessage } from "./signatures.ts";

const message = { id: "msg_1", timestamp: 1_700_000_000, body: '{"a":"é"}' };
const secret = `whsec_${"ab".repeat(32)}`;

describe("webhook signatures", () => {
  it("sign time and body with the whole secret, as receivers of the hosted service check it", () => {
    const { "x-knowhere-signature": header } = signMessage(message, [secret]);
    const [time, signature] = header!.split(",");
    expect(time).toBe("t=1700000000");
    expect(signature).toBe(
      `v1=${createHmac("sha256", secret).update(`1700000000.${message.body}`, "utf8").digest("hex")}`,
    );
  });

  it("sign id, time and body by Standard Webhooks, keyed with the decoded secret", () => {
    const headers = signMessage(message, [secret]);
    const key = Buffer.from("ab".repeat(32), "base64");
    expect(headers["webhook-signature"]).toBe(
      `v1,${createHmac("sha256", key).update(`msg_1.1700000000.${message.body}`).digest("base64")}`,
    );
    expect(headers).toMatchObject({ "webhook-id": "msg_1", "webhook-timestamp": "1700000000" });
  });

  it("hold one signature a secret while an old one retires, the newest first", () => {
    const other = `whsec_${"cd".repeat(32)}`;
    const both = signMessage(message, [secret, other]);
    const alone = signMessage(message, [other]);
    expect(both["x-knowhere-signature"]!.match(/v1=/g)).toHaveLength(2);
    expect(both["webhook-signature"]!.split(" ")[1]).toBe(alone["webhook-signature"]);
  });
});
