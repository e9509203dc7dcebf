/**
 * An S3 server that verifies signatures, for tests: Debian's OpenStack Swift with its s3api layer, four processes and
 * memcached on ports and in a folder of their own. Needs root and the packages swift-proxy, swift-account,
 * swift-container, swift-object and memcached.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SwiftServer {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
}

const programs = ["swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server"];
const storages = ["account", "container", "object"] as const;
const startsWithinMs = 90_000;

/** Null when Swift can run here, else the reason for skipping what needs it. */
export function whySwiftCannotRun(): string | null {
  if (process.getuid?.() !== 0) return "OpenStack Swift, which checks S3 signatures, runs as root only";
  const missing = [...programs, "memcached"].filter((name) => !isExecutable(`/usr/bin/${name}`));
  return missing.length > 0 ? `not installed: ${missing.join(", ")}` : null;
}

export async function startSwift(): Promise<SwiftServer> {
  const dir = await mkdtemp(join(tmpdir(), "knowhere-swift-"));
  const [proxy, memcached, ...storagePorts] = await findFreePorts(2 + storages.length);
  await mkdir(join(dir, "disks", "sda"), { recursive: true });
  execFileSync("/usr/bin/python3", ["-c", ringScript, dir, ...storagePorts.map(String)]);
  for (const [at, name] of storages.entries())
    await writeFile(join(dir, `${name}.conf`), storageConfig(name, storagePorts[at]!, dir));
  await writeFile(join(dir, "proxy.conf"), proxyConfig(proxy!, memcached!, dir));

  const children: ChildProcess[] = [];
  let output = "";
  const run = (program: string, parameters: string[]) => {
    const child = spawn(`/usr/bin/${program}`, parameters, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-4000);
      });
    children.push(child);
  };
  const killAll = () => {
    for (const child of children) child.kill("SIGKILL");
  };
  process.once("exit", killAll);
  const stop = async () => {
    const ends = children.map((child) => child.exitCode ?? new Promise((done) => child.once("exit", done)));
    killAll();
    await Promise.all(ends);
    process.off("exit", killAll);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };

  run("memcached", ["-u", "root", "-l", "127.0.0.1", "-p", String(memcached)]);
  for (const name of storages) run(`swift-${name}-server`, [join(dir, `${name}.conf`), "-v"]);
  run("swift-proxy-server", [join(dir, "proxy.conf"), "-v"]);
  const endpoint = `http://127.0.0.1:${proxy}`;
  try {
    for (const port of storagePorts) await answers(`http://127.0.0.1:${port}/healthcheck`);
    await answers(`${endpoint}/healthcheck`);
  } catch (error) {
    await stop();
    throw new Error(`Swift did not start: ${output}`, { cause: error });
  }
  return { endpoint, region: "us-east-1", accessKeyId: "test:tester", secretAccessKey: "testing", stop };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, 1);
    return true;
  } catch {
    return false;
  }
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + startsWithinMs;
  for (;;) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > until) throw new Error(`${url} does not answer`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** One ring each with one device: no copies, no balancing. */
const ringScript = `
import sys
from swift.common.ring import RingBuilder
folder = sys.argv[1]
for kind, port in zip(("account", "container", "object"), sys.argv[2:]):
    builder = RingBuilder(4, 1, 1)
    builder.add_dev(dict(id=0, region=1, zone=1, ip="127.0.0.1", port=int(port), device="sda", weight=1.0,
                         replication_ip="127.0.0.1", replication_port=int(port), meta=""))
    builder.rebalance()
    builder.get_ring().save(folder + "/" + kind + ".ring.gz")
`;

const storageConfig = (name: string, port: number, dir: string) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = root
swift_dir = ${dir}
devices = ${dir}/disks
mount_check = false
[pipeline:main]
pipeline = healthcheck ${name}-server
[app:${name}-server]
use = egg:swift#${name}
[filter:healthcheck]
use = egg:swift#healthcheck
`;

const proxyConfig = (port: number, memcached: number, dir: string) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = root
swift_dir = ${dir}
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcached}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`;
