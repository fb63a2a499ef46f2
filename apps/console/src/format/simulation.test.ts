import { parseWorld, simulationAct } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import { expect, test } from "vitest";

import { effectWords, NO_WORLD, simulationActOf, simulationSentences, STARTER_POLICY, worldText, type SimulationInput } from "./simulation.ts";

const INPUT: SimulationInput = { ...NO_WORLD, policy: STARTER_POLICY };

test("nothing given: nothing said of the world, and the usual effects", () => {
  const act = simulationActOf(INPUT);
  expect(act).toMatchObject({ world: "", effects: null, runs: 500, seed: 1 });
  expect(simulationAct.parse(act)).toEqual(act);
});

test("figures become a world file that the server reads", () => {
  const text = worldText({ ...INPUT, trafficPerDay: "54.5", prevalence: " 17.44% ", recall: "81.45%", precisionChange: "-1pp", more: "labels: { coverage: 99% }\n" });
  expect(parseWorld(text, "world")).toEqual({ trafficPerDay: 54.5, prevalence: 0.1744, champion: { recall: 0.8145 }, challenger: { precisionChange: -0.01 }, labels: { coverage: 0.99 } });
});

test("a figure stays the value of its own key, whatever is typed", () => {
  const text = worldText({ ...INPUT, prevalence: '1%"\nlabels: { coverage: 0 }', recall: "0.5 } #" });
  expect(text.split("\n")).toHaveLength(2);
  expect(() => parseWorld(text, "world")).toThrow(Failure);
});

test("effects are read as they are written", () => {
  expect(simulationActOf({ ...INPUT, effects: "-10%, 0; 5% 0.148,\u22121/4" }).effects).toEqual([-0.1, 0, 0.05, 0.148, -0.25]);
  expect([-0.1, 0, 0.148].map(effectWords)).toEqual(["\u221210\u00A0%", "0\u00A0%", "+14.8\u00A0%"]);
});

test.each([
  ["effects", { effects: "much" }],
  ["runs", { runs: "1e3" }],
  ["seed", { seed: "" }],
])("what is no number is refused with a fix: %s", (_, part) => {
  expect(() => simulationActOf({ ...INPUT, ...part })).toThrow(expect.objectContaining({ code: "invalid_input", fix: expect.stringContaining("write") }));
});

test("the sentences name the worst false promotion beside the naive test's, and the best true one", () => {
  const chance = (share: number) => ({ share, low: share / 2, high: share + 0.05 });
  const spread = { mean: 46, p10: 25, p90: 46 };
  const outcomes = (promote: number) => ({ promote: chance(promote), retain: chance(1 - promote), rollback: chance(0), hold: chance(0), reasons: {}, days: spread, samples: spread, exposed: spread, harmed: spread });
  const point = (effect: number, promote: number, naive: number) => ({ effect, runs: 100, deserving: effect > 0.05, harmless: effect >= 0, policy: outcomes(promote), falsePromotion: null, falseRollback: effect >= 0 ? chance(0) : null, naive: outcomes(naive) });
  const report = { policy: "p", kind: "abtest" as const, mode: "strict", metric: "recall", seed: 1, runs: 100, world: { trafficPerDay: 1, prevalence: 0.1 }, asked: 0.05, assumed: [], impossible: [] };
  expect(simulationSentences({ ...report, points: [point(0, 0, 0.3), point(0.05, 0.02, 0.8), point(0.1, 0.9, 1)] }).join("\n").replaceAll("\u00A0", " ")).toBe(
    `A challenger that is not what the policy asks for is promoted in at most 2 % of 100 runs (at +5 %), its 95 % interval up to 7 %; the naive daily test promotes in 80 %.
One that is, is promoted in 90 % at +10 %, after 46 d on average.
One that does no harm is rolled back in at most 0 %.`,
  );
  expect(simulationSentences({ ...report, points: [point(0, 0, 0.3)] })[1]).toContain("give larger effects");
});
