import type { ModelState } from "@gauntlet/core";

/** Of the rollout that comes next. */
export function rolloutId({ model, rollouts }: ModelState): string {
  return `${model}-${rollouts + 1}`;
}
