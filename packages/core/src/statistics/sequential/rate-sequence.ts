import { type Hits, requireCounts, requireInside } from "../input.ts";
import { Failure } from "../../failure/failure.ts";
import type { Interval } from "../wilson.ts";
import { concentrationFor, logBinomialEvidence } from "./binomial-evidence.ts";

export interface RateSequence extends Interval {
  readonly guarantee: "exact";
}

export interface SequenceTuning {
  readonly alpha: number;
  /** N*: the number of observations at which the sequence is narrowest. Fixed before the data; it is never retuned. */
  readonly tunedAt: number;
}

/**
 * Confidence sequence of a rate: all p whose beta-binomial mixture stays below 1/α (Howard et al. 2021; the mixture is
 * centred at each p in turn). It covers the true rate at all times together with 1 − α: exact. [0, 1] without
 * observations, and never narrower than the data allow.
 */
export function rateSequence({ hits, of }: Hits, { alpha, tunedAt }: SequenceTuning): RateSequence {
  requireCounts({ hits, of });
  if (hits > of) throw new Failure("invalid_input", `a rate has ${hits} hits of ${of}`, { fix: "give no more hits than trials" });
  requireInside("alpha", alpha);
  if (of === 0) return { low: 0, high: 1, guarantee: "exact" };
  // Howard et al. tune to 0.05 whatever the level, and the reference values do.
  const concentration = concentrationFor(tunedAt, 0.05);
  const limit = -Math.log(alpha);
  const outside = (share: number) => logBinomialEvidence({ hits, misses: of - hits }, { share, side: "two", concentration }) >= limit;
  const seen = hits / of;
  return {
    low: hits === 0 ? 0 : edge({ inside: seen === 1 ? 1 - 1e-15 : seen, towards: 0, outside }),
    high: hits === of ? 1 : edge({ inside: seen === 0 ? 1e-15 : seen, towards: 1, outside }),
    guarantee: "exact",
  };
}

/** Where p leaves the sequence, rounded outwards; 0 or 1 when it never does. */
function edge({ inside, towards, outside }: { readonly inside: number; readonly towards: 0 | 1; readonly outside: (share: number) => boolean }): number {
  let near = inside;
  let far: number = towards;
  for (let step = 0; step < 200; step++) {
    const middle = (near + far) / 2;
    if (middle === near || middle === far || middle <= 0 || middle >= 1) break;
    if (outside(middle)) far = middle;
    else near = middle;
    if (Math.abs(far - near) <= 1e-14 * Math.max(near, 1e-3)) break;
  }
  return far;
}
