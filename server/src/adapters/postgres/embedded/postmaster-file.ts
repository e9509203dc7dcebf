/** `postmaster.pid`, PostgreSQL's own lock file: who serves a cluster, and how far it is. */
import { readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderOf, lifeOf } from "./processes.ts";

export interface Postmaster {
  pid: number;
  /** "starting", "ready", "standby", "stopping" or "". */
  status: string;
}

/** What the file says; null when there is none or it is not whole. Lines as in PostgreSQL's miscinit.c (LOCK_FILE_LINE_*). */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | null> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid === 0) return null;
  return { pid: Math.abs(pid), status: lines[7]?.trim() ?? "" };
}

/**
 * The process that serves the cluster, or null. A zombie, a number that is in use by some other program, and a number
 * from another container count as nobody.
 */
export async function findOwner(clusterDir: string): Promise<Postmaster | null> {
  const found = await readPostmaster(clusterDir);
  if (!found || lifeOf(found.pid) === null) return null;
  // The postmaster works inside the cluster's folder; no other process does.
  const folder = folderOf(found.pid);
  if (folder !== null && folder !== (await realpath(clusterDir))) return null;
  return found;
}

/** Removes what a dead owner left, which would keep a new one from starting. */
export async function removeRemains(clusterDir: string, socketDir: string): Promise<void> {
  await rm(join(clusterDir, "postmaster.pid"), { force: true });
  await rm(join(socketDir, ".s.PGSQL.5432"), { force: true });
  await rm(join(socketDir, ".s.PGSQL.5432.lock"), { force: true });
}
