import { digestOf, eventScene, evidenceOfEvent, hasRatios, policyVersionOf, type EventScene, type ExperimentView, type FailureCode, type FollowUp, type ModelState, type Outcome, type PolicyVersion, type StoredEvent, type WhyNone } from "@gauntlet/core";

import { readState } from "./chain.ts";
import type { Controller } from "./controller.ts";
import { recordOutcomes } from "./record-outcomes.ts";

export interface RecordedEvents {
  /** Ids of the events that were new; the others were kept before. */
  readonly added: readonly string[];
  /** What is kept and no evidence, once for each experiment of an event. */
  readonly uncounted: readonly UncountedEvent[];
}

export interface UncountedEvent {
  readonly eventId: string;
  readonly why: WhyNone | "unknown_experiment" | FailureCode;
  readonly detail: string;
}

/**
 * Keeps events and counts them as evidence of the experiments they name. Idempotent by the events' ids: they are counted
 * whether or not they were kept before, since a process may have died in between, and a fold knows what it counted.
 * @throws Failure `store_unavailable`; then everything may be sent again.
 */
export async function recordEvents(controller: Pick<Controller, "store" | "clock">, given: readonly StoredEvent[]): Promise<RecordedEvents> {
  const events = [...new Map(given.toReversed().map((event) => [event.id, event])).values()].toReversed();
  const added = await controller.store.experiments.recordEvents(events);
  const scenes = await scenesOf(controller, events);
  const uncounted: UncountedEvent[] = [];
  const byModel = new Map<string, Counted[]>();
  for (const event of events) {
    for (const { experimentId } of event.experiments) {
      const scene = scenes.get(experimentId);
      if (scene === undefined) {
        uncounted.push({ eventId: event.id, why: "unknown_experiment", detail: `there is no experiment ${experimentId}` });
        continue;
      }
      const evidence = evidenceOfEvent(event, scene);
      if (evidence.kind === "none") uncounted.push({ eventId: event.id, why: evidence.why, detail: `experiment ${scene.view.experiment.name}` });
      else push(byModel, evidence.kind === "outcome" ? evidence.outcome.model : evidence.followUp.model, { eventId: event.id, evidence, isKept: evidence.kind === "follow_up" || scene.kept.has(evidence.outcome.epoch) });
    }
  }
  for (const [model, counted] of byModel) uncounted.push(...(await fold(controller, model, counted)));
  return { added, uncounted };
}

interface Counted {
  readonly eventId: string;
  readonly evidence: { readonly kind: "outcome"; readonly outcome: Outcome } | { readonly kind: "follow_up"; readonly followUp: FollowUp };
  /** Whether the store keeps a record of it, by which a second one is known in any batch. */
  readonly isKept: boolean;
}

interface Scene extends EventScene {
  /** Epochs of which the store keeps a record of every outcome. */
  readonly kept: ReadonlySet<number>;
}

function keptEpochs(state: ModelState | null): ReadonlySet<number> {
  return new Set((state?.epochs ?? []).filter(({ keepPredictions, metrics }) => keepPredictions || hasRatios(metrics)).map(({ epoch }) => epoch));
}

/** What is kept is folded together; of the rest each alone, so that its batch's id is its own. */
async function fold(controller: Pick<Controller, "store" | "clock">, model: string, counted: readonly Counted[]): Promise<readonly UncountedEvent[]> {
  const together = counted.filter((one) => one.isKept);
  const batches = [...(together.length === 0 ? [] : [together]), ...counted.filter((one) => !one.isKept).map((one) => [one])];
  const refused = await Promise.all(batches.map((batch) => foldBatch(controller, model, batch)));
  return refused.flat();
}

async function foldBatch(controller: Pick<Controller, "store" | "clock">, model: string, batch: readonly Counted[]): Promise<readonly UncountedEvent[]> {
  const outcomes = batch.flatMap(({ evidence, eventId }) => (evidence.kind === "outcome" ? [{ eventId, item: evidence.outcome }] : []));
  const followUps = batch.flatMap(({ evidence, eventId }) => (evidence.kind === "follow_up" ? [{ eventId, item: evidence.followUp }] : []));
  const ids = [...outcomes, ...followUps].map(({ eventId }) => eventId);
  const batchId = ids.length === 1 ? `event:${ids[0]}` : `events:${digestOf(ids.toSorted())}`;
  const { rejected } = await recordOutcomes(controller, {
    model,
    batchId,
    outcomes: outcomes.map(({ item }) => item),
    followUps: followUps.map(({ item }) => item),
    labels: [],
    // An id stands for its event: a retry that differs is the first one again.
    received: { digest: digestOf(batchId), rejected: [], places: ids.map((_, place) => place) },
  });
  return rejected.map(({ index, code, detail }) => ({ eventId: ids[index] ?? "", why: code, detail }));
}

/** Of each experiment that is there. */
async function scenesOf(controller: Pick<Controller, "store">, events: readonly StoredEvent[]): Promise<ReadonlyMap<string, Scene>> {
  const { experiments } = controller.store;
  const ids = new Set(events.flatMap((event) => event.experiments.map(({ experimentId }) => experimentId)));
  const scenes = new Map<string, Scene>();
  for (const id of ids) {
    const view = await experiments.find(id);
    if (view === null) continue;
    const { model } = view.experiment;
    const [journal, versions, state] = await Promise.all([experiments.journal(id), versionsOf(controller, view), model === null ? null : readState(controller, model)]);
    const epochs = Object.fromEntries((state?.epochs ?? []).map(({ epoch, metrics }) => [epoch, metrics]));
    scenes.set(id, { ...eventScene({ view, journal, versions, epochs }), kept: keptEpochs(state) });
  }
  return scenes;
}

async function versionsOf(controller: Pick<Controller, "store">, { variants }: ExperimentView): Promise<readonly PolicyVersion[]> {
  const ids = new Set(variants.flatMap((variant) => policyVersionOf(variant) ?? []));
  const found = await Promise.all([...ids].map((id) => controller.store.experiments.policyVersion(id)));
  return found.filter((version) => version !== null);
}

function push<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
