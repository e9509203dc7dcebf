/**
 * One server per data directory. The lock is a file that says who holds it; a holder is dead when its process is gone,
 * or, for one that lives in another container, when it has not touched the file for a while.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, rename, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartRefused } from "../../../ports/start-refused.ts";
import { ensureDataDir } from "../../files/data-dir.ts";
import { codeOf, lifeOf, processWorld } from "./processes.ts";

interface Holder {
  pid: number;
  life: string;
  world: string;
  since: string;
}

export interface DataLock {
  release(): Promise<void>;
}

/** A holder that was told to end may need a moment for it. */
const patienceMs = 2000;
const touchEveryMs = 4000;
/** A holder in another container that was silent for this long is dead. */
const silentForMs = 12_000;

/** Takes the data directory for this process, or throws `StartRefused` with the holder's number. Creates the directory (0700). */
export async function lockDataDir(dataDir: string): Promise<DataLock> {
  await ensureDataDir(dataDir);
  const path = join(dataDir, "lock");
  const mine: Holder = {
    pid: process.pid,
    life: lifeOf(process.pid) ?? "",
    world: processWorld(),
    since: new Date().toISOString(),
  };
  const text = `${JSON.stringify(mine)}\n`;
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    await takeOver(path, draft, dataDir);
  } finally {
    await unlink(draft).catch(() => {});
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, touchEveryMs);
  touching.unref();
  return {
    async release() {
      clearInterval(touching);
      // Somebody who took us for dead may own it now.
      if ((await readFile(path, "utf8").catch(() => "")) === text) await unlink(path).catch(() => {});
    },
  };
}

async function takeOver(path: string, draft: string, dataDir: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  // Each round either takes the lock, waits a moment, refuses, or clears one dead holder.
  for (let cleared = 0; cleared < 10; ) {
    try {
      // Unlike writing, linking never shows half a file and never replaces one.
      await link(draft, path);
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const found = await readFile(path, "utf8").catch(() => null);
    if (found === null) continue;
    const holder = parseHolder(found);
    if (holder && (await isAlive(holder, path))) {
      if (Date.now() < deadline) {
        await sleep(50);
        continue;
      }
      throw new StartRefused(
        `Another Knowhere server (process ${holder.pid}, since ${holder.since}) is using the data directory ${dataDir}. ` +
          "Stop it first, or give this one its own with KNOWHERE_DATA_DIR.",
      );
    }
    await removeDead(path, found);
    cleared++;
  }
  throw new StartRefused(`The data directory ${dataDir} is being started by several servers at once. Start only one.`);
}

/** Moves the dead holder's file away; puts it back when another process was quicker and the file is already a new holder's. */
async function removeDead(path: string, judged: string): Promise<void> {
  const aside = `${path}.dead.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== judged) await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.world === processWorld()) {
    if (holder.pid === process.pid) return holder.life === lifeOf(process.pid);
    const life = lifeOf(holder.pid);
    return life !== null && life === holder.life;
  }
  // After a reboot or in another container the number says nothing; a living holder touches the file.
  const first = await touchedAt(path);
  const deadline = Date.now() + silentForMs;
  while (Date.now() < deadline) {
    const touched = await touchedAt(path);
    if (touched === null || Date.now() - touched > silentForMs) return false;
    if (touched !== first) return true;
    await sleep(250);
  }
  return false;
}

async function touchedAt(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => null,
  );
}

function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.pid === "number" ? holder : null;
  } catch {
    return null;
  }
}
