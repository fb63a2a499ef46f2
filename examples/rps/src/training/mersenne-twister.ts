const N = 624;
const M = 397;

/** 32-bit numbers of MT19937 (Matsumoto & Nishimura 1998), seeded by one number: what NumPy's RandomState draws from. */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    const mixed = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(mixed, 1_812_433_253) + i;
  }
  let at = N;
  return () => {
    if (at === N) {
      renew(state);
      at = 0;
    }
    let value = state[at++]!;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  };
}

function renew(state: Uint32Array): void {
  for (let i = 0; i < N; i++) {
    const word = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff);
    state[i] = state[(i + M) % N]! ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0);
  }
}

/** The order into which NumPy's `RandomState(seed).shuffle` brings `items`: from the end, each with one up to itself. */
export function numpyShuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const next = mersenneTwister(seed);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = upTo(i, next);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Evenly from 0 to `most`: bits are drawn until they are not above it. */
function upTo(most: number, next: () => number): number {
  const mask = 2 ** (32 - Math.clz32(most)) - 1;
  for (;;) {
    const value = (next() & mask) >>> 0;
    if (value <= most) return value;
  }
}
