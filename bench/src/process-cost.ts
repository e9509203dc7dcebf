/** What the processes below this one cost, from /proc: a hostile parse cannot be asked, and may be dead when it is over. */
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second for every program (USER_HZ). */
const ticksPerSecond = 100;

interface Stat {
  pid: number;
  parent: number;
  /** Of the process and of those below it that have ended and were waited for. */
  ticks: number;
  ownTicks: number;
}

function readStats(): Stat[] {
  const stats: Stat[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The program's name stands in brackets and may hold anything, brackets too.
      const fields = readFileSync(`/proc/${name}/stat`, "latin1").split(") ").at(-1)!.split(" ");
      const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number) as [
        number,
        number,
        number,
        number,
      ];
      const ended = endedUser + endedSystem;
      stats.push({
        pid: Number(name),
        parent: Number(fields[1]),
        ticks: user + system + ended,
        ownTicks: user + system,
      });
    } catch {
      // It ended while we looked.
    }
  }
  return stats;
}

/** Seconds of processor time spent so far by everything below this process, ended processes included; null off Linux. */
export function cpuSecondsBelow(): number | null {
  if (process.platform !== "linux") return null;
  const stats = readStats();
  const self = stats.find(({ pid }) => pid === process.pid);
  if (!self) return null;
  let ticks = self.ticks - self.ownTicks;
  let family = new Set([process.pid]);
  while (family.size > 0) {
    const children = stats.filter(({ parent }) => family.has(parent));
    for (const child of children) ticks += child.ticks;
    family = new Set(children.map(({ pid }) => pid));
  }
  return ticks / ticksPerSecond;
}
