import { Failure, type RatingPolicy } from "@gauntlet/core";
import { expect, test } from "vitest";

import { parsePolicy } from "./parse-policy.ts";

const LEAST = "kind: rating\nname: ladder\nmodel: m\npromotion: production\nboard: square8\nplayers: 2\n";

function parsed(text: string): RatingPolicy {
  const policy = parsePolicy(text, "rating.yaml");
  if (policy.kind !== "rating") throw new Error(policy.kind);
  return policy;
}

function refusal(text: string): readonly string[] {
  try {
    parsePolicy(text, "rating.yaml");
  } catch (error) {
    if (error instanceof Failure) return error.problems.map(({ pointer, detail }) => `${pointer} ${detail}`);
    throw error;
  }
  throw new Error("it was accepted");
}

test("what is left out is document 002's", () => {
  expect(parsed(LEAST)).toMatchObject({
    mode: "strict",
    baseline: { kind: "champion" },
    criteria: { minEloImprovement: { parts: 25, of: 1 }, minGames: 50, minWinRate: { parts: 13, of: 25 }, wilson: false, minElo: null, eloFall: { parts: -30, of: 1 }, maxGames: null },
    alpha: { parts: 1, of: 20 },
    sprt: { width: { parts: 25, of: 1 }, beta: { parts: 1, of: 20 }, scale: "logistic" },
    pairs: "tournament",
    checks: [],
    tier: null,
    gate: null,
    effects: ["registry.alias", "registry.tag", "document"],
  });
});

test("going back asks for less, since nobody should wait for 25 points of it", () => {
  expect(parsed(LEAST.replace("production", "rollback")).criteria).toMatchObject({ minEloImprovement: { parts: 0, of: 1 }, minWinRate: { parts: 1, of: 2 } });
});

test("every part of it is read", () => {
  const policy = parsed(`${LEAST.replace("production", "champion")}
mode: compat
baseline: { participant: v41 }
criteria: { minEloImprovement: 12.5, minGames: 100, minWinRate: 55%, maxValueMseDegradation: 0.05, confidence: 99%, wilson: true, minElo: 2000, eloFall: -40, maxGames: 5000 }
pairs: none
sprt: { width: 10, beta: 10%, scale: normalized }
harm: null
gate: { minElo: 1500, minAccuracy: 40%, accuracy: top1 }
approval: { by: 2 }
effects: [registry.stage, traffic]
monitor: { drop: 20 }
`);
  expect(policy).toMatchObject({
    baseline: { kind: "participant", participant: "v41" },
    criteria: { minEloImprovement: { parts: 25, of: 2 }, wilson: true, minElo: { parts: 2000, of: 1 } },
    alpha: { parts: 1, of: 100 },
    harm: null,
    gate: { minGames: 50, minElo: { parts: 1500, of: 1 }, accuracy: { metric: "top1", atLeast: { parts: 2, of: 5 } } },
    checks: [{ kind: "offline", metric: "value_mse", against: { better: "lower", ask: "noWorseThan", margin: { parts: 1, of: 20 }, basis: "absolute" } }],
    monitor: { minSamples: 20, rating: { dropMax: { parts: 20, of: 1 } } },
  });
});

test("a ladder is put in order", () => {
  const { tier } = parsed(`${LEAST.replace("production", "tier")}tier: { target: D2, ladder: { D3: 1400, D1: 1000, D2: 1200 } }`);
  expect(tier?.ladder.map(({ name }) => name)).toEqual(["D1", "D2", "D3"]);
});

test.each([
  ["a tier that is not said", LEAST.replace("production", "tier"), "/tier"],
  ["a tier that is not in the ladder", `${LEAST.replace("production", "tier")}tier: { target: D9, ladder: { D1: 1000 } }`, "/tier/target"],
  ["two tiers that begin at one point", `${LEAST.replace("production", "tier")}tier: { target: D1, ladder: { D1: 1000, D2: 1000 } }`, "/tier/ladder/D2"],
  ["a tier of what is none", `${LEAST}tier: { target: D1, ladder: { D1: 1000 } }`, "/tier"],
  ["a gate of what is no champion", `${LEAST}gate: {}`, "/gate"],
  ["nobody to compare with", `${LEAST}baseline: none`, "/baseline"],
  ["a rollback from somebody else", `${LEAST.replace("production", "rollback")}baseline: { participant: x }`, "/baseline"],
  ["stages in strict mode", `${LEAST}effects: [registry.stage]`, "/effects/0"],
  ["rules of the other mode", `${LEAST}criteria: { wilson: true }`, "/criteria/wilson"],
  ["an absolute target in strict mode", `${LEAST}criteria: { minElo: 2000 }`, "/criteria/minElo"],
  ["a fall that is a rise", `${LEAST}mode: compat\ncriteria: { eloFall: 30 }`, "/criteria/eloFall"],
  ["fewer games than are asked for", `${LEAST}criteria: { maxGames: 10 }`, "/criteria/maxGames"],
  ["no board", LEAST.replace("board: square8\n", ""), "/board"],
  ["an unknown promotion", LEAST.replace("production", "elo_improvement"), "/promotion"],
  ["an unknown key", `${LEAST}sprt: { elo1: 25 }`, "/sprt/elo1"],
])("refused: %s", (_, text, pointer) => {
  expect(refusal(text).map((problem) => problem.split(" ")[0])).toContain(pointer);
});
