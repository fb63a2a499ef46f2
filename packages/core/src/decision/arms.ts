import type { Evidence } from "../evidence/evidence.ts";
import { mergeStatistics } from "../evidence/merge.ts";
import type { Confusion, Histogram, Moments, Paired, Rate, Ratio, Statistic } from "../evidence/statistic.ts";
import type { Mode } from "../outcome/outcome.ts";
import type { Rollout, RolloutSlots } from "../policy/rollout.ts";

/** The figures of one version, from the outcomes it served live. */
export interface ArmFigures {
  readonly live: number;
  readonly labelled: number;
  readonly confusion: Confusion | null;
  rate(metric: string): Rate | null;
  histogram(metric: string): Histogram | null;
  moments(metric: string): Moments | null;
  ratio(metric: string): Ratio | null;
}

export interface ArmPair {
  readonly champion: ArmFigures;
  readonly challenger: ArmFigures;
  /** Labelled requests that both versions answered; null without a shadow. */
  readonly paired: Paired | null;
}

/**
 * The compared arms. Without slots a version is counted in whatever slot it holds; a ramp compares slots, because its champion
 * may hold two: beside the challenger stands a cohort of control, where there is one. While the challenger has everything, the
 * champion is what it was at the stage before.
 */
export function armsOf(rollout: Rollout, evidence: Evidence): ArmPair {
  const { champion, challenger, slots, stage } = rollout;
  return {
    champion: stage?.before === undefined ? armFigures(evidence, championIn(rollout)) : armFigures(stage.before, { version: champion.version, slot: null }),
    challenger: armFigures(evidence, { version: challenger.version, slot: slots?.challenger ?? null }),
    paired: find(evidence, { version: challenger.version, slot: null, mode: "shadow", metric: "paired", kind: "paired" }),
  };
}

/** What a stage showed of the champion, in the slot that it is compared in. */
export function championEvidence(rollout: Rollout, evidence: Evidence): Evidence {
  if (rollout.stage?.before !== undefined) return rollout.stage.before;
  const { version, slot } = championIn(rollout);
  return evidence.filter((item) => item.mode === "live" && item.version === version && (slot === null || item.slot === slot));
}

function championIn(rollout: Rollout): Counted {
  const { champion, slots } = rollout;
  return { version: champion.version, slot: slots === undefined ? null : comparedSlot(rollout, slots) };
}

/** Live outcomes of a slot, whichever version answered. */
export function liveIn(evidence: Evidence, slot: string): number {
  return evidence.reduce((n, item) => (item.slot === slot && item.mode === "live" && item.metric === "scored" && item.statistic.kind === "count" ? n + item.statistic.n : n), 0);
}

/** Live outcomes of a version, in whatever slots. */
export function liveOf(evidence: Evidence, version: string): number {
  return armFigures(evidence, { version, slot: null }).live;
}

/** Units that a slot has answered, as a ratio counts them. */
export function unitsIn(evidence: Evidence, slot: string, metric: string): number {
  return evidence.reduce((n, item) => (item.slot === slot && item.mode === "live" && item.metric === metric && item.statistic.kind === "ratio" ? n + item.statistic.n : n), 0);
}

function comparedSlot({ allocation }: Rollout, { champion, control }: RolloutSlots): string {
  return control !== null && allocation.arms.some((arm) => arm.slot === control && arm.ranges.length > 0) ? control : champion;
}

interface Counted {
  readonly version: string;
  /** null: any. */
  readonly slot: string | null;
}

/** The figures of a version, in a slot or in whatever slots it holds. */
export function armFigures(evidence: Evidence, counted: Counted): ArmFigures {
  const live = <K extends Statistic["kind"]>(metric: string, kind: K) => find(evidence, { ...counted, mode: "live", metric, kind });
  return {
    live: live("scored", "count")?.n ?? 0,
    labelled: live("labelled", "count")?.n ?? 0,
    confusion: live("confusion", "confusion"),
    rate: (metric) => live(metric, "rate"),
    histogram: (metric) => live(metric, "histogram"),
    moments: (metric) => live(metric, "moments"),
    ratio: (metric) => live(metric, "ratio"),
  };
}

function find<K extends Statistic["kind"]>(evidence: Evidence, wanted: Counted & { readonly mode: Mode; readonly metric: string; readonly kind: K }): Extract<Statistic, { kind: K }> | null {
  const { version, slot, mode, metric, kind } = wanted;
  let found: Statistic | null = null;
  for (const item of evidence) {
    if (item.version === version && (slot === null || item.slot === slot) && item.mode === mode && item.metric === metric && item.statistic.kind === kind) {
      found = found === null ? item.statistic : mergeStatistics(found, item.statistic);
    }
  }
  return found as Extract<Statistic, { kind: K }> | null;
}
