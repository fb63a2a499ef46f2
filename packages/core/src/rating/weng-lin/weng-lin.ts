import { exp } from "../arithmetic/exp.ts";

export interface Belief {
  readonly mu: number;
  readonly sigma: number;
}

export const BELIEF_INITIAL: Belief = { mu: 25, sigma: 25 / 3 };

/** Variance of a performance around the strength: (25/6)². */
const BETA_SQUARED: number = (25 / 6) ** 2;
/** What a belief loses between two matches: (25/300)². */
const TAU_SQUARED: number = (25 / 300) ** 2;
const SHRINKAGE_MIN = 1e-4;

/**
 * What everybody is believed to be after one match of single players (Weng & Lin 2011, algorithm 4, Plackett–Luce), with
 * its usual constants. It is here to be compared with; a fit of all matches depends on no order and says how sure it is.
 */
export function wengLin(beliefs: readonly Belief[], places: readonly number[]): readonly Belief[] {
  const before = beliefs.map(({ mu, sigma }) => ({ mu, sigma: Math.sqrt(sigma * sigma + TAU_SQUARED) }));
  const c = Math.sqrt(before.reduce((sum, { sigma }) => sum + sigma * sigma + BETA_SQUARED, 0));
  const weights = before.map(({ mu }) => exp(mu / c));
  return before.map(({ mu, sigma }, i) => {
    let omega = 0;
    let delta = 0;
    for (const [q, place] of places.entries()) {
      if (place > places[i]!) continue;
      const tied = places.filter((other) => other === place).length;
      const left = weights.reduce((sum, weight, s) => (places[s]! >= place ? sum + weight : sum), 0);
      const chance = weights[i]! / left;
      omega += ((q === i ? 1 : 0) - chance) / tied;
      delta += (chance * (1 - chance)) / tied;
    }
    const share = (sigma * sigma) / (c * c);
    const gamma = sigma / c;
    return { mu: mu + share * c * omega, sigma: sigma * Math.sqrt(Math.max(1 - share * gamma * delta, SHRINKAGE_MIN)) };
  });
}
