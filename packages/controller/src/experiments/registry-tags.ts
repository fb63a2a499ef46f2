import { Failure, type PolicyVersion, type RegisteredVersion } from "@gauntlet/core";

import type { Controller } from "../controller.ts";
import type { PendingTag } from "../ports/experiment-store.ts";

/** Where a model version stands: the controller's tag, and the planner's own, which its tools read. */
const LIFECYCLE = ["gauntlet.lifecycle", "stage"] as const;

export type Lifecycle = "candidate" | "production" | "archived";

export function lifecycleTags({ mlflowModelName, mlflowModelVersion }: Pick<PolicyVersion, "mlflowModelName" | "mlflowModelVersion">, value: Lifecycle): readonly Omit<PendingTag, "id">[] {
  return LIFECYCLE.map((name) => ({ model: mlflowModelName, version: mlflowModelVersion, name, value }));
}

/** @throws Failure `not_found` when the registry has no such version. */
export async function registeredVersion({ registry }: Pick<Controller, "registry">, model: string, version: string): Promise<RegisteredVersion> {
  const found = (await registry.read(model, [version])).versions.find((known) => known.version === version);
  if (found === undefined) throw new Failure("not_found", `${model} has no version ${version} in the registry`, { fix: "register it first, or correct the version" });
  return found;
}

export function isTagged(version: RegisteredVersion, value: Lifecycle): boolean {
  return LIFECYCLE.some((name) => version.tags[name] === value);
}

const AT_ONCE = 100;

/**
 * Sets the tags that changes of experiments asked for, oldest first, until one fails; what is left is tried again at the
 * next call. Setting a tag again does nothing. Returns how many were set. A version that is gone is passed over.
 * @throws Failure `registry_unavailable`, `registry_refused`, `store_unavailable`.
 */
export async function deliverTags({ store, registry }: Pick<Controller, "store" | "registry">): Promise<number> {
  const pending = await store.experiments.pendingTags(AT_ONCE);
  for (const { id, model, version, name, value } of pending) {
    try {
      await registry.setTag(model, version, name, value);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "not_found") throw error;
    }
    await store.experiments.tagDone(id);
  }
  return pending.length;
}
