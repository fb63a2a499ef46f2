import { wideFrom, type WideInteger } from "@gauntlet/core";

const LOW_BITS = 52n;

/** null when it is beyond 2^104. */
export function wideOf(value: bigint): WideInteger | null {
  const small = Number(value);
  if (Number.isSafeInteger(small)) return wideFrom(small);
  const high = Number(value >> LOW_BITS);
  return Number.isSafeInteger(high) ? { high, low: Number(value & ((1n << LOW_BITS) - 1n)) } : null;
}
