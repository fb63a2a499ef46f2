import { Failure } from "../failure/failure.ts";
import { BUCKETS } from "./allocation.ts";
import { murmur3 } from "./murmur3.ts";

/**
 * The bucket of a unit, 0 … BUCKETS−1: floor(h · BUCKETS / 2^32) with h = murmur3(seed + ":" + unit). The product stays
 * below 2^49, so it is exact.
 *
 * @throws Failure `invalid_input` for a ":" in the seed (two pairs of seed and unit could then share a text), for an
 * empty unit (all anonymous requests would land in one bucket), and for ill-formed Unicode.
 */
export function bucketOf(seed: string, unit: string): number {
  if (seed.includes(":")) throw new Failure("invalid_input", `the seed "${seed}" holds a ":"`, { fix: "choose a seed without a colon" });
  if (unit === "") throw new Failure("invalid_input", "the unit is empty", { fix: "send the id of the user, card or item that is to be assigned" });
  return Math.floor((murmur3(`${seed}:${unit}`) * BUCKETS) / 0x1_0000_0000);
}
