import { expect, test } from "vitest";

import { ratingPolicy } from "../../testing/rating-observation.ts";
import { lintPolicy } from "./lint-policy.ts";

const CRITERIA = { ...ratingPolicy().criteria, minEloImprovement: { parts: 0, of: 1 } };
const found = (change: Parameters<typeof ratingPolicy>[0]) => lintPolicy(ratingPolicy(change), null).map(({ code, severity }) => `${severity} ${code}`);

test("says how many games a test takes, and when it gives up before", () => {
  const effects = ["registry.alias", "traffic"] as const;
  expect(found({ criteria: CRITERIA, effects })).toEqual(["note games-needed"]);
  expect(lintPolicy(ratingPolicy({ criteria: CRITERIA, effects }), null)[0]?.says).toMatch(/25 Elo points stronger takes about 1,030 games/);
  expect(found({ criteria: { ...CRITERIA, maxGames: 500 }, effects })).toEqual(["warning games-too-few"]);
  expect(found({ promotion: "tier", effects })).toEqual([]);
});

test("says that points go by chance, and that traffic stays", () => {
  expect(found({ mode: "compat" })).toEqual(["note points-by-chance", "note traffic-stays"]);
  expect(found({ mode: "compat", promotion: "staging" })).toEqual(["note points-by-chance"]);
});
