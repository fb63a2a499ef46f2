import { observe, readState, tick, type Controller, type TickResult } from "@gauntlet/controller";
import { decide, planFor, type LedgerEvent, type ModelState, type Plan } from "@gauntlet/core";

import { applyEffect } from "../../packages/controller/src/apply-effect.ts";
import { applyPlan } from "../../packages/controller/src/apply-plan.ts";
import { appendEvents } from "../../packages/controller/src/chain.ts";
import { lead, resign, type Leadership } from "../../packages/controller/src/leadership.ts";
import { recordDecision } from "../../packages/controller/src/record-decision.ts";
import { watchSettled } from "../../packages/controller/src/watch-settled.ts";

export type Tick = (controller: Controller, model: string) => Promise<TickResult>;

/** A way to build the controller: the real one, or one that is broken on purpose. */
export interface Variant {
  readonly name: string;
  readonly tick: Tick;
  /** Changes the ports that a process of the simulation gets. */
  rewire(controller: Controller): Controller;
}

export const REAL: Variant = { name: "real", tick, rewire: (controller) => controller };

/** A controller that lacks one thing that makes it safe, and what the simulation must find out about it. */
export interface BrokenVariant extends Variant {
  readonly noticed: RegExp;
  /** A seed not long before one that shows it; left out: 1. */
  readonly fromSeed?: number;
}

export const BROKEN: readonly BrokenVariant[] = [
  { ...REAL, name: "the ledger does not check who leads", rewire: (controller) => withLedger(controller, (append) => (request) => append({ ...request, fence: null })), noticed: /wrote entry .* while .* led/ },
  { ...REAL, name: "everybody leads", rewire: everybodyLeads, noticed: /wrote entry .* while .* led/ },
  { ...REAL, name: "what was sent counts as done", rewire: withoutReadBack, noticed: /alias \w+ is .* instead of|overwrote alias \w+ = /, fromSeed: 30 },
  { ...REAL, name: "outcomes are counted as often as they come", rewire: countsTwice, noticed: /I5/ },
  { ...REAL, name: "a plan is recorded as applied before it is", tick: brokenTick({ appliedFirst: true }), noticed: /I4|I8|serves|alias .* instead of/ },
  { ...REAL, name: "effects come before the intent is recorded", tick: brokenTick({ effectsFirst: true }), noticed: /which no recorded plan intends/ },
  { ...REAL, name: "what was begun is not gone on with", tick: brokenTick({ forgetsPending: true }), noticed: /never comes to rest/ },
  { ...REAL, name: "late writes are not watched for", tick: brokenTick({ unwatched: true }), noticed: /I8: .* instead of/, fromSeed: 95 },
  { ...REAL, name: "what is recorded is not what was decided on", tick: brokenTick({ observesTwice: true }), noticed: /I1: / },
];

type Append = Controller["store"]["ledger"]["append"];

function withLedger(controller: Controller, change: (append: Append) => Append): Controller {
  const { store } = controller;
  return { ...controller, store: { ...store, ledger: { ...store.ledger, append: change(store.ledger.append) } } };
}

function everybodyLeads(controller: Controller): Controller {
  const unfenced = withLedger(controller, (append) => (request) => append({ ...request, fence: null }));
  const acquire: Controller["store"]["leases"]["acquire"] = async ({ name, holder, now, ttlMs }) => ({ name, holder, token: 1, expiresAt: now + ttlMs });
  return { ...unfenced, store: { ...unfenced.store, leases: { ...unfenced.store.leases, acquire } } };
}

/** Believes its own writes, also those that timed out, instead of looking. */
function withoutReadBack(controller: Controller): Controller {
  const { registry } = controller;
  const believed = new Map<string, string | null>();
  return {
    ...controller,
    registry: {
      ...registry,
      read: async (model, versions) => {
        const view = await registry.read(model, versions);
        const aliases = new Map(Object.entries(view.aliases));
        for (const [alias, version] of believed) {
          if (version === null) aliases.delete(alias);
          else aliases.set(alias, version);
        }
        return { ...view, aliases: Object.fromEntries(aliases) };
      },
      setAlias: async (model, alias, version) => {
        believed.set(alias, version);
        await registry.setAlias(model, alias, version).catch(() => undefined);
      },
    },
  };
}

function countsTwice(controller: Controller): Controller {
  const { store } = controller;
  let calls = 0;
  const fold: typeof store.evidence.fold = (batch, compute) => store.evidence.fold({ ...batch, batchId: `${controller.holder}-${++calls}`, requestIds: [] }, compute);
  return { ...controller, store: { ...store, evidence: { ...store.evidence, fold } } };
}

interface Flaws {
  readonly appliedFirst?: boolean;
  readonly effectsFirst?: boolean;
  readonly forgetsPending?: boolean;
  readonly unwatched?: boolean;
  readonly observesTwice?: boolean;
}

/** The tick, with a flaw. */
function brokenTick(flaws: Flaws): Tick {
  return async (controller, model) => {
    const leadership = await lead(controller, model);
    if (leadership === null) return { kind: "led_elsewhere" };
    try {
      return { kind: "decided", state: await brokenStep(controller, { model, leadership, flaws }) };
    } finally {
      await resign(controller, leadership);
    }
  };
}

async function brokenStep(controller: Controller, with_: { readonly model: string; readonly leadership: Leadership; readonly flaws: Flaws }): Promise<ModelState> {
  const { model, leadership, flaws } = with_;
  const state = await readState(controller, model);
  if (state.rollout === null) return state;
  const goesOn = state.pending !== null && state.request === null && (state.pending.failed?.retryable ?? true);
  if (goesOn && (flaws.forgetsPending !== true || state.pending?.plan.becomes === "running")) return applyPlan(controller, state, leadership);
  const open = state.rollout.status === "running" || state.request !== null || state.pending !== null;
  if (!open) return flaws.unwatched === true ? state : watchSettled(controller, state, leadership);

  const observation = await observe(controller, state);
  const decision = decide(observation.rollout.policy, observation);
  const plan = planFor(decision, observation);
  if (flaws.effectsFirst === true) await applyAll(controller, plan, leadership);
  const recorded = await recordDecision(controller, { state, observation: flaws.observesTwice === true ? await observe(controller, state) : observation, decision, plan, fence: leadership });
  if (recorded.pending === null || decision.verdict === "hold") return recorded;
  if (flaws.appliedFirst !== true) return applyPlan(controller, recorded, leadership);
  const event: LedgerEvent = { kind: "plan.applied", decisionId: plan.decisionId };
  const after = await appendEvents(controller, recorded, { events: [event], fence: leadership });
  await applyAll(controller, plan, leadership);
  return after;
}

async function applyAll(controller: Controller, plan: Plan, leadership: Leadership): Promise<void> {
  for (const effect of plan.effects) await applyEffect(controller, effect, leadership);
}
