/**
 * The command line that starts a parse child with as little power as plain Linux gives without root:
 * no network (its own network namespace), a bound on private memory, and death together with its parent.
 * Each part is tried once; what the machine does not allow is left out and reported.
 */
import { spawnSync } from "node:child_process";

export interface Confinement {
  /** Words put before the program. */
  prefix: string[];
  /** What is in force: "no-network", "memory", "dies-with-parent". */
  parts: string[];
}

const candidates = (dataLimitBytes: number) => [
  // Not --fork: the program keeps the pid that we watch and kill.
  { part: "no-network", words: ["unshare", "--user", "--map-current-user", "--net", "--"] },
  // --data, not --as: V8 and WebAssembly reserve address space far beyond what they use.
  { part: "memory", words: ["prlimit", `--data=${dataLimitBytes}`, "--"] },
  // The last one, because the flag belongs to the process that sets it. Without it a busy child outlives a killed parent.
  { part: "dies-with-parent", words: ["setpriv", "--pdeathsig", "KILL", "--"] },
];

const found = new Map<number, Confinement>();

/** Finds out (once per limit) which parts this machine allows, by running `true` under each. */
export function findConfinement(dataLimitBytes: number): Confinement {
  const known = found.get(dataLimitBytes);
  if (known) return known;
  const confinement: Confinement = { prefix: [], parts: [] };
  if (process.platform === "linux") {
    for (const { part, words } of candidates(dataLimitBytes)) {
      const trial = [...confinement.prefix, ...words, "true"];
      const ended = spawnSync(trial[0]!, trial.slice(1), { stdio: "ignore", timeout: 5000 });
      if (ended.status !== 0) continue;
      confinement.prefix.push(...words);
      confinement.parts.push(part);
    }
  }
  found.set(dataLimitBytes, confinement);
  return confinement;
}
