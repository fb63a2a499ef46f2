import { beginWatching, checkMonitor, completeRollback, skippedUnread, type CheckOutcome, type ModelState, type MonitorEvent, type MonitorRules, type MonitorState, type MonitorStep, type Rollout } from "@gauntlet/core";

import { asFailure } from "../as-failure.ts";
import { readState } from "../chain.ts";
import type { Controller } from "../controller.ts";
import { lead, resign, type Leadership } from "../leadership.ts";
import type { StoredMonitor } from "../ports/monitor-store.ts";
import { askRollback } from "./ask-rollback.ts";
import { deliveriesOf, type HookNames } from "../hooks/deliveries-of.ts";
import { readPromoted } from "./read-promoted.ts";

export interface WatchOptions {
  readonly controller: Controller;
  readonly hooks: HookNames;
}

/** What a look at one model came to. */
export type WatchResult =
  | { readonly kind: "led_elsewhere" | "not_watched" }
  /** Something could not be read, which is neither good nor bad. */
  | { readonly kind: "unavailable"; readonly code: string; readonly detail: string }
  | { readonly kind: "looked"; readonly rules: MonitorRules; readonly state: MonitorState; readonly outcome: CheckOutcome; readonly step: MonitorStep }
  /** What it had asked for has been done. */
  | { readonly kind: "completed"; readonly state: MonitorState };

/**
 * One look at what a model's promoted rollout became: read, check, save, and only then ask for a rollback. It leads the
 * model while it does so, and what it saves is compared with what it read, so that no check is made twice. Whoever dies
 * after the save, the next look asks for what was decided; the ledger takes one request of a rollout.
 */
export async function watchPromoted(options: WatchOptions, model: string): Promise<WatchResult> {
  const { controller } = options;
  const subject = subjectOf(model);
  const state = await readState(controller, model);
  // Most models have nothing to watch, and are left alone.
  if (state.rollout?.policy.monitor === undefined) return { kind: "not_watched" };
  const stored = await controller.store.monitor.read(subject);
  if (watchedRollout(controller, state, stored) === null && !isCompleted(state, stored)) return { kind: "not_watched" };
  const leadership = await lead(controller, model);
  if (leadership === null) return { kind: "led_elsewhere" };
  try {
    return await look(options, { model, subject, leadership });
  } finally {
    await resign(controller, leadership);
  }
}

function subjectOf(model: string): string {
  return `model:${model}`;
}

interface Looking {
  readonly model: string;
  readonly subject: string;
  readonly leadership: Leadership;
}

/** Everything is read again under the lease: another leader may have been there. */
async function look(options: WatchOptions, looking: Looking): Promise<WatchResult> {
  const { controller } = options;
  const [state, stored] = await Promise.all([readState(controller, looking.model), controller.store.monitor.read(looking.subject)]);
  if (stored !== null && isCompleted(state, stored)) return complete(options, looking, stored);
  const watched = watchedRollout(controller, state, stored);
  if (watched === null) return { kind: "not_watched" };
  const { rollout, rules } = watched;
  const before = stored?.state.watched === rollout.id ? stored.state : newState(state, rollout, stored);
  const step = await stepOf(controller, { state, rollout, rules, before });
  if ("code" in step) return { kind: "unavailable", ...step };
  // What begins is kept too, so that everybody sees since when it is watched.
  if (step.check !== null || stored?.state.watched !== rollout.id) await save(options, { ...looking, stored, state: step.state, step });
  const { triggered } = step.state;
  if (triggered !== null && rules.mode === "rollback") await askRollback(controller, { model: looking.model, rolloutId: rollout.id, says: triggered.says, fence: looking.leadership });
  return { kind: "looked", rules, state: step.state, outcome: step.outcome, step };
}

interface Stepping {
  readonly state: ModelState;
  readonly rollout: Rollout;
  readonly rules: MonitorRules;
  readonly before: MonitorState;
}

/** What can't be read is neither good nor bad; and what is not due is not read, which may cost a fit. */
async function stepOf(controller: Controller, { state, rollout, rules, before }: Stepping): Promise<MonitorStep | { readonly code: string; readonly detail: string }> {
  const because = skippedUnread(rules, before, controller.clock.now());
  if (because !== null) return { state: before, outcome: { kind: "skipped", because }, check: null, events: [] };
  try {
    return checkMonitor(rules, before, await readPromoted(controller, { state, rollout, rules, since: before.since }));
  } catch (error) {
    const { code, message } = asFailure(error);
    if (code === "internal") throw error;
    return { code, detail: message };
  }
}

/** A promoted rollout whose policy asks for it, while nothing is being done to it. */
function watchedRollout({ clock }: Controller, { rollout, pending, request, settled, drift }: ModelState, stored: StoredMonitor | null): { readonly rollout: Rollout; readonly rules: MonitorRules } | null {
  const rules = rollout?.policy.monitor;
  if (rollout === null || rules === undefined || rollout.status !== "promoted" || pending !== null || request !== null || settled === null) return null;
  // Somebody else changed what it set: whatever is seen then need not be its doing.
  if (drift !== null) return null;
  const since = stored?.state.watched === rollout.id ? stored.state.since : settled.at;
  return rules.watchMs !== null && clock.now() - since > rules.watchMs ? null : { rollout, rules };
}

function newState({ settled }: ModelState, rollout: Rollout, stored: StoredMonitor | null): MonitorState {
  const { champion, challenger, model, id } = rollout;
  return beginWatching({ model, watched: id, from: challenger.version, to: champion.version, since: settled?.at ?? rollout.startedAt }, stored?.state ?? null);
}

function isCompleted({ rollout }: ModelState, stored: StoredMonitor | null): boolean {
  const triggered = stored?.state.triggered;
  return triggered != null && triggered.completedAt === null && rollout?.status === "rolled_back" && rollout.id === stored?.state.watched;
}

async function complete(options: WatchOptions, looking: Looking, stored: StoredMonitor): Promise<WatchResult> {
  const { state, events } = completeRollback(stored.state, options.controller.clock.now());
  await save(options, { ...looking, stored, state, step: { check: null, events } });
  return { kind: "completed", state };
}

interface Saving extends Looking {
  readonly stored: StoredMonitor | null;
  readonly state: MonitorState;
  readonly step: Pick<MonitorStep, "check"> & { readonly events: readonly MonitorEvent[] };
}

async function save({ controller, hooks }: WatchOptions, { subject, leadership, stored, state, step }: Saving): Promise<void> {
  const { lease, token } = leadership;
  await controller.store.monitor.save({
    subject,
    expect: stored?.revision ?? 0,
    fence: { lease, token },
    at: controller.clock.now(),
    state,
    check: step.check,
    deliveries: deliveriesOf(subject, step.events, hooks),
  });
}
