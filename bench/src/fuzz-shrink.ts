/** Makes a file that fails smaller as long as it still fails the same way: what is left is what matters. */
import { readMembers, writeMembers } from "../../server/src/testing/fuzz/container-mutations.ts";

type Fails = (bytes: Uint8Array) => Promise<boolean>;
/** Tries in all; each one is a parse. A file that fails by being slow gets fewer. */
const mostTries = 400;
const longestMs = 60_000;

/** The smallest file found. `fails` tells whether a candidate still fails in the same way. */
export async function shrink(bytes: Uint8Array, fails: Fails): Promise<Uint8Array> {
  let triesLeft = mostTries;
  const started = performance.now();
  const stillFails: Fails = async (candidate) =>
    triesLeft-- > 0 && performance.now() - started < longestMs && (await fails(candidate));
  const members = membersOf(bytes);
  if (!members) return shrinkBytes(bytes, stillFails);
  for (const name of [...members.keys()]) {
    const without = new Map(members);
    without.delete(name);
    if (without.size > 0 && (await stillFails(await writeMembers(without)))) members.delete(name);
  }
  for (const [name, content] of members) {
    const fewer = await shrinkBytes(content, async (candidate) =>
      stillFails(await writeMembers(new Map(members).set(name, candidate))),
    );
    members.set(name, fewer);
  }
  return writeMembers(members);
}

function membersOf(bytes: Uint8Array): Map<string, Uint8Array> | null {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return null;
  try {
    return readMembers(bytes);
  } catch {
    return null;
  }
}

/** Takes out halves, then quarters, and so on, while what is left still fails. */
async function shrinkBytes(bytes: Uint8Array, fails: Fails): Promise<Uint8Array> {
  let current = bytes;
  for (let size = Math.floor(current.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at + size <= current.length; ) {
      const candidate = Buffer.concat([current.subarray(0, at), current.subarray(at + size)]);
      if (candidate.length > 0 && (await fails(candidate))) current = candidate;
      else at += size;
    }
  }
  return current;
}
