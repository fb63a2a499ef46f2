import { Failure } from "../failure/failure.ts";

/**
 * An exact fraction of two safe integers, `of` > 0. Thresholds are fractions because floats lie at the edge:
 * 0.84 / 0.80 − 1 is 0.04999999999999982.
 */
export interface Rational {
  readonly parts: number;
  readonly of: number;
}

/**
 * The fraction in lowest terms, with `of` > 0.
 *
 * @throws Failure `invalid_input` when either is not a safe integer, or `of` is 0.
 */
export function rational(parts: number, of: number): Rational {
  if (!Number.isSafeInteger(parts) || !Number.isSafeInteger(of) || of === 0) {
    throw new Failure("invalid_input", `${parts}/${of} is not a fraction of two integers`, { fix: "give whole numbers below 2^53, the lower one not 0" });
  }
  const divisor = greatestCommonDivisor(Math.abs(parts), Math.abs(of)) * Math.sign(of);
  // `+ 0` turns −0 into 0.
  return { parts: parts / divisor + 0, of: of / divisor };
}

/** −1 when a < b, 0 when they are equal, 1 when a > b; exact at any size. */
export function compareRatio(a: Rational, b: Rational): -1 | 0 | 1 {
  const left = BigInt(a.parts) * BigInt(b.of);
  const right = BigInt(b.parts) * BigInt(a.of);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The nearest double: for display and for formulas, never for a comparison. */
export function toNumber(value: Rational): number {
  return value.parts / value.of;
}

/**
 * Reads "5%", "1pp" (percentage points, 1/100), "3/4", and decimals such as "0.05" or 0.05, exactly as written: a number
 * is taken by its shortest decimal text, so that 0.1 is 1/10. A sign may stand in front.
 *
 * @throws Failure `invalid_input` for anything else.
 */
export function parseRational(text: string | number): Rational {
  const written = String(text).trim();
  const fraction = FRACTION.exec(written);
  if (fraction !== null) return rational(Number(fraction[1]), Number(fraction[2]));
  const decimal = DECIMAL.exec(written);
  if (decimal === null) throw unreadable(written);
  const [, sign = "", whole = "", tail = "", exponent = "0", unit = ""] = decimal;
  const power = Number(exponent) - tail.length - (unit === "" ? 0 : 2);
  const digits = BigInt(`${whole}${tail}`);
  // A longer exponent than this can't give two safe integers, and must not make a giant of 10^power.
  if (Math.abs(power) > 400) throw unreadable(written);
  const scale = 10n ** BigInt(Math.abs(power));
  const parts = power > 0 ? digits * scale : digits;
  const of = power > 0 ? 1n : scale;
  const divisor = greatestCommonDivisorBig(parts, of);
  const reduced = { parts: Number(parts / divisor), of: Number(of / divisor) };
  if (!Number.isSafeInteger(reduced.parts) || !Number.isSafeInteger(reduced.of)) throw unreadable(written);
  return { parts: sign === "-" && reduced.parts !== 0 ? -reduced.parts : reduced.parts, of: reduced.of };
}

const FRACTION = /^([+-]?\d{1,16})\s*\/\s*(\d{1,16})$/;
const DECIMAL = /^([+-])?(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,4}))?\s*(%|pp)?$/;

function unreadable(written: string): Failure {
  return new Failure("invalid_input", `"${written.slice(0, 60)}" is not a share or a ratio`, { fix: 'write "5%", "1pp", "0.05" or "3/4", with at most 15 digits' });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function greatestCommonDivisorBig(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisorBig(b, a % b);
}
