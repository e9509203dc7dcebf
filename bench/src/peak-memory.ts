import { readFileSync } from "node:fs";

/**
 * Most memory this process ever held, in KiB. On Linux `ru_maxrss` counts what the parent held before the start of this
 * program; the high-water mark in `/proc` does not.
 */
export function readPeakKb(): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))![1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
