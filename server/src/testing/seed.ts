/**
 * Chance that can be had again: FAULTS_SEED (default 1) repeats what a run did, FAULTS_ROUNDS (default 1) lengthens it.
 * `npm run faults` sets both.
 */
export interface Chance {
  seed: number;
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
}

const positive = (text: string | undefined) => Math.max(1, Math.floor(Number(text ?? 1)) || 1);

export const faultRounds = positive(process.env["FAULTS_ROUNDS"]);

/** Says the seed, so that a failure can be repeated. The generator is Mulberry32: 32 bits of state, enough for choosing faults. */
export function openChance(what: string, seed = positive(process.env["FAULTS_SEED"])): Chance {
  console.log(`${what}: seed ${seed} (repeat with FAULTS_SEED=${seed})`);
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    seed,
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: (items) => items[Math.floor(next() * items.length)]!,
  };
}
