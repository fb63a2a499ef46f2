import type { Slope } from "./likelihood.ts";

/** Iterations after which nothing better is to be expected of a system whose factor is too large to make. */
const ITERATIONS_MAX = 2000;

/**
 * Conjugate gradients with a diagonal preconditioner (Hestenes & Stiefel 1952; Golub & Van Loan, alg. 11.5.1) for
 * graphs so dense that a factor costs more: those take few iterations. Solves in place, down to `tolerance` of the
 * right side; what belongs to fixed variables becomes 0.
 */
export function conjugateGradient(system: { readonly rows: Uint32Array; readonly cols: Uint32Array; readonly slope: Slope; readonly fixed: Uint8Array }, values: Float64Array, tolerance: number): void {
  const { rows, cols, slope, fixed } = system;
  const n = values.length;
  const inverse = slope.diagonal.map((entry, i) => (fixed[i] === 1 ? 0 : 1 / entry));
  const residual = values.map((value, i) => (fixed[i] === 1 ? 0 : value));
  const direction = residual.map((value, i) => value * inverse[i]!);
  const image = new Float64Array(n);
  values.fill(0);
  let size = dot(residual, direction);
  const enough = size * tolerance * tolerance;
  for (let turn = 0; turn < ITERATIONS_MAX && size > enough; turn++) {
    for (let i = 0; i < n; i++) image[i] = slope.diagonal[i]! * direction[i]!;
    for (let e = 0; e < rows.length; e++) {
      const entry = slope.entries[e]!;
      image[rows[e]!]! += entry * direction[cols[e]!]!;
      image[cols[e]!]! += entry * direction[rows[e]!]!;
    }
    const step = size / dot(direction, image);
    for (let i = 0; i < n; i++) {
      values[i]! += step * direction[i]!;
      if (fixed[i] === 0) residual[i]! -= step * image[i]!;
    }
    let next = 0;
    for (let i = 0; i < n; i++) next += residual[i]! * residual[i]! * inverse[i]!;
    const turnBy = next / size;
    for (let i = 0; i < n; i++) direction[i] = residual[i]! * inverse[i]! + turnBy * direction[i]!;
    size = next;
  }
}

/** Both are 0 where a variable is fixed, as directions are. */
function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
