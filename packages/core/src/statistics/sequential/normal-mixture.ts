import { Failure } from "../../failure/failure.ts";
import { requireAtLeast, requireInside } from "../input.ts";
import { normalCdf } from "../normal.ts";
import { tuning } from "./binomial-evidence.ts";

/** A sum S with intrinsic time V: S/√V is standard normal under the null, or at most so one-sided. */
export interface NormalMixture {
  readonly rho: number;
  readonly sides: 1 | 2;
}

/**
 * ln of the normal mixture (Robbins 1970; Howard et al. 2021, props. 5 and 6): two-sided √(ρ/(v+ρ))·exp(s²/(2(v+ρ)));
 * one-sided, with the half-normal mixture, 2·Φ(s/√(v+ρ)) times that.
 */
export function logNormalMixture({ rho, sides }: NormalMixture, s: number, v: number): number {
  requireRho(rho);
  requireAtLeast("the intrinsic time", v, 0);
  const spread = v + rho;
  const two = 0.5 * Math.log(rho / spread) + (s * s) / (2 * spread);
  return sides === 2 ? two : two + Math.LN2 + logNormalCdf(s / Math.sqrt(spread));
}

/** The s at which the mixture reaches 1/α. */
export function normalBoundary({ rho, sides }: NormalMixture, v: number, alpha: number): number {
  requireRho(rho);
  requireInside("alpha", alpha);
  const two = Math.sqrt((v + rho) * (Math.log1p(v / rho) - 2 * Math.log(alpha)));
  if (sides === 2) return two;
  const limit = -Math.log(alpha);
  // Φ ≤ 1 gives a bound that is reached from above by Newton's steps: the mixture is convex in s.
  let s = two;
  for (let step = 0; step < 50; step++) {
    const error = logNormalMixture({ rho, sides }, s, v) - limit;
    const z = s / Math.sqrt(v + rho);
    const slope = s / (v + rho) + Math.exp(-0.5 * z * z - 0.9189385332046728 - logNormalCdf(z)) / Math.sqrt(v + rho);
    const next = s - error / slope;
    if (Math.abs(next - s) <= 1e-14 * Math.abs(s)) break;
    s = next;
  }
  return s;
}

/** ρ that makes the boundary lowest at time v; one-sided it is the two-sided one of 2α (Howard et al. 2021, §3.5). */
export function rhoFor(v: number, alpha: number, sides: 1 | 2): number {
  if (!(v > 0 && v < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `a mixture can't be tuned to time ${v}`, { fix: "give the number of observations at which it should be strongest" });
  requireInside("alpha", sides === 1 ? 2 * alpha : alpha);
  return v / tuning(sides === 1 ? 2 * alpha : alpha);
}

/** ln Φ(z); below −36, where Φ is 0, by two terms of its asymptotic series. */
function logNormalCdf(z: number): number {
  return z > -36 ? Math.log(normalCdf(z)) : -0.5 * z * z - 0.9189385332046728 - Math.log(-z) + Math.log1p(-1 / (z * z));
}

function requireRho(rho: number): void {
  if (!(rho > 0 && rho < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `a mixture has no ρ of ${rho}`, { fix: "use rhoFor" });
}
