import type { Allocation } from "../allocation/allocation.ts";

/**
 * One idempotent change to the outside world. `key` is the decision's id and the effect's index, so that a retry
 * after a crash is the same effect, never a second one.
 */
export type Effect = AliasEffect | TagEffect | StageEffect | TrafficEffect | DocumentEffect;

export interface AliasEffect {
  readonly kind: "registry.alias";
  readonly key: string;
  readonly model: string;
  readonly alias: string;
  /** null removes the alias. */
  readonly version: string | null;
  /** Values the alias may have before; null: absent. Anything else was set by somebody else. */
  readonly expect: readonly (string | null)[];
  /** What to do then: stop the plan, leave the alias as it is, or overwrite it (a rollback that a person asked for). */
  readonly onForeign: "stop" | "leave" | "overwrite";
}

export interface TagEffect {
  readonly kind: "registry.tag";
  readonly key: string;
  readonly model: string;
  readonly version: string;
  readonly name: string;
  readonly value: string;
}

/** MLflow stages are deprecated; they are written in compat mode only. */
export interface StageEffect {
  readonly kind: "registry.stage";
  readonly key: string;
  readonly model: string;
  readonly version: string;
  readonly stage: "None" | "Staging" | "Production" | "Archived";
  readonly archiveExisting: boolean;
}

export interface TrafficEffect {
  readonly kind: "traffic";
  readonly key: string;
  readonly model: string;
  readonly allocation: Allocation;
}

/** Writes a document that is rendered from the ledger entry of `decisionId`. */
export interface DocumentEffect {
  readonly kind: "document";
  readonly key: string;
  readonly model: string;
  readonly runId: string;
  readonly decisionId: string;
  /** `test_decision`: what gave the challenger everything, before a watch. */
  readonly document: "decision.md" | "decision.yaml" | "test_decision.md" | "test_decision.yaml" | "model_lifecycle.yaml";
}
