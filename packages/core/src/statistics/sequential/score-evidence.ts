import { Failure } from "../../failure/failure.ts";
import { requireCountList } from "../input.ts";
import { evidenceOf, type Evidence } from "./evidence.ts";

export interface ScoreCounts {
  /** The values an observation can have, in any order; not all equal. */
  readonly scores: readonly number[];
  /** How often each was seen. */
  readonly counts: readonly number[];
}

/**
 * Evidence that the mean score is above `nullMean`: bets Π(1 + λ(xᵢ − m)), averaged over a fixed grid of stakes λ
 * (Waudby-Smith & Ramdas 2024, with the plug-in stake replaced by a mixture). Each bet is a supermartingale whenever the
 * conditional mean is at most m, so the average is: exact, whatever the distribution over the scores, its drift or the rule
 * of stopping. With finitely many scores it is a function of their counts, hence order-free and mergeable.
 *
 * What a paired e-process can't test becomes such a mean: the score of a positive is challenger's hit − champion's hit
 * for a difference of recalls, and hit₂ − r·hit₁ against 0 for "recall is more than r times the champion's".
 */
export function scoreEvidence({ scores, counts }: ScoreCounts, nullMean: number): Evidence {
  requireScores(scores, counts);
  const least = Math.min(...scores) - nullMean;
  const most = Math.max(...scores) - nullMean;
  const edge = 1e-12 * (most - least);
  if (!(least < -edge && most > edge)) throw new Failure("invalid_input", `a mean of ${nullMean} is not inside the range of the scores`, { fix: "give a mean that some score exceeds and some does not reach" });
  let sum = 0;
  let top = Number.NEGATIVE_INFINITY;
  for (const stake of STAKES) {
    const log = logWealth({ scores, counts }, nullMean, stake / -least);
    if (log > top) {
      sum = top === Number.NEGATIVE_INFINITY ? 1 : sum * Math.exp(top - log) + 1;
      top = log;
    } else sum += Math.exp(log - top);
  }
  return evidenceOf(top + Math.log(sum / STAKES.length), "exact");
}

/**
 * Shares of the largest stake that can't lose everything: from 0.9 down to 0.0001 by a constant factor, so that small
 * effects are met as well as large ones; the grid costs at most a factor of its length.
 */
const STAKES: readonly number[] = Array.from({ length: 16 }, (_, k) => 0.9 * 0.545 ** k);

function logWealth({ scores, counts }: ScoreCounts, nullMean: number, stake: number): number {
  let log = 0;
  for (let i = 0; i < scores.length; i++) {
    const count = counts[i] as number;
    if (count > 0) log += count * Math.log1p(stake * ((scores[i] as number) - nullMean));
  }
  return log;
}

function requireScores(scores: readonly number[], counts: readonly number[]): void {
  if (scores.length !== counts.length || scores.length < 2) throw new Failure("invalid_input", `${scores.length} scores have ${counts.length} counts`, { fix: "give one count for each of at least two scores" });
  requireCountList("the count of score", counts);
  for (const score of scores) if (!Number.isFinite(score)) throw new Failure("invalid_input", `${score} is no score`, { fix: "give finite numbers" });
}
