import { Failure } from "../failure/failure.ts";
import { chiSquareQuantile } from "./chi-square.ts";
import { requireAtLeast, requireCountList } from "./input.ts";

export interface PopulationStability {
  readonly index: number;
  /** What two samples of one population stay below in 95 % of cases. */
  readonly noise: number;
}

/**
 * The population stability index Σ(p − q)·ln(p/q) of two lists of counts per bin, `smoothing` (½ is usual) added to every
 * count, so that an empty bin is no infinity; and its noise, χ²₀.₉₅ with B − 1 degrees of freedom times 1/n + 1/m, below
 * which the index says nothing. The noise is asymptotic; the index is a measure and no test.
 */
export function populationStability(reference: readonly number[], observed: readonly number[], smoothing: number): PopulationStability {
  requireCountList("the reference count of bin", reference);
  requireCountList("the observed count of bin", observed);
  requireAtLeast("smoothing", smoothing, 0);
  const n = total(reference);
  const m = total(observed);
  if (n === 0 || m === 0) throw new Failure("invalid_input", "one of the samples is empty", { fix: "compare two samples that hold something" });
  const smooth = (counts: readonly number[]): readonly number[] => counts.map((count) => count + smoothing);
  return { index: stabilityIndex(smooth(reference), smooth(observed)), noise: stabilityNoise(reference.length, { n, m }) };
}

/** The index of two lists of weights; they need not sum to 1, but none may be 0. */
export function stabilityIndex(reference: readonly number[], observed: readonly number[]): number {
  if (reference.length !== observed.length || reference.length < 2) {
    throw new Failure("invalid_input", `${reference.length} bins can't be compared with ${observed.length}`, { fix: "give the same bins for both, at least two" });
  }
  const all = [...reference, ...observed];
  if (!all.every((weight) => weight > 0 && weight < Number.POSITIVE_INFINITY)) {
    throw new Failure("invalid_input", "a bin is empty, and the index would be infinite", { fix: "smooth the counts, as by ½ each" });
  }
  const a = total(reference);
  const b = total(observed);
  let index = 0;
  for (const [i, weight] of reference.entries()) {
    const p = weight / a;
    const q = (observed[i] as number) / b;
    index += (p - q) * Math.log(p / q);
  }
  return index;
}

export function stabilityNoise(bins: number, { n, m }: { readonly n: number; readonly m: number }): number {
  requireAtLeast("n", n, 1);
  requireAtLeast("m", m, 1);
  return chiSquareQuantile(0.95, bins - 1) * (1 / n + 1 / m);
}

function total(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
