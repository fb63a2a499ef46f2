import type { ModelType } from "../../policies/bot-policy.ts";
import type { ServedModel, Slot } from "../slots.ts";

/** A version that is in memory; whichever slots point at it share it. */
export interface LoadedModel extends ServedModel {
  readonly type: ModelType;
  /** As the registry calls it. */
  readonly name: string;
  /** `sha256:` and 64 hex digits, of the files that were loaded. */
  readonly digest: string;
  readonly loadedFrom: "cache" | "registry";
  /** Milliseconds since the Unix epoch. */
  readonly loadedAt: number;
}

/**
 * Why a slot has no model. fallback: nothing is assigned to it. forced_fallback: models are switched off. mlflow_error: the
 * registry can't be reached and the cache has nothing. load_failed: the files are not those that were registered, or no model.
 */
export type AbsenceReason = "fallback" | "forced_fallback" | "mlflow_error" | "load_failed";

export interface Absence {
  readonly reason: AbsenceReason;
  /** For people. */
  readonly detail: string;
}

export interface ModelSlot {
  readonly type: ModelType;
  readonly slot: Slot;
  readonly model: LoadedModel | null;
  /** Null where there is a model. */
  readonly absence: Absence | null;
}

/** What is told while models are followed, as it happens. */
export type ServingEvent = { readonly type: ModelType; readonly slot: Slot } & (
  | { readonly kind: "loaded"; readonly model: LoadedModel; readonly source: "memory" | "cache" | "registry"; readonly seconds: number }
  | { readonly kind: "unloaded" }
  | ({ readonly kind: "load_failed" } & Absence)
  /** Not tried, because a failure is too recent. */
  | { readonly kind: "load_skipped" }
  /** Whether asking the registry which version the alias has was answered. */
  | { readonly kind: "resolved"; readonly result: "found" | "missing" | "failed" }
);

/** What one look at the registry led to. */
export interface ReloadReport {
  /** Whether the registry answered for every family. */
  readonly isCurrent: boolean;
  /** Slots that got another version, or their first. */
  readonly reloaded: readonly { readonly type: ModelType; readonly slot: Slot; readonly version: string }[];
  /** Slots that have a version in the registry, and no model here. */
  readonly failed: readonly ({ readonly type: ModelType; readonly slot: Slot } & Absence)[];
  readonly cache: CacheReport;
}

export interface CacheReport {
  /** Runs that were copied into the cache, and those that it had. */
  readonly synced: number;
  readonly skipped: number;
  /** Objects of runs that nothing points at any more. */
  readonly removed: number;
  readonly errors: readonly string[];
}

/**
 * The models of all slots, as the registry's aliases have them: followed in the background, never waited for. A slot answers
 * with the version that the registry last named for it, or not at all.
 */
export interface ModelManager {
  /** The model of a slot as it is now; null while there is none. Never waits. */
  model(type: ModelType, slot: Slot): LoadedModel | null;
  /** Why a slot has no model now; null where there is one. Never waits. */
  absence(type: ModelType, slot: Slot): AbsenceReason | null;
  /** Every slot of every family, with the reason where there is no model. */
  slots(): readonly ModelSlot[];
  /** Looks at the registry now, and settles the cache; whoever asks while a look is under way gets the next one. Never throws. */
  refresh(): Promise<ReloadReport>;
  /** As `refresh`, but forgets failures and what is in memory: the files of these slots are read and checked again. */
  reload(which: { readonly type?: ModelType; readonly slot?: Slot }): Promise<ReloadReport>;
  /** Frees the memory of a family; its slots stay empty until `reload`. @returns how many slots were emptied. */
  unload(type: ModelType): number;
  /** Ends following, once what is under way is done. */
  close(): Promise<void>;
}
