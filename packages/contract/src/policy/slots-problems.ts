import type { Problem, SlotsPolicy } from "@gauntlet/core";

/** What the shape of a file of kind `slots` can't say: how its parts must fit each other. */
export function slotsProblems({ mode, slots, win, accuracy, split, minGames, maxGames, approval, reorder, effects }: SlotsPolicy): readonly Problem[] {
  const problems: Problem[] = [];
  const twice = slots.findIndex((slot, index) => slots.indexOf(slot) !== index);
  if (twice >= 0) problems.push({ pointer: `/slots/${twice}`, detail: `"${slots[twice]}" is there twice` });
  if (win === accuracy) problems.push({ pointer: "/accuracy", detail: `"${win}" is the metric of games; predictions need one of their own` });
  if (split.champion + split.challenger !== 10_000) problems.push({ pointer: "/split", detail: "the two shares must sum to 100 %" });
  else if (mode === "strict" && split.champion !== split.challenger) problems.push({ pointer: "/split", detail: "strict mode tests games that go to either slot with the same chance: 50 % each" });
  if (maxGames !== null && maxGames < 2 * minGames) problems.push({ pointer: "/maxGames", detail: `is below twice minGames, ${2 * minGames}: it would end before anything is judged` });
  if (mode === "compat" && maxGames !== null) problems.push({ pointer: "/maxGames", detail: "is a rule of strict mode; compat mode ends each cycle at its first look" });
  if (mode === "compat" && approval !== null) problems.push({ pointer: "/approval", detail: "is a rule of strict mode; compat mode ends each cycle at its first look, and asks nobody" });
  if (mode === "strict" && reorder !== null && accuracy === null) problems.push({ pointer: "/reorder", detail: "needs the accuracy of predictions: name its metric under accuracy" });
  if (!effects.includes("registry.alias")) problems.push({ pointer: "/effects", detail: "without registry.alias nobody would ever change slots" });
  return problems;
}
