/** The cluster's folder: made under another name and renamed when whole, so that an interrupted first start repeats cleanly. */
import { execFile } from "node:child_process";
import { chmod, chown, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { StartRefused } from "../../../ports/start-refused.ts";
import type { Binaries } from "./binaries.ts";
import type { LaunchWay } from "./launch-way.ts";
import { childEnvironment } from "./processes.ts";

const run = promisify(execFile);
const draftPrefix = "postgres.initdb-";
export const superuser = "knowhere";

export const clusterDirOf = (dataDir: string) => join(dataDir, "postgres");

/** Makes the cluster if it is not there, and checks that this PostgreSQL can open it. `sync: false` only for tests. */
export async function ensureCluster(
  dataDir: string,
  binaries: Binaries,
  way: LaunchWay,
  options: { sync: boolean },
): Promise<string> {
  const clusterDir = clusterDirOf(dataDir);
  // "nobody" must be able to pass through; what lies beside the cluster keeps its own rights.
  if (way.name === "nobody") await chmod(dataDir, 0o711);
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(draftPrefix)) await rm(join(dataDir, name), { recursive: true, force: true });
  }
  const version = await readFile(join(clusterDir, "PG_VERSION"), "utf8").catch(() => null);
  if (version === null) {
    await refuseStrangeFolder(clusterDir);
    await initialize(join(dataDir, `${draftPrefix}${process.pid}`), clusterDir, binaries, way, options);
  } else if (version.trim() !== binaries.majorVersion) {
    throw new StartRefused(
      `The data in ${clusterDir} belongs to PostgreSQL ${version.trim()}, but this Knowhere brings ${binaries.majorVersion}. ` +
        "Run the Knowhere version that made it, or move the data with pg_dump and set KNOWHERE_DATABASE_URL.",
    );
  }
  if ((await lstat(clusterDir)).uid !== way.ownerUid) await giveTree(clusterDir, way.ownerUid);
  return clusterDir;
}

async function initialize(
  draft: string,
  clusterDir: string,
  binaries: Binaries,
  way: LaunchWay,
  options: { sync: boolean },
): Promise<void> {
  if (way.name === "nobody") {
    await mkdir(draft, { mode: 0o700 });
    await chown(draft, way.ownerUid, way.ownerUid);
  }
  // The built-in provider lower-cases all of Unicode the same on every machine, whatever locales are installed.
  const args = [
    "-D",
    draft,
    "-U",
    superuser,
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ];
  const {
    command,
    args: wrapped,
    uid,
    gid,
  } = way.wrap(binaries.initdb, options.sync ? args : [...args, "--no-sync"], "KILL");
  try {
    await run(command, wrapped, {
      env: childEnvironment(binaries.env),
      cwd: "/",
      timeout: 120_000,
      ...(uid === undefined ? {} : { uid, gid: gid! }),
    });
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new StartRefused(
      `The embedded PostgreSQL could not make its data directory: ${(stderr?.trim() || message).split("\n").slice(-4).join(" ")}. ` +
        "Check the free space and the rights of KNOWHERE_DATA_DIR, or set KNOWHERE_DATABASE_URL to an external PostgreSQL.",
      { cause: error },
    );
  }
  await rename(draft, clusterDir);
  if (options.sync) await syncFolder(join(clusterDir, ".."));
}

/** An empty folder may be replaced; anything else without PG_VERSION is not ours. */
async function refuseStrangeFolder(clusterDir: string): Promise<void> {
  const names = await readdir(clusterDir).catch(() => []);
  if (names.length > 0) {
    throw new StartRefused(
      `${clusterDir} exists but is not a PostgreSQL data directory. Move it away, or choose another KNOWHERE_DATA_DIR.`,
    );
  }
}

async function giveTree(path: string, uid: number): Promise<void> {
  await chown(path, uid, uid);
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), uid, uid);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
