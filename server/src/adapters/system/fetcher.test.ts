import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Problem } from "@knowhere/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { allowAddresses } from "./addresses.ts";
import { createFetcher, type Resolve } from "./fetcher.ts";

async function problemOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => "no problem",
    (thrown: unknown) => thrown,
  );
  return error instanceof Problem ? error.problem : error;
}

describe("the address rule", () => {
  const isAllowed = allowAddresses([]);
  it.each([
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "fe80::1%eth0",
    "[::1]",
    "not an address",
    "",
  ])("refuses %s", (address) => {
    expect(isAllowed(address)).toBe(false);
  });
  it.each(["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])("allows %s", (address) => {
    expect(isAllowed(address)).toBe(true);
  });
  it("allows what the given networks hold, mapped forms too, and nothing else", () => {
    const rule = allowAddresses(["127.0.0.0/8", "fd00::/8"]);
    expect(["127.0.0.1", "::ffff:127.0.0.1", "fd00::1"].map(rule)).toEqual([true, true, true]);
    expect(["10.0.0.1", "::1", "fc00::1"].map(rule)).toEqual([false, false, false]);
  });
});

describe("the fetcher", () => {
  let server: Server;
  let base: string;
  let port: number;
  let dir: string;
  const seen: IncomingMessage[] = [];
  const routes: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
    "/a.pdf": (_req, res) => res.setHeader("Content-Type", "application/pdf").end("%PDF-1.7"),
    "/gzip": (_req, res) => res.setHeader("Content-Encoding", "gzip").end(gzipSync("x".repeat(5000))),
    "/missing": (_req, res) => res.writeHead(404).end("nothing"),
    "/loop": (_req, res) => res.writeHead(302, { Location: "/loop" }).end(),
    "/hops/5": (_req, res) => res.writeHead(301, { Location: "/hops/4" }).end(),
    "/hops/4": (_req, res) => res.writeHead(302, { Location: "/hops/3" }).end(),
    "/hops/3": (_req, res) => res.writeHead(303, { Location: "/hops/2" }).end(),
    "/hops/2": (_req, res) => res.writeHead(307, { Location: "/hops/1" }).end(),
    "/hops/1": (_req, res) => res.writeHead(308, { Location: "a.pdf" }).end(),
    "/hops/a.pdf": (_req, res) => res.end("arrived"),
    "/to-metadata": (_req, res) => res.writeHead(302, { Location: "http://169.254.169.254/latest/meta-data/" }).end(),
    "/to-name": (_req, res) => res.writeHead(302, { Location: "http://private.test/" }).end(),
    "/to-file": (_req, res) => res.writeHead(302, { Location: "file:///etc/passwd" }).end(),
    "/to-user": (_req, res) => res.writeHead(302, { Location: `http://user:pass@127.0.0.1:${port}/a.pdf` }).end(),
    "/endless": (_req, res) => {
      res.on("drain", () => res.write(Buffer.alloc(65536)));
      while (res.write(Buffer.alloc(65536)));
    },
    "/announced": (_req, res) => res.writeHead(200, { "Content-Length": 10_000_000 }).write("x"),
    "/silent": (_req, res) => res.write("x"),
    "/busy": (_req, res) => res.writeHead(429, { "Retry-After": "7" }).end(),
    "/to-closed": (_req, res) => res.writeHead(302, { Location: "http://127.0.0.1:1/" }).end(),
    "/cut": (_req, res) => res.writeHead(200, { "Content-Length": 100 }).write("x", () => res.destroy()),
    "/hook": (req, res) => {
      const chunks: Buffer[] = [];
      req
        .on("data", (chunk) => chunks.push(chunk))
        .on("end", () => res.writeHead(500).end(`${Buffer.concat(chunks)}${"y".repeat(100_000)}`));
    },
  };
  const names: Record<string, string[]> = {
    "public.test": ["127.0.0.1"],
    "private.test": ["10.0.0.1"],
    "mixed.test": ["127.0.0.1", "10.0.0.1"],
    "mapped.test": ["::ffff:10.0.0.1"],
  };
  let asked = 0;
  const resolve: Resolve = (hostname, done) => {
    asked++;
    const addresses = hostname === "rebound.test" ? [asked % 2 ? "127.0.0.1" : "192.168.0.1"] : names[hostname];
    if (hostname === "troubled.test") return done(Object.assign(new Error("try again"), { code: "EAI_AGAIN" }), []);
    if (!addresses) return done(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }), []);
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  // 127/8 stands for the public internet, because there is none in a test.
  const fetcher = createFetcher({ allowCidrs: ["127.0.0.0/8"], resolve });
  const strict = createFetcher({ resolve });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "knowhere-fetch-"));
    server = createServer((req, res) => {
      seen.push(req);
      (routes[req.url ?? ""] ?? routes["/missing"]!)(req, res);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    port = (server.address() as AddressInfo).port;
    base = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    for (const name of await readdir(dir)) await rm(join(dir, name));
  });
  afterAll(async () => {
    await Promise.all([fetcher.close(), strict.close()]);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await rm(dir, { recursive: true });
  });

  const download = (url: string, maxBytes = 1_000_000, timeoutMs = 5_000) =>
    fetcher.download(url, join(dir, "file"), { maxBytes, timeoutMs });

  it("downloads into a file and says what came", async () => {
    const fetched = await download(`${base}/a.pdf`);
    expect(fetched).toMatchObject({
      url: `${base}/a.pdf`,
      status: 200,
      bytes: 8,
      headers: { "content-type": "application/pdf" },
    });
    expect(await readFile(join(dir, "file"), "utf8")).toBe("%PDF-1.7");
  });

  it("follows five redirects and not a sixth", async () => {
    expect((await download(`${base}/hops/5`)).url).toBe(`${base}/hops/a.pdf`);
    expect(await problemOf(download(`${base}/loop`))).toBe("DOWNLOAD_FAILED");
  });

  it.each([
    "http://127.0.0.1:1/",
    "http://localhost:1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://10.1.2.3/",
    "http://169.254.169.254/",
    "http://100.64.1.1/",
    "http://0.0.0.0/",
    "http://0/",
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://example.com/",
    "data:text/plain,x",
    "javascript:1",
    "http://user:pass@8.8.8.8/",
    "http://user@8.8.8.8/",
    "//example.com/a",
    "nonsense",
    "",
  ])("refuses %j without asking anyone", async (url) => {
    names["localhost"] = ["127.0.0.1"];
    expect(await problemOf(strict.check(url))).toBe("URL_NOT_ALLOWED");
    expect(await problemOf(strict.download(url, join(dir, "file"), { maxBytes: 10, timeoutMs: 1000 }))).toBe(
      "URL_NOT_ALLOWED",
    );
    expect(await problemOf(strict.head(url, { timeoutMs: 1000 }))).toBe("URL_NOT_ALLOWED");
    expect(
      await problemOf(strict.post(url, { headers: {}, body: Buffer.from(""), timeoutMs: 1000, maxAnswerBytes: 10 })),
    ).toBe("URL_NOT_ALLOWED");
  });

  it.each(["private.test", "mixed.test", "mapped.test"])("refuses %s for what it resolves to", async (host) => {
    expect(await problemOf(fetcher.check(`http://${host}:${port}/a.pdf`))).toBe("URL_NOT_ALLOWED");
    expect(await problemOf(download(`http://${host}:${port}/a.pdf`))).toBe("URL_NOT_ALLOWED");
  });

  it("checks the address that it connects to, not the one of an earlier question", async () => {
    asked = 0;
    const url = `http://rebound.test:${port}/a.pdf`;
    await fetcher.check(url);
    expect(await problemOf(download(url))).toBe("URL_NOT_ALLOWED");
  });

  it.each(["/to-metadata", "/to-name", "/to-file", "/to-user"])(
    "checks the target of the redirect %s",
    async (path) => {
      expect(await problemOf(download(base + path))).toBe("URL_NOT_ALLOWED");
      expect(await problemOf(fetcher.head(base + path, { timeoutMs: 1000 }))).toBe("URL_NOT_ALLOWED");
    },
  );

  it("tells an unknown name from a name server in trouble", async () => {
    expect(await problemOf(fetcher.check("http://unknown.test/"))).toBe("URL_NOT_ALLOWED");
    expect(await problemOf(fetcher.check("http://troubled.test/"))).toBe("no problem");
    expect(await problemOf(download("http://troubled.test/"))).toBe("DOWNLOAD_FAILED");
  });

  it.each(["/missing", "/cut", "/silent"])("fails on %s and leaves no file", async (path) => {
    expect(await problemOf(download(base + path, 1_000_000, 300))).toBe("DOWNLOAD_FAILED");
    expect(await readdir(dir)).toEqual([]);
  });

  it("says which host failed, how, and what to do, of a redirect's target too", async () => {
    const told = async (url: string, timeoutMs = 5000) => {
      const { details, cause } = await download(url, 1000, timeoutMs).catch((error) => error);
      const { http_status, retry_after, violations } = details;
      return { text: violations[0].description, code: cause?.code, http_status, retry_after };
    };
    const host = `127.0.0.1:${port}`;
    const refused = {
      text: "127.0.0.1:1 refused the connection. Check its port, and that it runs",
      code: "ECONNREFUSED",
    };
    expect(await told("http://127.0.0.1:1/a.pdf")).toEqual(refused);
    expect(await told(`${base}/to-closed`)).toEqual(refused);
    expect(await told(`${base}/busy`)).toEqual({
      text: `${host} answered 429. It takes no more requests now: try again later`,
      http_status: 429,
      retry_after: 7,
    });
    expect((await told(`${base}/missing`)).text).toBe(
      `${host} answered 404. Check that the file is there and the URL has not expired`,
    );
    expect((await told(`${base}/cut`)).text).toBe(`${host} broke off the connection. Try again later`);
    expect((await told(`${base}/silent`, 300)).text).toBe(`${host} took too long`);
    expect(await told("http://troubled.test/")).toMatchObject({
      text: "troubled.test could not be looked up: the name server does not answer. Try again later",
      code: "EAI_AGAIN",
    });
  });

  it.each(["/endless", "/announced", "/gzip"])("stops %s at the size limit and leaves no file", async (path) => {
    expect(await problemOf(download(base + path, 1000))).toBe("SOURCE_TOO_LARGE");
    expect(await readdir(dir)).toEqual([]);
  });

  it("unpacks what a server packs unasked", async () => {
    expect((await download(`${base}/gzip`)).bytes).toBe(5000);
  });

  it("gives the caller's own reason when the caller stops it", async () => {
    const stop = new AbortController();
    const running = fetcher.download(`${base}/silent`, join(dir, "file"), {
      maxBytes: 10,
      timeoutMs: 5000,
      signal: stop.signal,
    });
    stop.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
  });

  it("asks with HEAD and shrugs at anything but success", async () => {
    expect(await fetcher.head(`${base}/a.pdf`, { timeoutMs: 1000 })).toMatchObject({
      status: 200,
      headers: { "content-type": "application/pdf" },
    });
    expect(await fetcher.head(`${base}/missing`, { timeoutMs: 1000 })).toBeNull();
    expect(await fetcher.head("http://127.0.0.1:1/", { timeoutMs: 1000 })).toBeNull();
  });

  it("sends no credentials and no cookies", async () => {
    await download(`${base}/hops/5`);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.some(({ headers }) => "cookie" in headers || "authorization" in headers)).toBe(false);
  });

  it("posts without following redirects and reads only the start of the answer", async () => {
    const body = Buffer.from("payload");
    const options = { headers: { "content-type": "application/json" }, body, timeoutMs: 5000, maxAnswerBytes: 100 };
    const answer = await fetcher.post(`${base}/hook`, options);
    expect([answer.status, answer.body.length, answer.body.startsWith("payload")]).toEqual([500, 100, true]);
    expect((await fetcher.post(`${base}/to-metadata`, options)).status).toBe(302);
    expect(await problemOf(fetcher.post(`${base}/silent`, { ...options, timeoutMs: 200 }))).toBe("DOWNLOAD_FAILED");
  });
});
