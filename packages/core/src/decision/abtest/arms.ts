import type { Evidence } from "../../evidence/evidence.ts";
import { mergeStatistics } from "../../evidence/merge.ts";
import type { Confusion, Histogram, Moments, Paired, Rate, Statistic } from "../../evidence/statistic.ts";
import type { Mode } from "../../outcome/outcome.ts";
import type { Rollout } from "../../policy/rollout.ts";

/** The figures of one version, from the outcomes it served live. */
export interface ArmFigures {
  readonly live: number;
  readonly labelled: number;
  readonly confusion: Confusion | null;
  rate(metric: string): Rate | null;
  histogram(metric: string): Histogram | null;
  moments(metric: string): Moments | null;
}

export interface ArmPair {
  readonly champion: ArmFigures;
  readonly challenger: ArmFigures;
  /** Labelled requests that both versions answered; null without a shadow. */
  readonly paired: Paired | null;
}

export function armsOf(rollout: Rollout, evidence: Evidence): ArmPair {
  return {
    champion: figuresOf(evidence, rollout.champion.version),
    challenger: figuresOf(evidence, rollout.challenger.version),
    paired: find(evidence, { version: rollout.challenger.version, mode: "shadow", metric: "paired", kind: "paired" }),
  };
}

function figuresOf(evidence: Evidence, version: string): ArmFigures {
  const live = <K extends Statistic["kind"]>(metric: string, kind: K) => find(evidence, { version, mode: "live", metric, kind });
  return {
    live: live("scored", "count")?.n ?? 0,
    labelled: live("labelled", "count")?.n ?? 0,
    confusion: live("confusion", "confusion"),
    rate: (metric) => live(metric, "rate"),
    histogram: (metric) => live(metric, "histogram"),
    moments: (metric) => live(metric, "moments"),
  };
}

/** Slots are merged: within an epoch a version holds one slot, but nothing here relies on it. */
function find<K extends Statistic["kind"]>(
  evidence: Evidence,
  wanted: { readonly version: string; readonly mode: Mode; readonly metric: string; readonly kind: K },
): Extract<Statistic, { kind: K }> | null {
  let found: Statistic | null = null;
  for (const item of evidence) {
    if (item.version === wanted.version && item.mode === wanted.mode && item.metric === wanted.metric && item.statistic.kind === wanted.kind) {
      found = found === null ? item.statistic : mergeStatistics(found, item.statistic);
    }
  }
  return found as Extract<Statistic, { kind: K }> | null;
}
