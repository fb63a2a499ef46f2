import { exp } from "../arithmetic/exp.ts";
import { log } from "../arithmetic/log.ts";

export interface GlickoRating {
  readonly rating: number;
  /** RD, in points. */
  readonly deviation: number;
  readonly volatility: number;
}

export interface GlickoGame {
  readonly opponent: Pick<GlickoRating, "rating" | "deviation">;
  /** 1, ½ or 0. */
  readonly score: number;
}

export const GLICKO_INITIAL: GlickoRating = { rating: 1500, deviation: 350, volatility: 0.06 };

const SCALE = 173.7178;
const PI_SQUARED = 9.869_604_401_089_358;

/**
 * One rating period of Glicko-2 (Glickman 2013, "Example of the Glicko-2 system", steps 2 to 8). The games of a period
 * are counted at once, so their order does not matter; that of the periods does. Without games only the deviation grows.
 * `tau` restrains the volatility; Glickman advises 0.3 to 1.2.
 */
export function glicko2(player: GlickoRating, games: readonly GlickoGame[], tau: number): GlickoRating {
  const phi = player.deviation / SCALE;
  if (games.length === 0) return { ...player, deviation: SCALE * Math.sqrt(phi * phi + player.volatility * player.volatility) };
  const mu = (player.rating - 1500) / SCALE;
  let information = 0;
  let surplus = 0;
  for (const { opponent, score } of games) {
    const other = opponent.deviation / SCALE;
    const g = 1 / Math.sqrt(1 + (3 * other * other) / PI_SQUARED);
    const expected = 1 / (1 + exp(-g * (mu - (opponent.rating - 1500) / SCALE)));
    information += g * g * expected * (1 - expected);
    surplus += g * (score - expected);
  }
  const v = 1 / information;
  const volatility = newVolatility({ phi, v, delta: v * surplus, sigma: player.volatility, tau });
  const before = phi * phi + volatility * volatility;
  const after = 1 / (1 / before + information);
  return { rating: 1500 + SCALE * (mu + after * surplus), deviation: SCALE * Math.sqrt(after), volatility };
}

interface Change {
  readonly phi: number;
  readonly v: number;
  readonly delta: number;
  readonly sigma: number;
  readonly tau: number;
}

/** Step 5: the root of f by the Illinois variant of regula falsi. */
function newVolatility({ phi, v, delta, sigma, tau }: Change): number {
  const a = log(sigma * sigma);
  const f = (x: number): number => {
    const e = exp(x);
    const spread = phi * phi + v + e;
    return (e * (delta * delta - spread)) / (2 * spread * spread) - (x - a) / (tau * tau);
  };
  let low = a;
  let high: number;
  if (delta * delta > phi * phi + v) high = log(delta * delta - phi * phi - v);
  else {
    let k = 1;
    while (f(a - k * tau) < 0) k++;
    high = a - k * tau;
  }
  let atLow = f(low);
  let atHigh = f(high);
  for (let turn = 0; turn < 200 && Math.abs(high - low) > 1e-12; turn++) {
    const middle = low + ((low - high) * atLow) / (atHigh - atLow);
    const atMiddle = f(middle);
    if (atMiddle * atHigh <= 0) {
      low = high;
      atLow = atHigh;
    } else atLow /= 2;
    high = middle;
    atHigh = atMiddle;
  }
  return exp(low / 2);
}
