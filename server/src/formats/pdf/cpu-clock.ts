/**
 * Limits in processor time. What a page may cost is counted in it, not by the wall clock: the same page must give the same
 * result on a machine that is busy with other things.
 */

/** Whether this process has used `limitMs` of processor time since the call. */
export function startCpuLimit(limitMs: number): () => boolean {
  const end = cpuMs() + limitMs;
  // The clock costs a hundredth of asking for the processor's time, and while it is not past, that hardly is.
  const earliest = performance.now() + limitMs;
  return () => performance.now() > earliest && cpuMs() > end;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
