import { planFor, type ModelState } from "@gauntlet/core";

import { applyPlan } from "./apply-plan.ts";
import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { judge, type Judged } from "./judge.ts";
import { lead, resign, whileLeading, type Leadership } from "./leadership.ts";
import { recordDecision } from "./record-decision.ts";
import { isSettling, watchRunning, watchSettled } from "./watch-settled.ts";

/** What a tick came to; `state` is the model's state after it. */
export type TickResult =
  | { readonly kind: "led_elsewhere" }
  | { readonly kind: "idle" | "decided" | "applied" | "waiting"; readonly state: ModelState; readonly judged?: Judged };

/**
 * One step of one model: read everything, decide, plan, record the intent, apply it, record the results. Whoever dies
 * in the middle, the next tick goes on from what the ledger says. Only the holder of the model's lease works on it.
 */
export async function tick(controller: Controller, model: string): Promise<TickResult> {
  const leadership = await lead(controller, model);
  if (leadership === null) return { kind: "led_elsewhere" };
  try {
    return await step(controller, model, leadership);
  } finally {
    await resign(controller, leadership);
  }
}

async function step(controller: Controller, model: string, leadership: Leadership): Promise<TickResult> {
  const known = await readState(controller, model);
  const settled = !isOpen(known) || isSettling(controller, known);
  const watched = settled ? await watchSettled(controller, known, leadership) : await watchRunning(controller, known, leadership);
  const isReverting = watched.pending?.reverting === true && canGoOn(watched);
  const state = isReverting ? await applyPlan(controller, watched, leadership) : watched;
  // Aliases that can't be set back yet must not keep a rollout that runs from its decisions.
  if (isReverting && state.rollout?.status !== "running") return finish(state);
  if (!isReverting && canGoOn(state)) return finish(await applyPlan(controller, state, leadership));
  if (!isOpen(state)) return { kind: "idle", state };

  const { done: judged, leadership: kept } = await whileLeading(controller, leadership, (beat) => judge(controller, state, beat));
  const { observation, decision } = judged;
  const plan = planFor(decision, observation);
  const recorded = await recordDecision(controller, { state, observation, decision, plan, fence: kept });
  if (!canGoOn(recorded)) return { kind: "decided", state: recorded, judged };
  return { ...finish(await applyPlan(controller, recorded, kept)), judged };
}

/** A pending plan goes on, unless a person asks for something else or an effect was refused for good. */
function canGoOn(state: ModelState): boolean {
  return state.pending !== null && state.request === null && (state.pending.failed?.retryable ?? true);
}

/** There is something to decide: a running rollout, an unanswered request, or a plan that is stuck. */
function isOpen(state: ModelState): boolean {
  return state.rollout !== null && (state.rollout.status === "running" || state.request !== null || state.pending !== null);
}

function finish(state: ModelState): Extract<TickResult, { state: ModelState }> {
  return { kind: state.pending === null ? "applied" : "waiting", state };
}
