/** What can be known about another process of this machine. */
import { readFileSync, readlinkSync } from "node:fs";

/**
 * Distinguishes a process from a later one with the same number: its start time in clock ticks where /proc tells it,
 * else "". Null when there is no such process or it is a zombie: a dead owner of files and locks either way.
 */
export function lifeOf(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (process.platform === "linux") {
    try {
      // proc(5): the command stands in parentheses and may hold spaces and parentheses itself; state is field 3, start time 22.
      const text = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? "");
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH") return null;
    }
  }
  try {
    process.kill(pid, 0);
    return "";
  } catch (error) {
    return codeOf(error) === "EPERM" ? "" : null;
  }
}

/** The working directory of a process; null when it cannot be told. */
export function folderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** Process numbers mean the same only within one namespace of one boot. */
export function processWorld(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return process.platform;
  }
}

/** What programs we start get to see: none of our settings and secrets, and messages in English, which we read. */
export function childEnvironment(extra: Record<string, string>): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", ...extra };
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
