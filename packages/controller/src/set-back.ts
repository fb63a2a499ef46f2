import type { AliasEffect, LedgerEvent, ModelState } from "@gauntlet/core";

import type { Departure } from "./departures.ts";

/** How often, under one plan. Two controllers that both believe that an alias is theirs end there, and a person decides. */
export const REVERTS_MAX = 3;

/**
 * The event that sets back what somebody else moved, or null where the policy leaves it alone, a person has to speak
 * first, or it was set back often enough. Only aliases that name a version: one that a plan removed may be set anew, as
 * a training does for its next challenger.
 */
export function setBack(state: ModelState, found: readonly Departure[], detail: string): Extract<LedgerEvent, { kind: "drift.reverted" }> | null {
  const { rollout, settled, reverts = 0, request, hold } = state;
  if (rollout?.policy.onForeignMove !== "revert" || settled === null || request !== null || hold !== null || reverts >= REVERTS_MAX) return null;
  // A name of its own: it is no part of what was decided, and is not counted as such.
  const decisionId = `${settled.plan.decisionId}/back-${reverts + 1}`;
  const effects = found
    .map(({ effect }) => effect)
    .filter((effect): effect is AliasEffect => effect.kind === "registry.alias" && effect.version !== null)
    .map((effect, index): AliasEffect => ({ ...effect, key: `${decisionId}/${index}`, onForeign: "overwrite" }));
  return effects.length === 0 ? null : { kind: "drift.reverted", decisionId, effects, detail };
}
