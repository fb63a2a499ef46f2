import { digestOf, Failure, type LedgerEvent, type ModelState, type OperatorRequest } from "@gauntlet/core";

import { appendEvents, withFreshState } from "./chain.ts";
import type { Controller } from "./controller.ts";

interface Act {
  readonly by: string;
  readonly reason: string;
}

/**
 * A person asks for a promotion, a rejection or a rollback. The request is recorded at once and answered by the next
 * tick, which comes before every other consideration; a rollback needs no data and works after a promotion too (I15).
 */
export async function request(controller: Controller, model: string, act: Act & { readonly kind: OperatorRequest["kind"] }): Promise<ModelState> {
  return write(controller, model, (state) => {
    const rollout = requireRollout(state);
    const { pending } = state;
    // A plan that is stuck can be rolled back whatever the status: nothing else would free it.
    const allowed = rollout.status === "running" || (act.kind === "rollback" && (rollout.status === "promoted" || pending !== null));
    if (!allowed) {
      throw new Failure("conflict", `rollout ${rollout.id} is ${rollout.status}; it can't be asked to ${act.kind}`, { fix: "look at `gauntlet status`; a finished rollout is followed by a new one" });
    }
    if (act.kind !== "rollback" && pending !== null && pending.plan.becomes !== "running") {
      throw new Failure("conflict", `decision ${pending.decisionId} of ${model} is being applied; only a rollback can be asked for now`, { fix: "wait until it is applied, or ask for a rollback" });
    }
    const at = controller.clock.now();
    const id = `r-${digestOf([rollout.id, act.kind, act.by, at, state.seq]).slice(0, 24)}`;
    return { kind: "request", request: { id, kind: act.kind, by: act.by, at, reason: act.reason } };
  });
}

/** Nothing is promoted while a hold stands. Harm still rolls back. */
export async function hold(controller: Controller, model: string, act: Act): Promise<ModelState> {
  return write(controller, model, (state) => {
    requireRollout(state);
    return { kind: "hold", hold: { by: act.by, at: controller.clock.now(), reason: act.reason } };
  });
}

export async function resume(controller: Controller, model: string, act: Act): Promise<ModelState> {
  return write(controller, model, (state) => {
    if (state.hold === null) throw new Failure("conflict", `${model} is not on hold`, { fix: "nothing needs to be done" });
    return { kind: "resume", by: act.by, reason: act.reason };
  });
}

export interface ApproveRequest {
  readonly by: string;
  readonly decisionId: string;
  readonly evidenceDigest: string;
  readonly comment: string;
}

/**
 * Signs the newest decision and the evidence it was made from. An approval of anything older is refused, since its
 * signer saw something else; when the evidence changes later, the approval is void by itself (I12).
 */
export async function approve(controller: Controller, model: string, approval: ApproveRequest): Promise<ModelState> {
  return write(controller, model, (state) => {
    const rollout = requireRollout(state);
    const rule = rollout.policy.approval;
    if (rollout.status !== "running" || rule === null) throw new Failure("conflict", `rollout ${rollout.id} awaits no approval`, { fix: "look at `gauntlet status`" });
    if (rule.notBy.includes(approval.by)) throw new Failure("forbidden", `${approval.by} may not approve ${model}: the policy excludes them`, { fix: "ask somebody else to sign" });
    if (state.decision?.id !== approval.decisionId || state.decision.evidenceDigest !== approval.evidenceDigest) {
      throw new Failure("conflict", `decision ${approval.decisionId} is not the newest of ${model}, or its evidence has changed`, { fix: `look again: \`gauntlet explain ${state.decision?.id ?? ""}\`` });
    }
    const at = controller.clock.now();
    const id = `a-${digestOf([approval, at, state.seq]).slice(0, 24)}`;
    return { kind: "approval", approval: { id, at, by: approval.by, decisionId: approval.decisionId, evidenceDigest: approval.evidenceDigest, comment: approval.comment } };
  });
}

function write(controller: Controller, model: string, eventOf: (state: ModelState) => LedgerEvent): Promise<ModelState> {
  return withFreshState(controller, model, (state) => appendEvents(controller, state, { events: [eventOf(state)], fence: null }));
}

function requireRollout(state: ModelState): NonNullable<ModelState["rollout"]> {
  if (state.rollout === null) throw new Failure("not_found", `${state.model} has no rollout`, { fix: "start one: `gauntlet start <policy> --challenger <version>`" });
  return state.rollout;
}
