/** Resident memory of a process from outside: a busy or hostile child cannot be asked. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/** Bytes of RSS, or null when the process is gone or the system does not tell. */
export async function readResidentBytes(pid: number): Promise<number | null> {
  if (process.platform === "linux") {
    const status = await readFile(`/proc/${pid}/status`, "latin1").catch(() => "");
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes ? Number(kilobytes) * 1024 : null;
  }
  return new Promise((done) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, output) => {
      const kilobytes = Number(output?.trim());
      done(error || !Number.isFinite(kilobytes) ? null : kilobytes * 1024);
    });
  });
}
