import { digestOf } from "../../digest/digest-of.ts";
import type { EvidenceCell, EvidenceItem } from "../../evidence/evidence.ts";
import { gatherEvidence } from "../../evidence/merge.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import type { Rollout, RolloutStage } from "../../policy/rollout.ts";
import type { Look, WindowEvidence } from "../observation.ts";

/**
 * Which look is being waited for at `at`, and its evidence. Looks are few and fixed in advance: one after `minMs`, one
 * after `maxMs`. A look holds the buckets that end by its cutoff, so nothing that happens later gets into it; while
 * labels are still maturing it shows only what is mature. Watched all the time, the look moves with what is mature, from
 * the end of the first window to the end of the last.
 */
export function lookOf(rollout: Rollout<AbtestPolicy>, cells: readonly EvidenceCell[], at: number): Look {
  if (rollout.stage !== undefined) return watchLookOf(rollout, rollout.stage, { cells, at });
  const { labels, bucketMs, monitoring } = rollout.policy;
  const ends = lookEnds(rollout.policy).map((ms) => rollout.startedAt + ms);
  const last = ends.length - 1;
  const final = ends[last] as number;
  const number = at >= final + labels.maturityMs ? last : 0;
  const end = ends[number] as number;
  const mature = at - labels.maturityMs;
  const cutoff = monitoring === "continuous" && number < last ? Math.max(end, Math.min(Math.floor(mature / bucketMs) * bucketMs, final)) : end;
  return lookUpTo(rollout, cells, { number: number + 1, cutoff, until: Math.min(cutoff, mature) });
}

/** The look of a watch is all of it so far, in whole buckets: labels are not waited for, which may take longer than it. */
function watchLookOf({ policy }: Rollout<AbtestPolicy>, { since }: RolloutStage, { cells, at }: { readonly cells: readonly EvidenceCell[]; readonly at: number }): Look {
  const cutoff = Math.max(since, Math.floor(at / policy.bucketMs) * policy.bucketMs);
  const evidence = gatherEvidence(cells.filter((cell) => cell.bucketStart + policy.bucketMs <= cutoff));
  const number = lookEnds(policy).length + 1;
  return { number, of: number, cutoff, dueAt: since + (policy.watchMs ?? 0), evidence, digest: digestOf(evidence) };
}

/**
 * The look of a decision that awaits a signature, as it was when it was decided: stopping there was allowed, and what is
 * signed must not move, but for labels that are corrected.
 */
export function frozenLookOf(rollout: Rollout<AbtestPolicy>, cells: readonly EvidenceCell[], cutoff: number): Look {
  const ends = lookEnds(rollout.policy).map((ms) => rollout.startedAt + ms);
  const number = cutoff === ends.at(-1) ? ends.length : 1;
  return lookUpTo(rollout, cells, { number, cutoff, until: cutoff });
}

function lookUpTo(rollout: Rollout<AbtestPolicy>, cells: readonly EvidenceCell[], { number, cutoff, until }: { readonly number: number; readonly cutoff: number; readonly until: number }): Look {
  const { labels, bucketMs } = rollout.policy;
  const evidence = gatherEvidence(cells.filter((cell) => cell.bucketStart + bucketMs <= until));
  return { number, of: lookEnds(rollout.policy).length, cutoff, dueAt: cutoff + labels.maturityMs, evidence, digest: digestOf(evidence) };
}

/** When the looks end, after the start: one or two. */
export function lookEnds(policy: AbtestPolicy): readonly number[] {
  const { minMs, maxMs } = policy.window;
  return maxMs > minMs ? [minMs, maxMs] : [minMs];
}

/** The latest complete buckets, oldest first, with just the metrics that rules over consecutive windows read. */
export function recentWindows(rollout: Rollout<AbtestPolicy>, cells: readonly EvidenceCell[], at: number): readonly WindowEvidence[] {
  const { harm, bucketMs } = rollout.policy;
  const rules = harm.filter((rule) => rule.kind === "quantile");
  const count = Math.max(0, ...rules.map((rule) => rule.windows));
  const metrics = new Set(rules.map((rule) => rule.metric));
  const end = Math.floor(at / bucketMs) * bucketMs;
  return Array.from({ length: count }, (_, index) => end - (count - index) * bucketMs)
    .filter((from) => from + bucketMs > (rollout.stage?.since ?? rollout.startedAt))
    .map((from) => ({ from, to: from + bucketMs, evidence: gatherEvidence(cells.filter((cell) => cell.bucketStart === from && isRead(cell, metrics))) }));
}

function isRead(item: EvidenceItem, metrics: ReadonlySet<string>): boolean {
  return item.mode === "live" && (metrics.has(item.metric) || item.metric === "scored");
}
