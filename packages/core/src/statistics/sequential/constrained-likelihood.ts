import { Failure } from "../../failure/failure.ts";

/** A distribution over scores 0 … 1; shares sum to 1 and are all above 0. */
export interface ScoreDistribution {
  readonly scores: readonly number[];
  readonly shares: readonly number[];
}

/**
 * The most likely distribution of mean `score`: pᵢ = p̂ᵢ/(1 + θ(aᵢ − s)) with θ solving Σ p̂ᵢ(aᵢ − s)/(1 + θ(aᵢ − s)) = 0
 * (Owen 2001, empirical likelihood of a mean). The score must be inside the range of the scores.
 */
export function likeliestWithMean({ scores, shares }: ScoreDistribution, score: number): readonly number[] {
  return tilted(shares, scores.map((value) => value - score));
}

/**
 * The most likely distribution with (μ − ½)/σ = t. At the solution the Lagrange condition is that of a mean, with
 * aᵢ − ½ − t·σ·(1 + ((μ − aᵢ)/σ)²)/2 in place of aᵢ − s; μ and σ are those of the last step, until nothing moves. Where
 * the results are far from the hypothesis these steps swing; then they start from a distribution that has this t, and are
 * shortened.
 */
export function likeliestWithT(seen: ScoreDistribution, t: number): readonly number[] {
  const found = settle(seen, t, { start: momentsOf(seen.scores, seen.shares), step: 1 }) ?? fromFar(seen, t);
  if (found === null) throw new Failure("invalid_input", `no distribution near these results has a t of ${t}`, { fix: "give hypotheses nearer to what was seen" });
  return found;
}

export interface ScoreMoments {
  readonly mean: number;
  readonly deviation: number;
}

/** null when the steps don't settle. */
function settle({ scores, shares }: ScoreDistribution, t: number, { start, step }: { readonly start: ScoreMoments; readonly step: number }): readonly number[] | null {
  let { mean, deviation } = start;
  for (let round = 0; round < 60 / step; round++) {
    const distances = scores.map((value) => value - 0.5 - (t * deviation * (1 + ((mean - value) / deviation) ** 2)) / 2);
    if (!(Math.max(...distances) > 0 && Math.min(...distances) < 0)) return null;
    const found = tilted(shares, distances);
    const next = momentsOf(scores, found);
    if (Math.abs(next.mean - mean) + Math.abs(next.deviation - deviation) < 1e-12) return Math.abs(next.mean - 0.5 - t * next.deviation) < 1e-9 ? found : null;
    mean += step * (next.mean - mean);
    deviation += step * (next.deviation - deviation);
  }
  return null;
}

/** Among the likeliest distributions of each mean there is one with this t: for t > 0 between a mean of ½ and of 1. */
function fromFar(seen: ScoreDistribution, t: number): readonly number[] | null {
  const side = t > 0 ? 1 : -1;
  let near = 0.5;
  let far = t > 0 ? 1 : 0;
  for (let halving = 0; halving < 45; halving++) {
    const mean = (near + far) / 2;
    if (side * (mean - 0.5 - t * momentsOf(seen.scores, likeliestWithMean(seen, mean)).deviation) < 0) near = mean;
    else far = mean;
  }
  const start = momentsOf(seen.scores, likeliestWithMean(seen, near));
  for (const step of [0.5, 0.2, 0.05, 0.01]) {
    const found = settle(seen, t, { start, step });
    if (found !== null) return found;
  }
  return null;
}

export function momentsOf(scores: readonly number[], shares: readonly number[]): ScoreMoments {
  let mean = 0;
  for (let i = 0; i < scores.length; i++) mean += (scores[i] as number) * (shares[i] as number);
  let variance = 0;
  for (let i = 0; i < scores.length; i++) variance += ((scores[i] as number) - mean) ** 2 * (shares[i] as number);
  return { mean, deviation: Math.sqrt(variance) };
}

/** shareᵢ/(1 + θ·dᵢ), where the sum of share·d/(1 + θ·d), which falls with θ, is 0: Newton's steps inside a bracket. */
function tilted(shares: readonly number[], distances: readonly number[]): readonly number[] {
  let low = -1 / Math.max(...distances);
  let high = -1 / Math.min(...distances);
  let theta = 0;
  for (let step = 0; step < 200; step++) {
    let value = 0;
    let slope = 0;
    for (let i = 0; i < shares.length; i++) {
      const ratio = (distances[i] as number) / (1 + theta * (distances[i] as number));
      value += (shares[i] as number) * ratio;
      slope -= (shares[i] as number) * ratio * ratio;
    }
    if (value > 0) low = theta;
    else high = theta;
    const newton = theta - value / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - theta);
    theta = next;
    if (moved <= 1e-15 * Math.max(1, Math.abs(theta))) break;
  }
  return shares.map((share, i) => share / (1 + theta * (distances[i] as number)));
}
