import { Failure } from "../failure/failure.ts";
import type { WideInteger } from "./statistic.ts";

/** The weight of `high`. */
export const WIDE_UNIT: number = 2 ** 52;

const HALF = 2 ** 26;

export function addWide(a: WideInteger, b: WideInteger): WideInteger {
  const low = a.low + b.low;
  const carry = low >= WIDE_UNIT ? 1 : 0;
  const high = a.high + b.high + carry;
  if (!Number.isSafeInteger(high)) throw new Failure("internal", "a sum in the evidence is larger than 2^105", { fix: "measure the metric in a larger unit" });
  return { high, low: low - carry * WIDE_UNIT };
}

export function subtractWide(a: WideInteger, b: WideInteger): WideInteger {
  return addWide(a, b.low === 0 ? { high: 0 - b.high, low: 0 } : { high: -1 - b.high, low: WIDE_UNIT - b.low });
}

/** `value` must be a safe integer; a negative one gets a negative `high`. */
export function wideFrom(value: number): WideInteger {
  const high = Math.floor(value / WIDE_UNIT);
  return { high, low: value - high * WIDE_UNIT };
}

/** The exact square of an integer with |value| ≤ 2^40, by halves of 26 bits. */
export function squareWide(value: number): WideInteger {
  const size = Math.abs(value);
  if (size < HALF) return { high: 0, low: size * size };
  const upper = Math.floor(size / HALF);
  const lower = size - upper * HALF;
  const middle = 2 * upper * lower;
  const middleHigh = Math.floor(middle / HALF);
  return addWide({ high: upper * upper + middleHigh, low: (middle - middleHigh * HALF) * HALF }, { high: 0, low: lower * lower });
}

/** The exact product of two safe integers. @throws Failure `internal` when it is larger than 2^105. */
export function productWide(a: number, b: number): WideInteger {
  const product = a * b;
  if (Number.isSafeInteger(product)) return wideFrom(product);
  const exact = BigInt(a) * BigInt(b);
  return addWide({ high: Number(exact >> 52n), low: Number(exact & LOW_BITS) }, { high: 0, low: 0 });
}

const LOW_BITS = (1n << 52n) - 1n;

/** The nearest double. */
export function wideToNumber(wide: WideInteger): number {
  return wide.high * WIDE_UNIT + wide.low;
}

export function wideToBigInt(wide: WideInteger): bigint {
  return BigInt(wide.high) * BigInt(WIDE_UNIT) + BigInt(wide.low);
}
