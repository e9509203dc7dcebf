/** Addresses that a caller may not send the server to, through the front door: as a source and as a webhook. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFetcher, type Resolve } from "../adapters/system/fetcher.ts";
import { type HttpHouse, openHttpHouse } from "../testing/http-house.ts";

const names: Record<string, string[]> = {
  "inside.test": ["10.0.0.1"],
  "loop.test": ["127.0.0.1"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "mixed.test": ["8.8.8.8", "127.0.0.1"],
  "metadata.test": ["169.254.169.254"],
};
const resolve: Resolve = (hostname, done) => {
  const addresses = names[hostname] ?? (hostname === "localhost" ? ["127.0.0.1"] : []);
  if (addresses.length === 0) done(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }), []);
  else
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
};

let house: HttpHouse;
let inside: Server;
let port: number;
let arrivals = 0;
const fetcher = createFetcher({ resolve });
beforeAll(async () => {
  inside = createServer((_request, response) => {
    arrivals += 1;
    response.end("inside");
  });
  await new Promise<void>((done) => inside.listen(0, "127.0.0.1", done));
  port = (inside.address() as AddressInfo).port;
  house = await openHttpHouse({}, { fetcher });
});
afterAll(async () => {
  await house.close();
  await fetcher.close();
  inside.close();
});

const hosts = [
  "127.0.0.1",
  "127.1",
  "localhost",
  "LOCALHOST.",
  "0x7f000001",
  "2130706433",
  "0177.0.0.1",
  "0.0.0.0",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[64:ff9b::7f00:1]",
  "[fe80::1]",
  "[fd00::1]",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "user:pass@127.0.0.1",
  "public.example@127.0.0.1",
  ...Object.keys(names),
  "unknown.test",
];
const others = [
  "file:///etc/passwd",
  "gopher://127.0.0.1/_x",
  "ftp://127.0.0.1/x.pdf",
  "data:application/pdf,x",
  "//127.0.0.1/x.pdf",
  "http://",
  "http://[::1",
  "javascript:alert(1)",
];

describe("an address inside", () => {
  it.each(
    [...hosts.map((host) => (at: number) => `http://${host}:${at}/x.pdf`), ...others.map((url) => () => url)].map(
      (make) => [make(0).replace(":0/", "/"), make] as const,
    ),
  )("%s is fetched from by nobody's order", async (_name, make) => {
    const url = make(port);
    const before = house.jobs.all().length;
    for (const body of [
      { source_type: "url", source_url: url },
      { source_type: "file", file_name: "a.pdf", webhook: { url } },
    ]) {
      const sent = await house.send("POST", "/v1/jobs", { body });
      expect([sent.status, sent.json.error.code]).toEqual([400, "INVALID_ARGUMENT"]);
      // Nothing about what is there, or whether anything is.
      expect(sent.text).not.toMatch(/ECONN|refused|inside"|10\.0\.0\.1 /);
    }
    expect(house.jobs.all()).toHaveLength(before);
    expect(arrivals).toBe(0);
  });
});
