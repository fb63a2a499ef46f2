import type { Allocation, Arm, Mode, Outcome } from "@gauntlet/core";

import type { Question } from "./answer.ts";
import type { Asked } from "./ask-version.ts";

/** One request and the allocation it is served under; its mirrors keep both. */
export interface Served {
  readonly question: Question;
  readonly at: number;
  readonly allocation: Allocation;
}

/** The outcome of one arm's answer. `latency_ms` and `error` are what was measured here, whatever the answer says. */
export function outcomeOf(served: Served, asked: Asked, as: { readonly arm: Arm; readonly mode: Mode }): Outcome {
  const own = { latency_ms: asked.latencyMs, error: asked.kind === "failed" ? 1 : 0 };
  return {
    requestId: served.question.requestId,
    at: served.at,
    model: served.allocation.model,
    version: as.arm.version,
    slot: as.arm.slot,
    mode: as.mode,
    epoch: served.allocation.epoch,
    unit: served.question.unit,
    prediction: asked.kind === "failed" ? null : asked.answer.prediction,
    metrics: asked.kind === "failed" ? own : { ...asked.answer.metrics, ...own },
  };
}

/** The arms that are to be mirrored to: each version once, without those that were asked already. */
export function mirrorsOf(allocation: Allocation, asked: readonly (Arm | null)[]): readonly Arm[] {
  const done = new Set(asked.map((arm) => arm?.version));
  return allocation.arms.filter((arm) => {
    if (done.has(arm.version)) return false;
    done.add(arm.version);
    return true;
  });
}

/** Who stands in for a failed arm; null when the champion itself failed. */
export function standInFor(failed: Arm, allocation: Allocation): Arm | null {
  const champion = allocation.arms.find((arm) => arm.slot === "champion");
  return champion === undefined || champion.version === failed.version ? null : champion;
}
