import { canonicalJson, type Effect, type FailureCode, type Plan } from "@gauntlet/core";

import type { Controller } from "./controller.ts";

/** One effect of a plan that the world does not show. */
export interface Departure {
  readonly effect: Effect;
  readonly code: FailureCode;
  readonly detail: string;
}

/**
 * Reads registry and traffic back against a whole plan. What was set last counts: a plan may set a thing once only.
 * Aliases that were left to somebody else are not departures. Tags and documents were read back when they were written.
 */
export async function departures(controller: Controller, plan: Plan): Promise<readonly Departure[]> {
  const found: Departure[] = [];
  const aliases = plan.effects.some((effect) => effect.kind === "registry.alias") ? (await controller.registry.read(plan.model, [])).aliases : {};
  for (const effect of plan.effects) {
    if (effect.kind === "registry.alias" && effect.onForeign !== "leave" && (aliases[effect.alias] ?? null) !== effect.version) {
      found.push({ effect, code: "foreign_move", detail: `alias "${effect.alias}" of ${plan.model} is ${aliases[effect.alias] ?? "absent"}; ${effect.version ?? "absent"} was set` });
    }
    if (effect.kind === "traffic") {
      const allocation = await controller.traffic.read(plan.model);
      if (allocation === null || canonicalJson(allocation) !== canonicalJson(effect.allocation)) {
        found.push({ effect, code: "stale_epoch", detail: `the traffic of ${plan.model} is at epoch ${allocation?.epoch ?? "none"}; epoch ${effect.allocation.epoch} was set` });
      }
    }
  }
  return found;
}
