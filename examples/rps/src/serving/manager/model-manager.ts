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

export interface ModelSlot {
  readonly type: ModelType;
  readonly slot: Slot;
  readonly model: LoadedModel | null;
  /** Null where there is a model. */
  readonly absence: { readonly reason: AbsenceReason; readonly detail: string } | null;
}

/** What one look at the registry led to. */
export interface ReloadReport {
  /** Whether the registry answered for every model. */
  readonly isCurrent: boolean;
  /** Slots that got another version, or their first. */
  readonly reloaded: readonly { readonly type: ModelType; readonly slot: Slot; readonly version: string }[];
  readonly failed: readonly { readonly type: ModelType; readonly slot: Slot; readonly reason: AbsenceReason; readonly detail: string }[];
  /** Runs that were put into the cache, and those that it had. */
  readonly cache: { readonly synced: number; readonly skipped: number; readonly errors: readonly string[] };
}

/** The models of all slots, as the registry's aliases have them: followed in the background, never waited for. */
export interface ModelManager {
  /** The model of a slot as it is now; null while there is none. Never waits. */
  model(type: ModelType, slot: Slot): LoadedModel | null;
  /** Every slot of every family, with the reason where there is no model. */
  slots(): readonly ModelSlot[];
  /** Looks at the registry now; whoever asks while a look is under way gets the next one. Never throws. */
  refresh(): Promise<ReloadReport>;
  /** As `refresh`, and forgets failures and what is in memory: the files are read again. */
  reload(which: { readonly type?: ModelType; readonly slot?: Slot }): Promise<ReloadReport>;
  /** Frees the memory of a family; its slots stay empty until it is loaded by `reload`. @returns how many slots were emptied. */
  unload(type: ModelType): number;
  /** Ends following; what is under way is waited for. */
  close(): Promise<void>;
}
