// A lock between processes of one checkout: a file that names its owner. An owner that died is not waited for.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";

const lookEveryMs = 100;
/** An owner on another machine or in another container cannot be asked whether it lives. */
const foreignForMs = 15 * 60_000;

/** When a process began (field 22 of /proc/PID/stat), so that its number used again is not taken for it; "" elsewhere. */
function beganAt(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").pop().split(" ")[19];
  } catch {
    return "";
  }
}

function lives(owner, path) {
  const [host, pid, began] = owner.split(" ");
  if (host !== hostname()) return Date.now() - statSync(path).mtimeMs < foreignForMs;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
  return began === "" || beganAt(pid) === began;
}

/** The owner that `path` names, or null when there is none. */
function readOwner(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Takes the file of a dead owner away, unless somebody else has done so and already holds the lock. */
function removeDead(path, dead) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readOwner(aside) !== dead) linkSync(aside, path);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  }
  rmSync(aside, { force: true });
}

/** Runs `work` while no other process holds the lock at `path`; `onWait` is called once when one does. */
export function withLock(path, work, onWait = () => {}) {
  const me = `${hostname()} ${process.pid} ${beganAt(process.pid)}`;
  mkdirSync(dirname(path), { recursive: true });
  // Made whole elsewhere and linked: nobody reads half a name.
  const mine = `${path}.${process.pid}.new`;
  writeFileSync(mine, me);
  const release = () => {
    if (readOwner(path) === me) rmSync(path, { force: true });
  };
  try {
    for (let waits = 0; ; waits++) {
      try {
        linkSync(mine, path);
        break;
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      const owner = readOwner(path);
      if (owner === null) continue;
      if (!lives(owner, path)) {
        removeDead(path, owner);
        continue;
      }
      if (waits === 0) onWait();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookEveryMs);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  // A command that fails ends the process.
  process.once("exit", release);
  try {
    return work();
  } finally {
    process.off("exit", release);
    release();
  }
}
