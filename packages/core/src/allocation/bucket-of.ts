import { sha256Start } from "../digest/sha256.ts";
import { Failure } from "../failure/failure.ts";
import { BUCKETS, BUCKETS_PER_BASIS_POINT } from "./allocation.ts";
import type { BucketHash } from "./allocation.ts";
import { murmur3 } from "./murmur3.ts";

/**
 * The bucket of a unit, 0 … BUCKETS−1, from the text seed + ":" + unit. Without `hash`: floor(h · BUCKETS / 2^32) with
 * h = murmur3(text); the product stays below 2^49, so it is exact. With `sha256`: the first 8 bytes of the digest as a
 * big-endian number, mod 10,000, times 10; only the first bucket of each basis point is then used.
 *
 * @throws Failure `invalid_input` for a ":" in the seed (two pairs of seed and unit could then share a text), for an
 * empty unit (all anonymous requests would land in one bucket), and for ill-formed Unicode.
 */
export function bucketOf(seed: string, unit: string, hash?: BucketHash): number {
  if (seed.includes(":")) throw new Failure("invalid_input", `the seed "${seed}" holds a ":"`, { fix: "choose a seed without a colon" });
  if (unit === "") throw new Failure("invalid_input", "the unit is empty", { fix: "send the id of the user, card or item that is to be assigned" });
  const text = `${seed}:${unit}`;
  switch (hash) {
    case undefined:
      return Math.floor((murmur3(text) * BUCKETS) / 0x1_0000_0000);
    case "sha256":
      return basisPointOf(text) * BUCKETS_PER_BASIS_POINT;
  }
}

const BASIS_POINTS = BUCKETS / BUCKETS_PER_BASIS_POINT;
/** 2^32 mod 10,000. */
const HIGH_WORD = 0x1_0000_0000 % BASIS_POINTS;

/** (high · 2^32 + low) mod 10,000 in two steps, each far below 2^53. */
function basisPointOf(text: string): number {
  if (!text.isWellFormed()) throw new Failure("invalid_input", "the unit holds a lone surrogate", { fix: "send well-formed Unicode" });
  const [high, low] = sha256Start(text);
  return ((high % BASIS_POINTS) * HIGH_WORD + low) % BASIS_POINTS;
}
