import { clopperPearsonHigh, clopperPearsonLow } from "../../statistics/clopper-pearson.ts";
import type { Bounds } from "../sequences.ts";
import type { HeadToHead } from "../rating-view.ts";

/**
 * Points per game within bounds that are exact at any number of games, each one-sided at alpha; null before the first. Single
 * games without draws are a binomial count, and have Clopper and Pearson's bounds. Else each result lies between 0 and 1 and
 * the bounds are those of Hoeffding's first inequality (1963): the p with exp(−n·kl(mean, p)) = alpha, for n results, pairs
 * being one each.
 */
export function winRateBounds({ singles, pairs }: Pick<HeadToHead, "singles" | "pairs">, alpha: number): Bounds | null {
  const { wins, draws, losses } = singles;
  const paired = pairs.reduce((sum, count) => sum + count, 0);
  const n = wins + draws + losses + paired;
  if (n === 0) return null;
  if (paired === 0 && draws === 0) return { low: clopperPearsonLow({ hits: wins, of: n }, alpha), high: clopperPearsonHigh({ hits: wins, of: n }, alpha) };
  const mean = (wins + draws / 2 + pairs.reduce((sum, count, index) => sum + (count * index) / 4, 0)) / n;
  const limit = -Math.log(alpha) / n;
  return { low: 1 - farthest(1 - mean, limit), high: farthest(mean, limit) };
}

/**
 * The largest p ≥ mean with kl(mean, p) ≤ limit. Newton's steps from above, where the convex divergence leads straight to it;
 * above by Pinsker's inequality, kl ≥ 2·(p − mean)², and by leaving ln p out.
 */
function farthest(mean: number, limit: number): number {
  if (mean >= 1) return 1;
  const open = 1 - Math.exp(Math.log(1 - mean) - (limit - (mean === 0 ? 0 : mean * Math.log(mean))) / (1 - mean));
  let p = Math.min(open, mean + Math.sqrt(limit / 2));
  for (let step = 0; step < 50; step++) {
    const beyond = (mean === 0 ? 0 : mean * Math.log(mean / p)) + (1 - mean) * Math.log((1 - mean) / (1 - p)) - limit;
    const moved = (beyond * p * (1 - p)) / (p - mean);
    if (!(moved > 1e-13)) return p;
    p -= moved;
  }
  return p;
}
