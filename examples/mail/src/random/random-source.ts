/** Numbers in [0, 1) with 32 random bits each, the same for the same seed on every machine. */
export type RandomSource = () => number;

/**
 * xoshiro128** (Blackman and Vigna, 2018), its state filled by splitmix32 from a hash of `seed` and `key`. A source
 * per key (a mail's id) makes what is drawn for one thing independent of the order in which things are asked for.
 */
export function randomSource(seed: number, key: string): RandomSource {
  let mixed = seed >>> 0;
  for (let i = 0; i < key.length; i++) mixed = Math.imul(mixed ^ key.charCodeAt(i), 0x01000193);
  const state = Uint32Array.from({ length: 4 }, () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    const first = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    const second = Math.imul(first ^ (first >>> 15), 0x735a2d97);
    return second ^ (second >>> 15);
  });
  return () => {
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ state[2]!;
    state[0] = a ^ state[3]!;
    state[2] = state[2]! ^ (b << 9);
    state[3] = rotate(state[3]!, 11);
    return result / 2 ** 32;
  };
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
