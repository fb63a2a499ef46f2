/** Half the bits of ln 2, so that a whole number of up to 20 bits times it is exact; and the rest. */
const LN2_HIGH = 6.931_471_803_691_238e-1;
const LN2_LOW = 1.908_214_929_270_587_7e-10;
const STEPS = 64;
const STEPS_PER_UNIT: number = STEPS / Math.LN2;
const STEP_HIGH: number = LN2_HIGH / STEPS;
const STEP_LOW: number = LN2_LOW / STEPS;

/** 2^(j/64), by products of repeated square roots of 2. */
const FRACTIONS: Float64Array = fractions();
/** 2^k for k = −1022 … 1023. */
const POWERS: Float64Array = powers();

/**
 * e^x by table and a polynomial (Tang 1989, "Table-driven implementation of the exponential function"), within
 * 4·10⁻¹⁶ of its value. `Math.exp` is implementation-approximated (ECMA-262 §21.3): two engines may differ in the last
 * bit, and equal matches must give equal ratings on every node. Only +, −, ·, / are used here, which IEEE 754 fixes.
 * 0 below −708, without subnormal numbers; Infinity from 709.7 up; NaN of NaN.
 */
export function exp(x: number): number {
  if (!(x < 709.7)) return x >= 709.7 ? Infinity : NaN;
  if (x < -708) return 0;
  const steps = Math.floor(x * STEPS_PER_UNIT + 0.5);
  const rest = x - steps * STEP_HIGH - steps * STEP_LOW;
  const beyond = rest * (1 + rest * (1 / 2 + rest * (1 / 6 + rest * (1 / 24 + rest * (1 / 120)))));
  const whole = FRACTIONS[steps & (STEPS - 1)]!;
  return (whole + whole * beyond) * POWERS[(steps >> 6) + 1022]!;
}

function fractions(): Float64Array {
  const table = new Float64Array(STEPS).fill(1);
  let root = 2;
  for (let bit = STEPS >> 1; bit >= 1; bit >>= 1) {
    root = Math.sqrt(root);
    for (let j = 0; j < STEPS; j++) if ((j & bit) !== 0) table[j] = table[j]! * root;
  }
  return table;
}

function powers(): Float64Array {
  const table = new Float64Array(2046);
  table[1022] = 1;
  for (let k = 1; k <= 1023; k++) table[1022 + k] = table[1021 + k]! * 2;
  for (let k = 1; k <= 1022; k++) table[1022 - k] = table[1023 - k]! / 2;
  return table;
}
