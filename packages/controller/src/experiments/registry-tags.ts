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
 * Sets the tags that changes of experiments asked for, each model's in their order. A model whose registry fails waits with
 * the rest of its tags for the next call; the others go on. Setting a tag again does nothing, and a version that is gone is
 * passed over. Returns how many were done.
 * @throws Failure `registry_unavailable`, `registry_refused` of the first that failed, after the others; `store_unavailable`.
 */
export async function deliverTags({ store, registry }: Pick<Controller, "store" | "registry">): Promise<number> {
  const pending = await store.experiments.pendingTags(AT_ONCE);
  const failed = new Map<string, unknown>();
  let done = 0;
  for (const { id, model, version, name, value } of pending) {
    if (failed.has(model)) continue;
    try {
      await registry.setTag(model, version, name, value);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "not_found") {
        failed.set(model, error);
        continue;
      }
    }
    await store.experiments.tagDone(id);
    done += 1;
  }
  for (const error of failed.values()) throw error;
  return done;
}
