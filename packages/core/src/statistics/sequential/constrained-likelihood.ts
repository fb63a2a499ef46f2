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
 * aᵢ − ½ − t·σ·(1 + ((μ − aᵢ)/σ)²)/2 in place of aᵢ − s; μ and σ are those of the last step, until nothing moves.
 */
export function likeliestWithT({ scores, shares }: ScoreDistribution, t: number): readonly number[] {
  let found = shares;
  for (let step = 0; step < 50; step++) {
    const { mean, deviation } = momentsOf(scores, found);
    const next = tilted(shares, scores.map((value) => value - 0.5 - (t * deviation * (1 + ((mean - value) / deviation) ** 2)) / 2));
    const moved = next.reduce((most, share, i) => Math.max(most, Math.abs(share - (found[i] as number))), 0);
    found = next;
    if (moved < 1e-13) break;
  }
  const { mean, deviation } = momentsOf(scores, found);
  if (!(Math.abs(mean - 0.5 - t * deviation) < 1e-9)) throw new Failure("invalid_input", `no distribution near these results has a t of ${t}`, { fix: "give hypotheses nearer to what was seen" });
  return found;
}

export function momentsOf(scores: readonly number[], shares: readonly number[]): { readonly mean: number; readonly deviation: number } {
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
