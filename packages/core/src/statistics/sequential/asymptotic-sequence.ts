import { Failure } from "../../failure/failure.ts";
import { type Hits, requireCounts, requireInside } from "../input.ts";
import { evidenceOf, type Evidence, type Nothing, type Side } from "./evidence.ts";
import { logNormalMixture, normalBoundary, rhoFor } from "./normal-mixture.ts";

/** An estimate whose standard error falls like 1/√n: a mean, a difference, a ratio by the delta method. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  /** Observations of all arms together. */
  readonly n: number;
}

export interface SequenceRule {
  readonly alpha: number;
  /** N*: where the sequence is narrowest. Fixed before the data: retuning it while looking breaks the promise. */
  readonly tunedAt: number;
  /** Before so many observations nothing is said: the central limit must have done its work. */
  readonly burnIn: number;
  /** greater: a lower bound only. less: an upper bound only. */
  readonly side: Side;
  /** What the value is under the null hypothesis. */
  readonly nullValue: number;
}

export interface AsymptoticSequence extends Evidence {
  readonly kind: "sequence";
  readonly guarantee: "asymptotic";
  readonly value: number;
  /** null where the side leaves it open. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024): with s² = SE²·n and
 * ρ² = (−2·ln α + ln(1 − 2·ln α))/N*, the two-sided half-width is s·√[2(nρ²+1)/(n²ρ²)·ln(√(nρ²+1)/α)]. It is the normal
 * mixture at time n, tuned to N*; one-sided, 2α stands in ρ, and the bound is that of the half-normal mixture, which is a
 * little lower than the closed form ln(1 + √(nρ²+1)/(2α)) of the paper. Asymptotic: as N* and the burn-in grow.
 */
export function asymptoticSequence(estimate: Estimate, rule: SequenceRule): AsymptoticSequence | Nothing {
  const { standardError, n } = estimate;
  requireRule(rule);
  requireEstimate(estimate);
  // Of a −0 no JSON would tell.
  const value = estimate.value + 0;
  if (n === 0) return { kind: "nothing", because: "there are no observations" };
  if (n < rule.burnIn) return { kind: "nothing", because: `the burn-in of ${rule.burnIn} observations is not over: ${n} so far` };
  if (standardError === 0) return { kind: "nothing", because: "the values show no variance, and no variance is no certainty" };
  const mixture = mixtureOf(rule);
  const half = (normalBoundary(mixture, n, rule.alpha) / n) * standardError * Math.sqrt(n);
  const z = (value - rule.nullValue) / standardError;
  const sum = (rule.side === "less" ? -z : z) * Math.sqrt(n);
  return {
    kind: "sequence",
    ...evidenceOf(logNormalMixture(mixture, sum, n), "asymptotic"),
    guarantee: "asymptotic",
    value,
    low: rule.side === "less" ? null : value - half,
    high: rule.side === "greater" ? null : value + half,
  };
}

/** A mean of values. */
export interface MeanOf {
  readonly mean: number;
  /** Of the values, with n − 1. */
  readonly variance: number;
  readonly n: number;
}

/** second − first, of two means; N counts both arms. */
export function asymptoticMeans(first: MeanOf, second: MeanOf, rule: SequenceRule): AsymptoticSequence | Nothing {
  requireCounts({ "n of the first arm": first.n, "n of the second arm": second.n });
  if (first.n === 0 || second.n === 0) return { kind: "nothing", because: "an arm is empty" };
  return asymptoticSequence({ value: second.mean - first.mean, standardError: Math.sqrt(first.variance / first.n + second.variance / second.n), n: first.n + second.n }, rule);
}

/**
 * second − first, of two proportions; SE² = Σ p(1 − p)/n. An arm with no hit or no miss says nothing: its variance of 0
 * would pass for certainty. Rates near 0 or 1 need a burn-in in hits; `eventsMin` is that of the rarer outcome in each arm.
 */
export function asymptoticProportions(arms: { readonly first: Hits; readonly second: Hits; readonly eventsMin: number }, rule: SequenceRule): AsymptoticSequence | Nothing {
  const { first, second, eventsMin } = arms;
  for (const { hits, of } of [first, second]) {
    requireCounts({ hits, of });
    if (hits > of) throw new Failure("invalid_input", `an arm has ${hits} hits of ${of}`, { fix: "give no more hits than trials" });
  }
  if (first.of === 0 || second.of === 0) return { kind: "nothing", because: "an arm is empty" };
  const rarest = Math.min(first.hits, first.of - first.hits, second.hits, second.of - second.hits);
  if (rarest < Math.max(1, eventsMin)) return { kind: "nothing", because: `an arm has only ${rarest} of its rarer outcome; ${Math.max(1, eventsMin)} are asked for` };
  const variance = ({ hits, of }: Hits) => ((hits / of) * ((of - hits) / of)) / of;
  return asymptoticSequence({ value: second.hits / second.of - first.hits / first.of, standardError: Math.sqrt(variance(first) + variance(second)), n: first.of + second.of }, rule);
}

function mixtureOf({ alpha, tunedAt, side }: SequenceRule): { readonly rho: number; readonly sides: 1 | 2 } {
  const sides = side === "two" ? 2 : 1;
  return { rho: rhoFor(tunedAt, alpha, sides), sides };
}

function requireRule({ alpha, tunedAt, burnIn, nullValue }: SequenceRule): void {
  requireInside("alpha", alpha);
  if (!(tunedAt >= 1 && tunedAt <= 1e15) || !(burnIn >= 0) || !Number.isFinite(nullValue)) {
    throw new Failure("invalid_input", `a sequence can't be tuned to ${tunedAt}, with a burn-in of ${burnIn}, against ${nullValue}`, { fix: "give finite numbers; tunedAt from 1 up and burnIn from 0 up" });
  }
}

function requireEstimate({ value, standardError, n }: Estimate): void {
  if (!Number.isFinite(value) || !(standardError >= 0 && standardError < Number.POSITIVE_INFINITY) || !(n >= 0 && n < Number.POSITIVE_INFINITY)) {
    throw new Failure("invalid_input", `an estimate of ${value} ± ${standardError} from ${n} observations can't be judged`, { fix: "give finite numbers; a standard error and a number of observations from 0 up" });
  }
}
