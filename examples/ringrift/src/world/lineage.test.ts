import { parsePolicy } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { MODES, openLineage, policyText, type PromotionType } from "./lineage.ts";

const TYPES: readonly PromotionType[] = ["staging", "production", "tier", "champion"];

test.each(TYPES.flatMap((type) => MODES.map((mode) => ({ type, mode }))))("the policy for $type is valid in $mode mode", ({ type, mode }) => {
  const policy = parsePolicy(policyText(type, openLineage(mode, 2)), "the test");
  expect(policy).toMatchObject({ kind: "rating", model: `ringrift-${mode}-round-2`, mode, promotion: type, board: "ring37", players: 2 });
  expect(policy.monitor?.mode ?? null).toBe(type === "champion" ? "rollback" : null);
});
