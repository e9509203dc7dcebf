/**
 * PostgreSQL refuses to run as root, and must not outlive us. The ways to start it, best first:
 * an ordinary user just spawns it; root maps itself to an ordinary user in a user namespace (files stay root's outside);
 * where that is forbidden, root spawns it as "nobody", who must then own the data.
 * `setpriv --pdeathsig` makes the kernel signal the child when our process dies, even by kill -9.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { StartRefused } from "../../../ports/start-refused.ts";
import type { Binaries } from "./binaries.ts";
import { childEnvironment } from "./processes.ts";

const run = promisify(execFile);
/** "nobody" on Linux. */
const nobody = 65534;
const mapped = ["--user", "--map-user=1000", "--map-group=1000"];

export interface Launch {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}
export type LaunchWayName = "ordinary user" | "user namespace" | "nobody";
export interface LaunchWay {
  name: LaunchWayName;
  /** Who must own the files, seen from here. */
  ownerUid: number;
  wrap(command: string, args: readonly string[], deathSignal: "INT" | "KILL"): Launch;
}

/** Finds the way that works here, by trying those `allowed`. Throws `StartRefused` when none does. */
export async function findLaunchWay(
  binaries: Binaries,
  uid: number = process.getuid?.() ?? 0,
  allowed: readonly LaunchWayName[] = uid === 0 ? ["user namespace", "nobody"] : ["ordinary user"],
): Promise<LaunchWay> {
  const tie = (await works({ command: "setpriv", args: ["--pdeathsig", "KILL", "true"] }))
    ? ["setpriv", "--pdeathsig"]
    : [];
  const tied = (command: string, args: readonly string[], deathSignal: string): [string, string[]] => {
    const [first, ...rest] = tie.length > 0 ? [...tie, deathSignal, command, ...args] : [command, ...args];
    return [first!, rest];
  };
  const ways: LaunchWay[] = [
    {
      name: "ordinary user",
      ownerUid: uid,
      wrap(command, args, deathSignal) {
        const [first, rest] = tied(command, args, deathSignal);
        return { command: first, args: rest };
      },
    },
    {
      name: "user namespace",
      ownerUid: uid,
      wrap(command, args, deathSignal) {
        // The tie comes last: changing the user would undo it.
        const [first, rest] = tied(command, args, deathSignal);
        return { command: "unshare", args: [...mapped, first, ...rest] };
      },
    },
    {
      name: "nobody",
      ownerUid: nobody,
      wrap(command, args, deathSignal) {
        const [first, rest] = tied(command, args, deathSignal);
        return { command: first, args: rest, uid: nobody, gid: nobody };
      },
    },
  ];
  const reasons: string[] = [];
  for (const way of ways.filter(({ name }) => allowed.includes(name))) {
    const failure = await reasonAgainst(way.wrap(binaries.postgres, ["--version"], "KILL"), binaries.env);
    if (failure === null) return way;
    reasons.push(`${way.name}: ${failure}`);
  }
  throw new StartRefused(
    `The embedded PostgreSQL cannot run here (${reasons.join("; ")}). ` +
      (uid === 0 ? "Start Knowhere as an ordinary user, or set" : "Set") +
      " KNOWHERE_DATABASE_URL to an external PostgreSQL (14 or newer).",
  );
}

async function works(launch: Launch): Promise<boolean> {
  return (await reasonAgainst(launch, {})) === null;
}

async function reasonAgainst({ command, args, uid, gid }: Launch, env: Record<string, string>): Promise<string | null> {
  try {
    await run(command, args, {
      env: childEnvironment(env),
      timeout: 10_000,
      ...(uid === undefined ? {} : { uid, gid: gid! }),
    });
    return null;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return (stderr?.trim() || message).split("\n").slice(0, 3).join(" ");
  }
}
