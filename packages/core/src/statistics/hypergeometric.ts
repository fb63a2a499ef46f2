import { Failure } from "../failure/failure.ts";
import { requireCounts } from "./input.ts";
import { logBinomialMass } from "./saddle-point.ts";

/** `drawn` of `total` are drawn without replacement; `marked` of the total are marked. */
export interface Urn {
  readonly total: number;
  readonly marked: number;
  readonly drawn: number;
}

/** P(k marked ones are drawn). Exact, as are both tails. */
export function hypergeometricMass(k: number, urn: Urn): number {
  requireUrn(k, urn);
  return Math.exp(logHypergeometricMass(k, urn));
}

/** P(at most k are drawn). */
export function hypergeometricCdf(k: number, urn: Urn): number {
  requireUrn(k, urn);
  return hypergeometricTail(k, urn, -1);
}

/** P(more than k are drawn). */
export function hypergeometricSurvival(k: number, urn: Urn): number {
  requireUrn(k, urn);
  return hypergeometricTail(k + 1, urn, 1);
}

function requireUrn(k: number, { total, marked, drawn }: Urn): void {
  requireCounts({ k, total, marked, drawn });
  if (marked > total || drawn > total) throw new Failure("invalid_input", `${marked} of ${total} can't be marked, or ${drawn} drawn`, { fix: "neither can be more than the total" });
}

/** ln P(k marked ones are drawn), as a quotient of three binomials with p = drawn/total (Loader 2000), which don't cancel. */
export function logHypergeometricMass(k: number, { total, marked, drawn }: Urn): number {
  if (k < Math.max(0, drawn + marked - total) || k > Math.min(marked, drawn)) return Number.NEGATIVE_INFINITY;
  if (drawn === 0 || drawn === total) return 0;
  const odds = { p: drawn / total, q: (total - drawn) / total };
  return logBinomialMass(k, marked - k, odds) + logBinomialMass(drawn - k, total - marked - drawn + k, odds) - logBinomialMass(drawn, total - drawn, odds);
}

/** P(at most k are drawn) or, with `direction` 1, P(at least k): the far tail by summing it, the near one as the rest. */
export function hypergeometricTail(k: number, urn: Urn, direction: -1 | 1): number {
  const low = Math.max(0, urn.drawn + urn.marked - urn.total);
  const high = Math.min(urn.marked, urn.drawn);
  if (direction === -1 ? k >= high : k <= low) return 1;
  if (direction === -1 ? k < low : k > high) return 0;
  const far = direction === -1 ? k < modeOf(urn) : k > modeOf(urn);
  return far ? sumOutward(k, urn, direction) : 1 - sumOutward(k - direction, urn, direction === 1 ? -1 : 1);
}

export function modeOf({ total, marked, drawn }: Urn): number {
  return Math.floor(((drawn + 1) * (marked + 1)) / (total + 2));
}

/** From k away from the mode, by the ratio of neighbours, until nothing is added any more. */
function sumOutward(k: number, urn: Urn, direction: -1 | 1): number {
  let term = 1;
  let sum = 1;
  for (let at = k; term > sum * 1e-18; at += direction) {
    term *= direction === 1 ? upward(at, urn) : 1 / upward(at - 1, urn);
    sum += term;
  }
  return Math.min(1, Math.exp(logHypergeometricMass(k, urn)) * sum);
}

/** P(k + 1)/P(k); 0 beyond the upper end, and ∞ below the lower one, whose inverse is 0. */
function upward(k: number, { total, marked, drawn }: Urn): number {
  return ((marked - k) * (drawn - k)) / ((k + 1) * (total - marked - drawn + k + 1));
}
