/** An empty PostgreSQL cluster, made once per machine and user and copied from then on: a fifth of the work of initdb. */
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findBinaries } from "../adapters/postgres/embedded/binaries.ts";
import { clusterDirOf, ensureCluster } from "../adapters/postgres/embedded/cluster.ts";
import { findLaunchWay } from "../adapters/postgres/embedded/launch-way.ts";

const run = promisify(execFile);
const cacheDir = fileURLToPath(new URL("../../../node_modules/.cache/knowhere/", import.meta.url));

/** Puts a cluster into the data directory. Where nothing can be cached it does nothing: the server makes its own. */
export async function copyCachedCluster(dataDir: string): Promise<void> {
  try {
    const kept = await ensureCached();
    await run("cp", ["-a", kept, clusterDirOf(dataDir)]);
  } catch {
    await rm(clusterDirOf(dataDir), { recursive: true, force: true });
  }
}

async function ensureCached(): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  const binaries = await findBinaries(join(cacheDir, "lib"));
  const kept = join(cacheDir, `cluster-${binaries.majorVersion}-${process.getuid?.() ?? 0}`);
  try {
    await access(join(kept, "PG_VERSION"));
    return kept;
  } catch {
    const draft = await mkdtemp(`${kept}.`);
    try {
      const made = await ensureCluster(draft, binaries, await findLaunchWay(binaries), { sync: false });
      // A twin may have been quicker; its cluster is as good.
      await rename(made, kept).catch(() => access(join(kept, "PG_VERSION")));
      return kept;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}
