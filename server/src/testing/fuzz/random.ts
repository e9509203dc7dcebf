/** A seeded source of chance: the same seed gives the same run on every machine. */
export interface Random {
  /** From 0 below 1. */
  next(): number;
  /** A whole number from 0 below `bound`; 0 when there is nothing to choose from. */
  below(bound: number): number;
  pick<T>(items: readonly T[]): T;
}

/** Mulberry32: thirty-two bits of state, good enough to spread mutations and short enough to read. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return { next, below, pick: (items) => items[below(items.length)]! };
}
