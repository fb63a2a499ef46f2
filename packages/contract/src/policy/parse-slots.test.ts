import { Failure, type SlotsPolicy } from "@gauntlet/core";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { parsePolicy } from "./parse-policy.ts";

const LEAST = "kind: slots\nname: four slots\nmodel: m\nslots: [Production, B, shadow1, shadow2]\n";

function parsed(text: string): SlotsPolicy {
  const policy = parsePolicy(text, "slots.yaml");
  if (policy.kind !== "slots") throw new Error(policy.kind);
  return policy;
}

function refusal(text: string): readonly string[] {
  try {
    parsePolicy(text, "slots.yaml");
  } catch (error) {
    if (error instanceof Failure) return error.problems.map(({ pointer, detail }) => `${pointer} ${detail}`);
    throw error;
  }
  throw new Error("it was accepted");
}

test("what is left out depends on the mode: three games and .2 are the document's", () => {
  const known = { metrics: { game_score: "moments", correct: "rate" }, split: { champion: 5000, challenger: 5000 }, maxGames: null, reorder: null, approval: null, effects: ["registry.alias", "registry.tag", "document"] };
  expect(parsed(LEAST)).toMatchObject({ ...known, mode: "strict", minGames: 50, alpha: { parts: 1, of: 20 } });
  expect(parsed(`${LEAST}mode: compat\n`)).toMatchObject({ ...known, mode: "compat", minGames: 3, alpha: { parts: 1, of: 5 } });
});

test("the example is a policy", () => {
  const example = parsed(readFileSync(new URL("../../../../docs/examples/slots.yaml", import.meta.url), "utf8"));
  expect(example).toMatchObject({ slots: ["Production", "B", "shadow1", "shadow2"], reorder: { minPredictions: 200, alpha: { parts: 1, of: 20 } } });
});

test.each([
  ["", /\/slots/, "kind: slots\nname: n\nmodel: m\n"],
  ["slots: [Production]\n", /\/slots/, "kind: slots\nname: n\nmodel: m\n"],
  ["slots: [Production, B, B]\n", /\/slots\/2 line 4: "B" is there twice/, "kind: slots\nname: n\nmodel: m\n"],
  ["split: { champion: 60%, challenger: 40% }\n", /\/split line 5: strict mode tests games that go to either slot with the same chance/, LEAST],
  ["mode: compat\nsplit: { champion: 60%, challenger: 50% }\n", /sum to 100 %/, LEAST],
  ["maxGames: 99\n", /\/maxGames .* below twice minGames, 100/, LEAST],
  ["mode: compat\nmaxGames: 99\n", /a rule of strict mode/, LEAST],
  ["accuracy: null\nreorder: { minPredictions: 5 }\n", /\/reorder .* needs the accuracy/, LEAST],
  ["accuracy: game_score\n", /\/accuracy .* predictions need one of their own/, LEAST],
  ["effects: [registry.tag]\n", /without registry.alias nobody would ever change slots/, LEAST],
  ["effects: [traffic]\n", /\/effects\/0/, LEAST],
  ["mode: compat\napproval: { by: 1 }\n", /\/approval .* compat mode .* asks nobody/, LEAST],
  ["approval: { by: 0 }\n", /\/approval\/by/, LEAST],
])("%j is refused", (text, wanted, base) => {
  expect(refusal(base + text).join("\n")).toMatch(wanted);
});

test("who must sign", () => {
  expect(parsed(`${LEAST}approval: { by: 2, notBy: [ada] }\n`).approval).toEqual({ by: 2, notBy: ["ada"] });
});

test("an uneven split is compat mode's to have", () => {
  expect(parsed(`${LEAST}mode: compat\nsplit: { champion: 80%, challenger: 20% }\n`).split).toEqual({ champion: 8000, challenger: 2000 });
});
