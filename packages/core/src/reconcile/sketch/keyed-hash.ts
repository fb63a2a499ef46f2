/** 64 bits that nobody who makes up content ids knows, so that none can be made up to stall a decoder. */
export type SketchKey = readonly [number, number];

/** Where `keyedHash` leaves its two words. */
export const hashed: Int32Array = new Int32Array(2);

/**
 * HalfSipHash-2-4 with 64 bits of output (Aumasson and Bernstein, SipHash, 2012) of the 16 bytes whose little-endian
 * words stand in `words` from `at` on.
 */
export function keyedHash(key: SketchKey, words: Int32Array, at: number): void {
  v0 = key[0] | 0;
  v1 = key[1] ^ 0xee;
  v2 = 0x6c796765 ^ key[0];
  v3 = 0x74656462 ^ key[1];
  for (let i = 0; i < 4; i++) absorb(words[at + i]!);
  absorb(16 << 24);
  v2 ^= 0xee;
  rounds(4);
  hashed[0] = v1 ^ v3;
  v1 ^= 0xdd;
  rounds(4);
  hashed[1] = v1 ^ v3;
}

// One hash at a time: nothing is awaited between its first word and its last.
let v0 = 0;
let v1 = 0;
let v2 = 0;
let v3 = 0;

function absorb(word: number): void {
  v3 ^= word;
  rounds(2);
  v0 ^= word;
}

function rounds(count: number): void {
  for (let i = 0; i < count; i++) {
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
  }
}
