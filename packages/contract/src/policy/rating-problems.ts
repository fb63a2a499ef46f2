import { toNumber, type Problem, type RatingPolicy } from "@gauntlet/core";

/** What the shape of a file of kind `rating` can't say: how its parts must fit each other. */
export function ratingProblems(policy: RatingPolicy): readonly Problem[] {
  return [...baselineProblems(policy), ...tierProblems(policy), ...gateProblems(policy), ...criteriaProblems(policy), ...effectProblems(policy)];
}

function baselineProblems({ mode, promotion, baseline, checks }: RatingPolicy): Problem[] {
  const problems: Problem[] = [];
  if (baseline.kind === "none" && mode === "strict" && promotion !== "tier") problems.push({ pointer: "/baseline", detail: "strict mode tests the difference to somebody: name champion or a participant" });
  if (promotion === "rollback" && baseline.kind !== "champion") problems.push({ pointer: "/baseline", detail: "a version gets its place back from the champion: leave it out" });
  if (promotion === "tier" && checks.length > 0 && baseline.kind === "none") problems.push({ pointer: "/criteria/maxValueMseDegradation", detail: "compares with the champion's run, and baseline: none says that there is nobody to compare with" });
  return problems;
}

function tierProblems({ promotion, tier }: RatingPolicy): Problem[] {
  if (promotion !== "tier") return tier === null ? [] : [{ pointer: "/tier", detail: `says nothing of a promotion to ${promotion}` }];
  if (tier === null) return [{ pointer: "/tier", detail: "a promotion to a tier needs to know which: target, and a ladder such as { D1: 1000, D2: 1200 }" }];
  const problems: Problem[] = [];
  const names = tier.ladder.map(({ name }) => name);
  if (!names.includes(tier.target)) problems.push({ pointer: "/tier/target", detail: `"${tier.target}" is not in the ladder; it has ${names.join(", ") || "no tiers"}` });
  const same = tier.ladder.find(({ elo }, index) => index > 0 && toNumber(elo) === toNumber((tier.ladder[index - 1] as (typeof tier.ladder)[number]).elo));
  if (same !== undefined) problems.push({ pointer: `/tier/ladder/${same.name}`, detail: `begins at ${toNumber(same.elo)} points, as another tier does` });
  return problems;
}

function gateProblems({ promotion, gate }: RatingPolicy): Problem[] {
  return gate !== null && promotion !== "champion" ? [{ pointer: "/gate", detail: `is for a promotion to champion, not to ${promotion}` }] : [];
}

function criteriaProblems({ mode, promotion, criteria }: RatingPolicy): Problem[] {
  const problems: Problem[] = [];
  if (criteria.maxGames !== null && criteria.maxGames < criteria.minGames) problems.push({ pointer: "/criteria/maxGames", detail: `is below minGames, ${criteria.minGames}` });
  if (mode === "strict" && criteria.wilson) problems.push({ pointer: "/criteria/wilson", detail: "is a rule of compat mode; strict mode has an exact interval" });
  if (mode === "strict" && criteria.minElo !== null) problems.push({ pointer: "/criteria/minElo", detail: "is a rule of compat mode; for points that must be reached use promotion: tier" });
  if (toNumber(criteria.eloFall) >= 0) problems.push({ pointer: "/criteria/eloFall", detail: "is a fall: a negative number such as -30" });
  if (promotion === "tier" && criteria.maxGames !== null) problems.push({ pointer: "/criteria/maxGames", detail: "says nothing of a tier: its version is promoted when it has the points" });
  return problems;
}

/** MLflow has deprecated stages, and strict mode names versions by aliases. */
function effectProblems({ mode, effects }: RatingPolicy): Problem[] {
  const index = effects.indexOf("registry.stage");
  return mode === "strict" && index >= 0 ? [{ pointer: `/effects/${index}`, detail: "stages are deprecated and are written in compat mode only; use registry.alias" }] : [];
}
