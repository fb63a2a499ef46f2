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
 * the results are far from the hypothesis these steps may swing; then the solution is searched for.
 */
export function likeliestWithT(seen: ScoreDistribution, t: number): readonly number[] {
  if (t === 0) return likeliestWithMean(seen, 0.5);
  const found = settled(seen, t) ?? searched(seen, t);
  if (found === null) throw new Failure("invalid_input", `no distribution near these results has a t of ${t}`, { fix: "give hypotheses nearer to what was seen" });
  return found;
}

/** null when the steps don't settle. */
function settled({ scores, shares }: ScoreDistribution, t: number): readonly number[] | null {
  let { mean, deviation } = momentsOf(scores, shares);
  for (let round = 0; round < 60; round++) {
    const found = tiltedIfPossible(shares, scores.map((value) => value - 0.5 - (t * deviation * (1 + ((mean - value) / deviation) ** 2)) / 2));
    if (found === null) return null;
    const next = momentsOf(scores, found);
    if (Math.abs(next.mean - mean) + Math.abs(next.deviation - deviation) < 1e-12) return Math.abs(next.mean - 0.5 - t * next.deviation) < 1e-9 ? found : null;
    ({ mean, deviation } = next);
  }
  return null;
}

/**
 * With b = a − ½, the condition is E[b] = τ·√E[b²], τ = t/√(1 + t²). For a given r it is linear, E[b − τ(b²/r + r)/2] = 0, and
 * the same where r = √E[b²]: every r at which that difference changes its sign is a candidate, and the likeliest wins.
 */
function searched({ scores, shares }: ScoreDistribution, t: number): readonly number[] | null {
  const tau = t / Math.hypot(1, t);
  const at = (r: number): readonly number[] | null => tiltedIfPossible(shares, scores.map((value) => value - 0.5 - (tau * ((value - 0.5) ** 2 / r + r)) / 2));
  const gap = (r: number, found: readonly number[]): number => Math.sqrt(found.reduce((sum, share, i) => sum + share * ((scores[i] as number) - 0.5) ** 2, 0)) - r;
  let best: { readonly found: readonly number[]; readonly likelihood: number } | null = null;
  let before: { readonly r: number; readonly gap: number } | null = null;
  for (let r = 0.5; r > 1e-8; r *= 0.95) {
    const found = at(r);
    const here = found === null ? null : { r, gap: gap(r, found) };
    if (before !== null && here !== null && Math.sign(before.gap) !== Math.sign(here.gap)) {
      const root = bisected({ low: here.r, high: before.r, lowSign: Math.sign(here.gap) }, (middle) => gap(middle, at(middle) ?? shares));
      const candidate = at(root);
      const likelihood = candidate === null ? Number.NEGATIVE_INFINITY : candidate.reduce((sum, share, i) => sum + (shares[i] as number) * Math.log(share), 0);
      if (candidate !== null && (best === null || likelihood > best.likelihood)) best = { found: candidate, likelihood };
    }
    before = here;
  }
  return best?.found ?? null;
}

function bisected({ low, high, lowSign }: { readonly low: number; readonly high: number; readonly lowSign: number }, value: (at: number) => number): number {
  let [near, far] = [low, high];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (near + far) / 2;
    if (Math.sign(value(middle)) === lowSign) near = middle;
    else far = middle;
  }
  return (near + far) / 2;
}

function tiltedIfPossible(shares: readonly number[], distances: readonly number[]): readonly number[] | null {
  return Math.max(...distances) > 0 && Math.min(...distances) < 0 ? tilted(shares, distances) : null;
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
