import { Failure } from "../../failure/failure.ts";
import { requireAtLeast, requireInside } from "../input.ts";
import { HALF_LOG_TWO_PI } from "../log-gamma.ts";
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
  const scale = 0.5 * Math.log(rho / spread);
  const z = s / Math.sqrt(spread);
  // Far below 0, e^(z²/2) and Φ(z) cancel: Mills' ratio is what remains.
  if (sides === 1 && z < -MILLS) return scale + Math.LN2 - HALF_LOG_TWO_PI - Math.log(-z) + Math.log1p(-1 / (z * z) + 3 / z ** 4);
  const two = scale + (z * z) / 2;
  return sides === 2 ? two : two + Math.LN2 + Math.log(normalCdf(z));
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
    const slope = s / (v + rho) + Math.exp(-0.5 * z * z - HALF_LOG_TWO_PI) / normalCdf(z) / Math.sqrt(v + rho);
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

/** From here on three terms of the asymptotic series of Mills' ratio are exact to 1e-8. */
const MILLS = 30;

function requireRho(rho: number): void {
  if (!(rho > 0 && rho < Number.POSITIVE_INFINITY)) throw new Failure("invalid_input", `a mixture has no ρ of ${rho}`, { fix: "use rhoFor" });
}
