// What `npm start` and `npm test` do before anything else: install when node_modules is absent or stale,
// build when a source changed. Plain JavaScript without dependencies, because nothing is installed yet.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installStamp = join(root, "node_modules", ".knowhere-install");
const buildStamp = join(root, "server", "dist", ".knowhere-build");

/** Runs a command with its output shown; ends this process with the command's status when it fails. */
export function run(command, args, options = {}) {
  const ended = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (ended.error) throw ended.error;
  if (ended.status !== 0) process.exit(ended.status ?? 1);
}

/** Several servers may start at once on what is stale: one does the work, the others wait and find it done. */
function onceForAll(isDone, work) {
  if (isDone()) return;
  const wait = () => console.error("Another process installs or builds here: waiting for it …");
  withLock(join(root, ".cache", "setup.lock"), () => isDone() || work(), wait);
}

const stampOf = (text) => createHash("sha256").update(text).digest("hex");
const holds = (file, stamp) => existsSync(file) && readFileSync(file, "utf8") === stamp;

function lockStamp() {
  const lock = readFileSync(join(root, "package-lock.json"));
  return stampOf(
    `${createHash("sha256").update(lock).digest("hex")} ${process.platform} ${process.arch} ${process.versions.modules}`,
  );
}

/** Installs exactly what the lock file says, unless that has been done already. */
export function ensureInstalled() {
  onceForAll(
    () => holds(installStamp, lockStamp()),
    () => {
      const fresh = !existsSync(join(root, "node_modules"));
      console.error(fresh ? "Installing dependencies (once) …" : "Dependencies changed: installing …");
      const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
      run("npm", [fresh ? "ci" : "install", ...quiet], { stdio: ["ignore", 2, 2] });
      writeFileSync(installStamp, lockStamp());
    },
  );
}

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "fixtures") yield* filesBelow(path);
    } else if (!entry.name.endsWith(".test.ts")) yield path;
  }
}

function sourceStamp() {
  const folders = ["contract/src", "server/src", "sdk/src", "dashboard/src"]
    .map((name) => join(root, name))
    .filter(existsSync);
  const files = [
    ...folders.flatMap((folder) => [...filesBelow(folder)]),
    join(root, "scripts/build.mjs"),
    join(root, "package-lock.json"),
  ];
  return stampOf(
    files
      .sort()
      .map((file) => `${relative(root, file)} ${stampOf(readFileSync(file))} ${statSync(file).mode}`)
      .join("\n"),
  );
}

/** Builds the packages, unless the sources are what was built last. */
export function ensureBuilt() {
  onceForAll(
    () => holds(buildStamp, sourceStamp()),
    () => {
      const stamp = sourceStamp();
      console.error("Building …");
      run(process.execPath, ["scripts/build.mjs"], { stdio: ["ignore", 2, 2] });
      mkdirSync(dirname(buildStamp), { recursive: true });
      writeFileSync(buildStamp, stamp);
    },
  );
}
