import type { RegisteredVersion, RegistryView } from "@gauntlet/core";

/**
 * A model registry. All writes are idempotent and last-writer-wins at the far end, so the controller fences them
 * itself: it reads before and after. Failures: `registry_unavailable` (time-out, 5xx; the write may or may not have
 * happened), `registry_refused` (4xx; it has not happened), `not_found` (no such model or version).
 */
export interface Registry {
  read(model: string, versions: readonly string[]): Promise<RegistryView>;
  /** null removes the alias; removing an absent one succeeds. */
  setAlias(model: string, alias: string, version: string | null): Promise<void>;
  setTag(model: string, version: string, name: string, value: string): Promise<void>;
  setStage(model: string, version: string, stage: RegisteredVersion["stage"], archiveExisting: boolean): Promise<void>;
}
