import type { MetricSpec } from "../evidence/evidence.ts";
import { epochRatios } from "../evidence/epoch-ratios.ts";
import { policyVersionOf, versionOf } from "../experiment/allocation-of.ts";
import type { ExperimentChange, ExperimentView, PolicyVersion, ShareRecord, StoredEvent } from "../experiment/experiment.ts";
import type { FollowUp, Outcome } from "../outcome/outcome.ts";
import { isText } from "./parse-event.ts";

/** What must be known of an experiment to count its events. */
export interface EventFacts {
  readonly view: ExperimentView;
  /** Oldest first. */
  readonly journal: readonly ExperimentChange[];
  /** The policy versions that configs of variants name. */
  readonly versions: readonly PolicyVersion[];
  /** The epochs of the experiment's model that take outcomes, and the metrics that their policy declares. */
  readonly epochs: Readonly<Record<number, Readonly<Record<string, MetricSpec>>>>;
}

/** The same, ready for many events. */
export interface EventScene extends Omit<EventFacts, "epochs"> {
  /** Of each epoch the numbers that its policy declares, as metrics or as fields of ratios. */
  readonly declared: ReadonlyMap<number, ReadonlySet<string>>;
  /** The fields of ratios of all epochs. */
  readonly fields: ReadonlySet<string>;
}

export function eventScene({ view, journal, versions, epochs }: EventFacts): EventScene {
  const declared = new Map<number, ReadonlySet<string>>();
  const fields = new Set<string>();
  for (const [epoch, metrics] of Object.entries(epochs)) {
    const ofRatios = epochRatios(metrics).fields;
    for (const field of ofRatios) fields.add(field);
    declared.set(Number(epoch), new Set([...ofRatios, ...Object.keys(metrics).filter((name) => typeof metrics[name] === "string")]));
  }
  return { view, journal, versions, declared, fields };
}

export type EventEvidence =
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "follow_up"; readonly followUp: FollowUp }
  /** The event is kept and aggregated, and that is all. */
  | { readonly kind: "none"; readonly why: WhyNone };

/**
 * not_counted: events of this type are no evidence, or the policy declares nothing that this one says. no_model: nothing
 * ramps in the experiment. no_epoch: it happened before any epoch that takes outcomes. no_plan: it says something about a
 * plan and doesn't say which. no_version: the config of its variant names a policy version that is not there.
 */
export type WhyNone = "not_counted" | "no_model" | "unknown_variant" | "no_version" | "no_epoch" | "no_plan";

/** What an event that came after a plan says of it: how often, and 1 each time. */
const FOLLOW_UP_FIELDS: Readonly<Record<string, string>> = {
  plan_accepted: "accepted",
  plan_rejected: "rejected",
  meal_swapped: "swaps",
  edit_applied: "edits",
  validator_intervention: "intervened",
};

/**
 * What an event says as evidence of one of its experiments. A plan is an outcome, named by its plan_id or else by the
 * event; what happens to it later is a follow-up of that outcome. The event's own variant picks the arm, its timestamp the
 * epoch. Of its numbers those are taken that the policy of that epoch declares.
 */
export function evidenceOfEvent(event: StoredEvent, scene: EventScene): EventEvidence {
  const { experiment, variants } = scene.view;
  const seen = event.experiments.find(({ experimentId }) => experimentId === experiment.id);
  const variant = variants.find(({ id }) => id === seen?.variantId);
  const field = Object.hasOwn(FOLLOW_UP_FIELDS, event.eventType) ? FOLLOW_UP_FIELDS[event.eventType] : undefined;
  if (event.eventType !== "plan_generated" && field === undefined) return none("not_counted");
  if (experiment.model === null) return none("no_model");
  if (variant === undefined) return none("unknown_variant");
  const policyVersion = policyVersionOf(variant);
  if (policyVersion !== null && !scene.versions.some(({ id }) => id === policyVersion)) return none("no_version");
  const planId = isText(event.payload?.["plan_id"], 256) ? event.payload["plan_id"] : null;
  if (field !== undefined) {
    if (planId === null) return none("no_plan");
    if (!scene.fields.has(field)) return none("not_counted");
    return { kind: "follow_up", followUp: { id: event.id, requestId: planId, model: experiment.model, at: event.timestamp, metrics: { [field]: 1 } } };
  }
  const epoch = epochAt(event.timestamp, scene);
  if (epoch === null) return none("no_epoch");
  return {
    kind: "outcome",
    outcome: {
      requestId: planId ?? event.id,
      at: event.timestamp,
      model: experiment.model,
      version: versionOf(variant, scene.versions),
      slot: variant.name,
      mode: "live",
      epoch,
      unit: event.unitId,
      prediction: null,
      metrics: declaredOf(measuredOf(event), scene.declared.get(epoch)),
    },
  };
}

function none(why: WhyNone): EventEvidence {
  return { kind: "none", why };
}

/** `tokens` is the sum of what was read and written, when it isn't said outright. */
function measuredOf({ metrics }: StoredEvent): Readonly<Record<string, number>> {
  const { token_count: counted, input_tokens: input, output_tokens: output } = metrics;
  const tokens = counted ?? (input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0));
  return { ...(tokens === undefined ? {} : { tokens }), ...metrics, generated: 1 };
}

function declaredOf(measured: Readonly<Record<string, number>>, declared: ReadonlySet<string> | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(measured).filter(([name]) => declared?.has(name) === true));
}

/**
 * The epoch in force at an instant, as the model's evidence knows it. A change that moved nobody, such as a pause, begins an
 * epoch of the experiment and none of the evidence: then the one before it goes on.
 */
function epochAt(at: number, { journal, declared }: EventScene): number | null {
  for (let row = journal.findLastIndex((change) => change.at <= at); row >= 0; row--) {
    const change = journal[row] as ExperimentChange;
    if (declared.has(change.epoch)) return change.epoch;
    if (movedSomebody(change)) return null;
  }
  return null;
}

function movedSomebody({ before, after }: ExperimentChange): boolean {
  return rangesOf(before) !== rangesOf(after);
}

function rangesOf(shares: readonly ShareRecord[]): string {
  return JSON.stringify(shares.filter(({ ranges }) => ranges.length > 0).map(({ variantId, ranges }) => [variantId, ranges.map(({ from, to }) => [from, to])]).toSorted());
}
