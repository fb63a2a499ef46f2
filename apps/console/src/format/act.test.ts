import type { ModelDetail } from "@gauntlet/contract";
import { allocate, emptyState, type RatingPolicy, type Rollout } from "@gauntlet/core";
import { expect, test } from "vitest";

import { briefOf, movesUnits } from "./act.ts";

const alone = allocate({ model: "m", epoch: 1, seed: "a", shares: [{ slot: "champion", version: "1", basisPoints: 10_000 }], shadow: false });

/** What the words are made of. */
function detailOf(policy: Partial<RatingPolicy> | { readonly kind: "ramp"; readonly effects: readonly string[] }): ModelDetail {
  const rollout = { policy: { approval: null, effects: [], tier: null, ...policy }, status: "running", champion: { version: "1" }, challenger: { version: "2" }, allocation: alone, snapshot: { aliases: { champion: "1" }, allocation: alone } } as unknown as Rollout;
  return { state: { ...emptyState("m"), rollout }, decision: null } as unknown as ModelDetail;
}

test("a promotion by matches moves no unit, and names the version as its type says", () => {
  const happens = (promotion: RatingPolicy["promotion"], verb: "promote" | "reject" | "rollback", more: Partial<RatingPolicy> = {}) => briefOf(verb, detailOf({ kind: "rating", promotion, ...more })).happens.slice(0, 2);
  expect(happens("production", "promote")).toEqual(["No unit moves: only the registry changes.", "The alias champion moves to version 2; version 1 becomes previous."]);
  expect(happens("staging", "promote")[1]).toBe("The alias staging moves to version 2; version 1 stays champion.");
  expect(happens("tier", "promote", { tier: { target: "D4", minGames: 100, ladder: [] } })[1]).toBe("The alias tier-D4 moves to version 2; version 1 stays champion.");
  expect(happens("rollback", "promote")[1]).toBe("The alias champion moves back to version 2; version 1 is rolled back.");
  expect(happens("production", "reject")).toEqual(["Version 1 stays; no unit moves.", "Version 2 is archived and the rollout ends."]);
  expect(happens("tier", "reject")[1]).toBe("The rollout ends; version 2 stays what it is.");
  expect(happens("production", "rollback")[0]).toBe("No unit moves: the rollout moved none.");
});

test("where traffic moves, it is said how much of it", () => {
  const ramp = detailOf({ kind: "ramp", effects: ["traffic"] });
  expect(briefOf("promote", ramp).happens[0]).toBe("100\u00A0% of units move from version 1 to version 2.");
  expect(briefOf("promote", detailOf({ kind: "rating", promotion: "production", effects: ["traffic"] })).happens[0]).toBe("100\u00A0% of units move from version 1 to version 2.");
  expect(movesUnits(ramp.state.rollout as Rollout)).toBe(true);
});

test("who signs a swap of slots reads what it will do: also that challengers may change places, where the policy orders them", () => {
  const awaiting = (reorder: object | null) => {
    const detail = detailOf({ kind: "slots", slots: ["Production", "B", "shadow1"], reorder, approval: { by: 1, notBy: [] } } as never);
    return briefOf("approve", { ...detail, decision: { id: "d-1", reason: "awaiting_approval" } } as unknown as ModelDetail).happens[1];
  };
  expect(awaiting(null)).toBe("Then the alias Production moves to version 2, and B to version 1; other challengers stay where they are.");
  expect(awaiting({ minPredictions: 200 })).toBe("Then the alias Production moves to version 2; version 1 and the shadows take the other slots, by what they surely predict better.");
});
