import { compileRoutes, type Allocation, type Label, type Outcome } from "@gauntlet/core";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** An hour of traffic, half of it shadowed; the challenger's limits are wide, so that only recall decides. */
export const policyText = (model: string, more = ""): string => `
kind: abtest
name: test policy
model: ${model}
split: { champion: 80%, challenger: 20% }
window: { min: 1h, max: 1h }
labels: { maturity: 1m, coverage: 90%, coverageGap: 5% }
minSamples: 100
bucket: 1m
checks:
  - { check: superiority, metric: recall, improveBy: 5% }
${more}`;

export interface Stream {
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly Label[];
}

/**
 * `count` requests within an hour from `from`, every second a positive, answered live by the version that the allocation
 * names and as a shadow by the other. Version 1 finds 7 of 10 positives, version 2 finds `hits` of 10; nobody errs else.
 */
export function syntheticStream(allocation: Allocation, request: { readonly from: number; readonly count: number; readonly hits: number }): Stream {
  const routes = compileRoutes(allocation);
  const outcomes: Outcome[] = [];
  const labels: Label[] = [];
  for (let i = 0; i < request.count; i++) {
    const requestId = `request-${i}`;
    const unit = `unit-${i}`;
    const at = request.from + Math.floor((i * HOUR) / request.count);
    const truth = i % 2 === 1;
    const live = routes(unit);
    for (const arm of allocation.arms) {
      const found = Math.floor(i / 2) % 10 < (arm.version === "1" ? 7 : request.hits);
      outcomes.push({
        requestId,
        at,
        model: allocation.model,
        version: arm.version,
        slot: arm.slot,
        mode: arm.slot === live.slot ? "live" : "shadow",
        epoch: allocation.epoch,
        unit,
        prediction: truth && found,
        metrics: { latency_ms: 5 + (i % 7), error: 0 },
      });
    }
    labels.push({ requestId, model: allocation.model, revision: 1, truth, source: "test", labelledAt: at });
  }
  return { outcomes, labels };
}

export function batchesOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
