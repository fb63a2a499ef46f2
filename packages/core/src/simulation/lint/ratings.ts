import type { RatingPolicy } from "../../policy/rating-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import { scoreOfElo } from "../../statistics/sequential/elo.ts";
import { round } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

/** A promotion by matches that asks for more games than it waits for, goes by chance, or leaves traffic where it is. */
export function lintRating(policy: RatingPolicy): readonly PolicyWarning[] {
  return [...(policy.mode === "strict" ? lintGames(policy) : lintPoints(policy)), ...lintTraffic(policy)];
}

function lintGames(policy: RatingPolicy): readonly PolicyWarning[] {
  const { promotion, criteria, sprt, spending } = policy;
  if (promotion === "tier") return [];
  const games = gamesNeeded(policy);
  const least = toNumber(criteria.minEloImprovement) + toNumber(sprt.width);
  const says = `a version that is ${least} Elo points stronger takes about ${round(games)} games without draws${spending === "across" ? ", and the later ones of a model more" : ""}; with draws, or in pairs, fewer`;
  if (criteria.maxGames !== null && criteria.maxGames < games) {
    return [{ code: "games-too-few", severity: "warning", pointer: "/criteria/maxGames", says: `${says}; it gives up after ${criteria.maxGames}`, fix: `allow ${round(4 * games)} games, or a larger sprt.width` }];
  }
  return [{ code: "games-needed", severity: "note", pointer: "/sprt/width", says, fix: "a larger width takes fewer games, and may leave smaller gains unfound" }];
}

/** Wald's expectation at elo1, with the variance of a game that is won or lost. */
function gamesNeeded({ criteria, sprt, alpha }: RatingPolicy): number {
  const elo0 = toNumber(criteria.minEloImprovement);
  const [s0, s1] = [scoreOfElo(elo0), scoreOfElo(elo0 + toNumber(sprt.width))];
  const [a, b] = [toNumber(alpha), toNumber(sprt.beta)];
  const expected = (1 - b) * Math.log((1 - b) / a) + b * Math.log(b / (1 - a));
  const games = (expected * 2 * s1 * (1 - s1)) / (s1 - s0) ** 2;
  return Math.ceil(games / 10) * 10;
}

function lintPoints({ promotion }: RatingPolicy): readonly PolicyWarning[] {
  if (promotion === "rollback" || promotion === "tier") return [];
  return [{ code: "points-by-chance", severity: "note", pointer: "/mode", says: "points are compared as they are, so that a version which is no better is promoted if it is looked at often enough", fix: "use mode: strict" }];
}

function lintTraffic({ promotion, effects }: RatingPolicy): readonly PolicyWarning[] {
  if (promotion === "staging" || promotion === "tier" || effects.includes("traffic")) return [];
  return [{ code: "traffic-stays", severity: "note", pointer: "/effects", says: "a promotion moves the alias champion, and whoever serves by Gauntlet's traffic goes on serving what it did", fix: "add traffic, if this model serves through Gauntlet" }];
}
