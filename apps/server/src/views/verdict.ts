import type { VerdictReport } from "@gauntlet/contract";
import type { Controller } from "@gauntlet/controller";
import { Failure, type ModelState } from "@gauntlet/core";

import { newestDecision } from "./model-summary.ts";

/**
 * Where the newest rollout of a model stands, for whoever waits for it.
 * @param asked the version that it must be about: an answer about another version is no answer.
 * @throws Failure `not_found` without a rollout; `conflict` when it is about another version.
 */
export async function verdictView(store: Controller["store"], model: string, asked: string | null): Promise<VerdictReport> {
  const state = (await store.ledger.head(model))?.state ?? null;
  const rollout = state?.rollout ?? null;
  if (state === null || rollout === null) throw new Failure("not_found", `${model} has no rollout`, { fix: "start one with `gauntlet start`" });
  const { id, champion, challenger, status } = rollout;
  if (asked !== null && asked !== challenger.version) {
    throw new Failure("conflict", `the newest rollout of ${model} is about version ${challenger.version}, not ${asked}`, { fix: `start a rollout of version ${asked}, or ask about version ${challenger.version}` });
  }
  const decision = await newestDecision(store, state);
  const own = decision?.rolloutId === id ? decision : null;
  return {
    model,
    rollout: id,
    champion: champion.version,
    challenger: challenger.version,
    outcome: isBeingApplied(state) ? "running" : status,
    verdict: own?.verdict ?? null,
    reason: own?.reason ?? null,
    sentence: own?.sentence ?? null,
    decision: own?.id ?? null,
  };
}

/** Aliases that are set back change nothing of how a rollout ended. */
function isBeingApplied({ pending }: ModelState): boolean {
  return pending !== null && pending.reverting !== true;
}
