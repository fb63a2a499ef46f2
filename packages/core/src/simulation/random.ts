import { Failure } from "../failure/failure.ts";

/** A number in (0, 1), 52 bits of it random; 0 and 1 never come. The only source of chance in the core, always an argument. */
export type Random = () => number;

/**
 * Stream number `stream` of `seed`: xoshiro128++ (Blackman & Vigna 2021), its state filled by splitmix64. Equal arguments
 * give the same numbers on every machine, so that runs can be spread over threads in any way.
 *
 * @throws Failure `invalid_input` when either is not a whole number from 0 to 2^53 − 1.
 */
export function randomStream(seed: number, stream: number): Random {
  for (const [name, value] of [["seed", seed], ["stream", stream]] as const) {
    if (!Number.isSafeInteger(value) || value < 0) throw new Failure("invalid_input", `the ${name} ${value} is not a whole number from 0 to 2^53 − 1`, { fix: "give one, such as 1" });
  }
  let mixer = (splitmix(BigInt(seed)) ^ BigInt(stream)) & MASK;
  const words: number[] = [];
  for (let i = 0; i < 2; i++) {
    const word = splitmix(mixer);
    mixer = (mixer + GOLDEN) & MASK;
    words.push(Number(word & 0xffffffffn), Number(word >> 32n));
  }
  return xoshiro(words as [number, number, number, number]);
}

const MASK = 0xffffffffffffffffn;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** One output of splitmix64 from `state` (Steele, Lea & Flood 2014). */
function splitmix(state: bigint): bigint {
  let z = (state + GOLDEN) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

function xoshiro([a, b, c, d]: readonly [number, number, number, number]): Random {
  let s0 = a | 0;
  let s1 = b | 0;
  let s2 = c | 0;
  let s3 = d | 0;
  const next = (): number => {
    const sum = (s0 + s3) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  };
  // 52 bits, moved by half a step so that a logarithm of it is finite.
  return () => ((next() >>> 6) * 67_108_864 + (next() >>> 6) + 0.5) / 4_503_599_627_370_496;
}
