import { asymptoticSequence } from "../../statistics/sequential/asymptotic-sequence.ts";
import { concentrationFor } from "../../statistics/sequential/binomial-evidence.ts";
import { histogramQuantileEvidence } from "../../statistics/sequential/quantile-evidence.ts";
import { rateDifferenceSequence, type Watching } from "../sequences.ts";
import type { Pair } from "./contrast.ts";
import { BURN_IN } from "./ratio-sequence.ts";

export interface WatchedWorse {
  readonly worse: boolean;
  /** null where the sequences only say whether they lie apart. */
  readonly p: number | null;
}

/** Is the challenger surely worse than the champion, by evidence that may be looked at at every tick? */
export function watchedWorse({ champion, challenger, better }: Pair, watching: Watching): WatchedWorse {
  if (champion.kind === "rate" && challenger.kind === "rate") {
    const bounds = rateDifferenceSequence(champion.rate, challenger.rate, watching);
    return { worse: better === "lower" ? bounds.low > 0 : bounds.high < 0, p: null };
  }
  if (champion.kind === "quantile" && challenger.kind === "quantile") {
    const side = better === "lower" ? "greater" : "less";
    const { p } = histogramQuantileEvidence(
      { champion: champion.histogram, challenger: challenger.histogram, ratio: 1 },
      { q: champion.quantile.parts / champion.quantile.of, side, concentration: concentrationFor(watching.tunedAt, watching.alpha) },
    );
    return { worse: p < watching.alpha, p };
  }
  return watchedMeans({ champion, challenger, better }, watching);
}

function watchedMeans({ champion, challenger, better }: Pair, { alpha, tunedAt }: Watching): WatchedWorse {
  const [a, b] = [champion, challenger].map((one) => (one.kind === "mean" ? one.summary : null));
  if (a == null || b == null || Math.min(a.n, b.n) < BURN_IN) return { worse: false, p: null };
  const sequence = asymptoticSequence(
    { value: better === "lower" ? b.mean - a.mean : a.mean - b.mean, standardError: Math.sqrt(a.variance / a.n + b.variance / b.n), n: a.n + b.n },
    { alpha, tunedAt, burnIn: 0, side: "greater", nullValue: 0 },
  );
  return sequence.kind === "nothing" ? { worse: false, p: null } : { worse: sequence.p < alpha, p: sequence.p };
}
