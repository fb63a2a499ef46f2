import { Failure, outcomeReading, ratingReading, type ModelState, type MonitorReading, type MonitorRules, type Rollout } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import { findDecision } from "../find-decision.ts";
import { readOutcomes } from "./read-outcomes.ts";
import { ratingFactsOf } from "./rating-facts-of.ts";

export interface PromotedQuery {
  readonly state: ModelState;
  readonly rollout: Rollout;
  readonly rules: MonitorRules;
  /** When it was promoted. */
  readonly since: number;
}

/** What is known now of a promoted version. @throws Failure `evidence_unavailable`, `store_unavailable` … */
export async function readPromoted(controller: Controller, query: PromotedQuery): Promise<MonitorReading> {
  const { state, rollout, rules, since } = query;
  const at = controller.clock.now();
  const plan = state.settled?.plan;
  if (plan === undefined) throw new Failure("internal", `${state.model} has no plan that promoted it`);
  const entry = await findDecision(controller.store, state.model, plan.decisionId);
  if (entry.event.kind !== "decision") throw new Failure("ledger_corrupt", `entry ${entry.seq} of ${entry.chain} is no decision`);
  const { observation } = entry.event;
  const { policy } = rollout;
  if (policy.kind !== "rating") return outcomeReading(await readOutcomes(controller, { state, rollout, observation, since, at }), { rules, at });
  const matches = await requireMatches(controller);
  const rating = observation.evidence.available ? observation.evidence.rating : undefined;
  const view = rating ?? { challenger: null, baseline: null };
  const challenger = view.challenger?.participant ?? null;
  if (challenger === null) throw new Failure("evidence_unavailable", `decision ${plan.decisionId} does not say which participant of the matches was promoted`, { fix: "give the version a tag `participant`, and promote it with its matches" });
  const facts = ratingFactsOf(matches, {
    board: policy.board,
    numPlayers: policy.players,
    participant: challenger,
    // Whoever is compared with nobody still goes back to the champion.
    previous: view.baseline?.participant ?? `${rollout.model}@${rollout.champion.version}`,
    baselineElo: view.challenger?.service?.elo ?? null,
    since,
  });
  return ratingReading(facts, { rules, mode: policy.mode, at });
}

async function requireMatches({ matches }: Controller) {
  if (matches === undefined) throw new Failure("evidence_unavailable", "this process keeps no matches", { fix: "configure `ratings` in gauntlet.yaml" });
  const ledger = await matches();
  await ledger.refresh();
  return ledger;
}
