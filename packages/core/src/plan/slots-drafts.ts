import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { closes } from "../decision/slots/decide-slots.ts";
import { liveGames } from "../decision/slots/tickers.ts";
import type { SlotAssignment } from "../decision/slots-view.ts";
import { Failure } from "../failure/failure.ts";
import type { Rollout } from "../policy/rollout.ts";
import type { SlotsPolicy } from "../policy/slots-policy.ts";
import type { Draft } from "./draft.ts";
import type { Plan } from "./plan.ts";

/** What a decision on slots does: each alias is set once, to who holds it when the cycle is over. The product splits by itself. */
export function slotsDrafts(decision: Decision, observation: Observation, policy: SlotsPolicy): readonly Draft[] {
  const { rollout } = observation;
  switch (decision.verdict) {
    case "hold":
      return endsAnyway(decision, policy) ? moves(decision, rollout) : [];
    case "promote":
      return [...moves(decision, rollout), ...tags(rollout.challenger.version, "champion", decision), ...tags(rollout.champion.version, "challenger", decision), ...documents(decision, rollout)];
    case "retain":
      return [...moves(decision, rollout), ...tags(rollout.challenger.version, null, decision), ...documents(decision, rollout)];
    case "rollback":
      return [...restored(decision, rollout, policy), ...tags(rollout.challenger.version, "rolled_back", decision), ...tags(rollout.champion.version, "champion", decision), ...documents(decision, rollout)];
    case "advance":
      throw new Failure("internal", `decision ${decision.id} advances ${rollout.id}, which has no stages`);
  }
}

/** What the model's next cycle begins with, once the plan was applied; nothing while this one goes on. */
export function slotsAfter(decision: Decision, { rollout, evidence, at }: Observation, policy: SlotsPolicy): Pick<Plan, "after" | "closes"> {
  if (!closes(policy, decision)) return {};
  const view = evidence.available ? evidence.slots : undefined;
  const { baseline = null, cyclesBefore = 0 } = rollout.cycle ?? {};
  // A promotion that is taken back exchanges the first two once more.
  const exchanged = decision.verdict === "promote" || (decision.verdict === "rollback" && rollout.status === "promoted");
  const after = exchanged ? { baseline: view === undefined ? null : { decisionId: decision.id, at, games: liveGames(view) }, cyclesBefore: 0 } : { baseline, cyclesBefore: cyclesBefore + 1 };
  return { after, ...(endsAnyway(decision, policy) ? { closes: true } : {}) };
}

function endsAnyway(decision: Decision, policy: SlotsPolicy): boolean {
  return decision.verdict === "hold" && closes(policy, decision);
}

/** Without a view of the slots there is nothing to put in order: then only the first two are exchanged, as somebody asked. */
function moves({ verdict, slots }: Decision, { champion, challenger, cycle }: Rollout): readonly Draft[] {
  if (slots !== undefined) return slots.assignments.flatMap(moved);
  const [first, second] = cycle?.holders ?? [];
  if (verdict !== "promote" || first === undefined || second === undefined) return [];
  return [alias(first.slot, champion.version, challenger.version), alias(second.slot, challenger.version, champion.version)];
}

function moved({ slot, version, previousVersion, changed }: SlotAssignment): readonly Draft[] {
  return changed ? [alias(slot, previousVersion, version)] : [];
}

// oxlint-disable-next-line max-params -- a slot, who has it and who gets it read best in a row
function alias(slot: string, from: string | null, to: string | null): Draft {
  return { kind: "registry.alias", alias: slot, version: to, expect: [from], onForeign: "stop" };
}

/** Back to the snapshot. What a trainer put into a shadow since is left to it, also where a person asks for the rollback. */
function restored({ reason }: Decision, { snapshot, cycle }: Rollout, { slots }: SlotsPolicy): readonly Draft[] {
  const known = (cycle?.holders ?? []).map(({ version }) => version?.version ?? null);
  return slots.map((slot, index) => {
    const version = snapshot.aliases[slot] ?? null;
    return { kind: "registry.alias", alias: slot, version, expect: [...new Set([version, ...known, null])], onForeign: index < 2 && reason === "manual" ? "overwrite" : "leave" };
  });
}

function tags(version: string, lifecycle: string | null, decision: Decision): readonly Draft[] {
  return [
    ...(lifecycle === null ? [] : [{ kind: "registry.tag" as const, version, name: "gauntlet.lifecycle", value: lifecycle }]),
    { kind: "registry.tag", version, name: "gauntlet.decision_id", value: decision.id },
    { kind: "registry.tag", version, name: "gauntlet.reason", value: decision.reason },
  ];
}

function documents({ id }: Decision, { challenger: { runId } }: Rollout): readonly Draft[] {
  if (runId === null) return [];
  const names = ["decision.md", "decision.yaml"] as const;
  return names.map((document) => ({ kind: "document", runId, decisionId: id, document }));
}
