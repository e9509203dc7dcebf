/** Damage that knows nothing of the format: what disks, networks and simple attackers do to bytes. */
import type { Random } from "./random.ts";

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Values at which counts and lengths go wrong. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const longestStretch = 200;
/** What opens something in one of the text formats. */
const openers = [
  "[",
  "{",
  "(",
  "<a>",
  "<table><tr><td>",
  "> ",
  "- ",
  "*",
  "_",
  "`",
  "\\",
  "{\\b ",
  "&a ",
  '"',
  "![",
  "\t",
  "| ",
  "# ",
  "\n\n",
];
const mostOpeners = 20_000;
/** Results larger than this say nothing new and cost time. */
const largestBytes = 256 * 1024;

const stretchOf = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.below(bytes.length);
  return bytes.subarray(at, at + 1 + random.below(longestStretch));
};

const mutations: Readonly<Record<string, Mutation>> = {
  flip(bytes, random) {
    const changed = Uint8Array.from(bytes);
    for (let flips = 1 + random.below(8); flips > 0; flips--)
      changed[random.below(changed.length)]! ^= 1 << random.below(8);
    return changed;
  },
  noise(bytes, random) {
    const changed = Uint8Array.from(bytes);
    const at = random.below(bytes.length);
    const end = Math.min(bytes.length, at + 1 + random.below(longestStretch));
    for (let place = at; place < end; place++) changed[place] = random.below(256);
    return changed;
  },
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  /** A stretch goes to another place. */
  splice(bytes, random) {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), stretchOf(bytes, random), bytes.subarray(at)]);
  },
  remove(bytes, random) {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(longestStretch))]);
  },
  repeat(bytes, random) {
    const at = random.below(bytes.length);
    const stretch = bytes.subarray(at, at + 1 + random.below(longestStretch));
    const times = Math.min(1 + random.below(500), Math.floor(largestBytes / stretch.length));
    return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: times }, () => stretch), bytes.subarray(at)]);
  },
  nest(bytes, random) {
    const at = random.below(bytes.length);
    const opened = random.pick(openers).repeat(1 + random.below(mostOpeners));
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(opened), bytes.subarray(at)]);
  },
  /** What may be a length or an offset, at any place and of any width, gets a value at an edge. */
  length(bytes, random) {
    const changed = Buffer.from(bytes);
    const width = random.pick([1, 2, 4]);
    if (changed.length < width) return changed;
    const value = random.pick(edges) % 2 ** (width * 8);
    const at = random.below(changed.length - width + 1);
    if (random.below(2) === 0) changed.writeUIntLE(value, at, width);
    else changed.writeUIntBE(value, at, width);
    return changed;
  },
  /** A number in text becomes one that no loop should count to. */
  number(bytes, random) {
    const text = Buffer.from(bytes).toString("latin1");
    const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    if (numbers.length === 0) return mutations["length"]!(bytes, random);
    const found = random.pick(numbers);
    const value = random.pick(["0", "-1", "1e308", "2147483648", "4294967295", "99999999999999999999", "0.0000001"]);
    return Buffer.from(text.slice(0, found.index) + value + text.slice(found.index + found[0].length), "latin1");
  },
};
const names = Object.keys(mutations);

/** One mutation, named in the report. */
export function mutateBytes(bytes: Uint8Array, random: Random): { bytes: Uint8Array; how: string } {
  const how = random.pick(names);
  if (bytes.length === 0) return { bytes, how };
  return { bytes: mutations[how]!(bytes, random), how };
}
