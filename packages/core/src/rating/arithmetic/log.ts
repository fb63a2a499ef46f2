const LN2_HIGH = 6.931_471_803_691_238e-1;
const LN2_LOW = 1.908_214_929_270_587_7e-10;
const ROOT_HALF: number = Math.SQRT1_2;
/** 2^(2^k), by squaring: what `**` gives is left to the engine. */
const POWERS: readonly number[] = squares(10);

/**
 * The natural logarithm, from IEEE 754's own operations only (see `exp`): x = m·2^e with √½ ≤ m < √2, and
 * ln m = 2·artanh((m−1)/(m+1)) by its series (Abramowitz & Stegun 4.1.27). Within 4·10⁻¹⁶ of its value; −Infinity at
 * 0, NaN below.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  // What is smaller is lifted first, as subnormal numbers are too far away for the steps below.
  const lift = x * POWERS[9]! < 1;
  let mantissa = lift ? x * POWERS[9]! * POWERS[5]! : x;
  let exponent = lift ? -544 : 0;
  // Multiplying by a power of two is exact, and no byte order is asked for, as looking at the bits would.
  for (let step = 9; step >= 0; step--) {
    const power = POWERS[step]!;
    const bits = 1 << step;
    if (mantissa >= power) {
      mantissa /= power;
      exponent += bits;
    } else if (mantissa < 1 / power) {
      mantissa *= power;
      exponent -= bits;
    }
  }
  if (mantissa < ROOT_HALF) {
    mantissa *= 2;
    exponent--;
  } else if (mantissa >= 2 * ROOT_HALF) {
    mantissa /= 2;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let k = 23; k >= 3; k -= 2) series = series * square + 1 / k;
  return exponent * LN2_HIGH + (2 * s + (2 * s * square * series + exponent * LN2_LOW));
}

function squares(count: number): readonly number[] {
  const found = [2];
  while (found.length < count) found.push(found.at(-1)! * found.at(-1)!);
  return found;
}
