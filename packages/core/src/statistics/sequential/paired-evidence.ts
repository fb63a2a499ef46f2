import { Failure } from "../../failure/failure.ts";
import { logGamma } from "../log-gamma.ts";
import { binomialEvidence, logBinomialEvidence } from "./binomial-evidence.ts";
import { evidenceOf, logAverage, type Evidence, type Side } from "./evidence.ts";

export interface PairedNull {
  readonly side: Side;
  /** Both parameters of the Beta(a, a) mixture: about a tenth of the discordant pairs one expects; 10 is a good start. */
  readonly a: number;
  /** Share of wins among the discordant pairs under the null; ½ asks for superiority, less than ½ for non-inferiority. */
  readonly winShare: number;
}

export interface PairedEvidence extends Evidence {
  readonly guarantee: "exact";
}

/**
 * Sequential McNemar: evidence that among the pairs that tell two versions apart the challenger wins more often than
 * `winShare`. For ½ and `greater` it is
 *   E = 2·B(a+W, a+L)/B(a, a)·2^(W+L)·P(Beta(a+W, a+L) > ½).
 * `two` is the average of both one-sided values. Exact under every rule of stopping, for any drift of difficulty or of
 * ties, as long as each win's chance given the past and given that the pair differs is at most `winShare`. A function of
 * two counts: order-free, mergeable. Pairs of one user that depend on each other break that condition.
 *
 * A margin on the difference or the ratio of recalls is no condition on this share: `scoreEvidence` tests those.
 */
export function pairedEvidence({ wins, losses }: { readonly wins: number; readonly losses: number }, { side, a, winShare }: PairedNull): PairedEvidence {
  const one = (direction: Side) => binomialEvidence({ hits: wins, misses: losses }, { share: winShare, side: direction, concentration: 2 * a }).logE;
  const logE = side === "two" ? logAverage(one("greater"), one("less")) : one(side);
  return { ...evidenceOf(logE, "exact"), guarantee: "exact" };
}

/**
 * The same E (one-sided, against ½) pair by pair: with n = W + L before it, a win takes E to (2(a+W)·E + k)/(2a+n), a loss
 * to (2(a+L)·E − k)/(2a+n), where k = 4·2^(−2a)/B(a, a). It follows from I_x(a+1, b) = I_x(a, b) − x^a(1−x)^b/(a·B(a, b))
 * (DLMF 8.17.20). No special function is needed, so that billions of pairs can be simulated.
 *
 * While wins lead, the steps are stable. While losses lead they are not: an error of 1e-16 grows like the evidence of the
 * other side. There E ≤ 1 for certain, which is kept, and E is set anew whenever wins and losses are even.
 */
export function pairedWalk(a: number): PairedWalk {
  if (!(a > 0 && a <= 500)) throw new Failure("invalid_input", `the walk takes a from 0 to 500, not ${a}`, { fix: "use pairedEvidence" });
  const k = 4 * Math.exp(logGamma(2 * a) - 2 * logGamma(a) - 2 * a * Math.LN2);
  const even = (pairs: number) => Math.exp(logBinomialEvidence({ hits: pairs, misses: pairs }, { share: 0.5, side: "two", concentration: 2 * a }));
  const settled = (e: number, wins: number, losses: number) => (wins > losses ? e : wins === losses ? even(wins) : Math.min(1, Math.max(0, e)));
  return {
    afterWin: (e, wins, n) => settled((2 * (a + wins) * e + k) / (2 * a + n), wins + 1, n - wins),
    afterLoss: (e, losses, n) => settled((2 * (a + losses) * e - k) / (2 * a + n), n - losses, losses + 1),
  };
}

/** E after one more pair; the counts are those before it, `n` of both. */
export interface PairedWalk {
  readonly afterWin: (e: number, wins: number, n: number) => number;
  readonly afterLoss: (e: number, losses: number, n: number) => number;
}
