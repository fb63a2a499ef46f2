import type { SlotsPolicy } from "../../policy/slots-policy.ts";
import type { PolicyWarning } from "./warning.ts";

/** What a policy of slots can't find, or does by chance. */
export function lintSlots(policy: SlotsPolicy): readonly PolicyWarning[] {
  return policy.mode === "strict" ? lintGames(policy) : [BY_CHANCE, ...(policy.reorder === null ? [] : [REORDER_UNUSED])];
}

const BY_CHANCE: PolicyWarning = { code: "points-by-chance", severity: "note", pointer: "/mode", says: "rates of wins are compared as they are, and counted by the names of slots since ever: a version that is no better is promoted about every other time, and the same counts exchange the two again at the next cycle", fix: "use mode: strict" };
const REORDER_UNUSED: PolicyWarning = { code: "reorder-as-written", severity: "note", pointer: "/reorder", says: "compat mode puts challengers in order by their accuracies as they are, whatever stands here", fix: "leave reorder out, or use mode: strict" };

/** A difference of the scores that is found in most cycles before they give up: by the normal approximation of the test. */
function lintGames({ maxGames, alpha }: SlotsPolicy): readonly PolicyWarning[] {
  if (maxGames === null) return [{ code: "games-open", severity: "note", pointer: "/maxGames", says: "a challenger that is as good as the champion is tested for ever, and no other gets the slot", fix: "give maxGames, such as 20000" }];
  const level = alpha.parts / alpha.of;
  // ln E ≈ n·d²/2 − ½·ln(n) and it must reach ln(1/alpha); a standard deviation of √n·d beyond makes it sure.
  const distance = Math.sqrt((2 * (Math.log(1 / level) + Math.log(maxGames) / 2)) / maxGames) + 1 / Math.sqrt(maxGames);
  const points = Math.round(distance * 1000) / 10;
  return [{ code: "games-needed", severity: points > 20 ? "warning" : "note", pointer: "/maxGames", says: `within ${maxGames} games a challenger is found better if its score is about ${points} points of a hundred above the champion's; smaller gains mostly end unproven`, fix: "four times the games find gains half as large" }];
}
