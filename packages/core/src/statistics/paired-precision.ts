import { Failure } from "../failure/failure.ts";
import { requireInside } from "./input.ts";
import { newcombe, squareAndAdd } from "./newcombe.ts";
import { twoSidedP } from "./normal.ts";
import { pairedCells } from "./paired-ratio.ts";

export interface PairedPrecision {
  readonly champion: number;
  readonly challenger: number;
  /** How many labelled requests each flagged. */
  readonly championFlagged: number;
  readonly challengerFlagged: number;
  /** Challenger's precision − champion's. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided; null when the standard error is 0. */
  readonly p: number | null;
  /** newcombe: the standard error is 0, as when neither was ever wrong, so the unpaired interval is given instead. */
  readonly method: "delta" | "newcombe";
}

/**
 * The difference of two precisions on the same labelled requests. `cells` are those of `Paired`. A precision's
 * denominator is random, so McNemar does not apply; the 8 counts are one multinomial, and by the delta method the
 * variance is the sum of squares of the influence function
 *   s·(t − P_s)/F_s − c·(t − P_c)/F_c
 * over the requests (t truth, c and s the answers, P the precisions, F the numbers flagged). This is the setting of
 * Leisenring, Alonzo & Pepe (2000) and Kosinski (2013). The interval is not difference ± z·SE, which promises far too much
 * where precisions are near 1 (an error of 5 to 30 % where 2.5 % are allowed, at 50 to 300 alarms, docs/proof.md): it adds the distances to
 * the Wilson bounds of both precisions in squares, with their correlation (Newcombe 1998; Zou & Donner 2008, MOVER).
 * Asymptotic.
 *
 * @throws Failure `invalid_input` when either version flagged nothing.
 */
export function pairedPrecisionDifference(cells: readonly number[], level: number): PairedPrecision {
  requireInside("level", level);
  const [, fp01 = 0, fp10 = 0, fp11 = 0, , tp01 = 0, tp10 = 0, tp11 = 0] = pairedCells(cells);
  const championFlagged = fp10 + fp11 + tp10 + tp11;
  const challengerFlagged = fp01 + fp11 + tp01 + tp11;
  if (championFlagged === 0 || challengerFlagged === 0) {
    throw new Failure("invalid_input", "a version that flagged nothing has no precision", { fix: "ask whether both flagged something first" });
  }
  const champion = (tp10 + tp11) / championFlagged;
  const challenger = (tp01 + tp11) / challengerFlagged;
  const difference = challenger - champion;
  const up = { hit: (1 - challenger) / challengerFlagged, miss: -challenger / challengerFlagged };
  const down = { hit: (1 - champion) / championFlagged, miss: -champion / championFlagged };
  const variance =
    tp01 * up.hit ** 2 + tp10 * down.hit ** 2 + tp11 * (up.hit - down.hit) ** 2 + fp01 * up.miss ** 2 + fp10 * down.miss ** 2 + fp11 * (up.miss - down.miss) ** 2;
  const known = { champion, challenger, championFlagged, challengerFlagged, difference, standardError: Math.sqrt(variance) };
  if (variance === 0) {
    const { low, high } = newcombe({ hits: tp01 + tp11, of: challengerFlagged }, { hits: tp10 + tp11, of: championFlagged }, level);
    return { ...known, low, high, p: null, method: "newcombe" };
  }
  const compared = { first: { hits: tp01 + tp11, of: challengerFlagged }, second: { hits: tp10 + tp11, of: championFlagged } };
  const correlation = correlationOf({ precisions: [champion, challenger], flagged: [championFlagged, challengerFlagged], bothHit: tp11, bothFalse: fp11 });
  const { low, high } = squareAndAdd({ ...compared, correlation }, level);
  return { ...known, low, high, p: twoSidedP(difference / known.standardError), method: "delta" };
}

/**
 * Of the two precisions: the covariance is the sum of products of the influences over the requests that both flagged. As
 * Newcombe corrects φ, half a shared false alarm is taken off a positive one; 0 where a precision has no variance.
 */
function correlationOf(shared: { readonly precisions: readonly [number, number]; readonly flagged: readonly [number, number]; readonly bothHit: number; readonly bothFalse: number }): number {
  const [p, q] = shared.precisions;
  const spread = Math.sqrt(p * (1 - p) * q * (1 - q) * shared.flagged[0] * shared.flagged[1]);
  if (spread === 0) return 0;
  const joint = (falseAlarms: number) => shared.bothHit * (1 - p) * (1 - q) + falseAlarms * p * q;
  const covariance = joint(shared.bothFalse);
  return (covariance > 0 ? Math.max(0, joint(shared.bothFalse - 0.5)) : covariance) / spread;
}
