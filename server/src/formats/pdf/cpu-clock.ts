/**
 * Milliseconds of processor time this process has used. What a page may cost is counted in it, not by the wall clock: the same
 * page must give the same result on a machine that is busy with other things.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
