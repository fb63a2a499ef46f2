import { digestOf } from "../../digest/digest-of.ts";
import type { EvidenceCell, EvidenceItem } from "../../evidence/evidence.ts";
import { gatherEvidence } from "../../evidence/merge.ts";
import type { AbtestPolicy } from "../../policy/policy.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { Look, WindowEvidence } from "../observation.ts";

/**
 * Which look is being waited for at `at`, and its evidence. Looks are few and fixed in advance: one after `minMs`, one
 * after `maxMs`. A look holds the buckets that end by its cutoff, so nothing that happens later gets into it; while
 * labels are still maturing it shows only what is mature.
 */
export function lookOf(rollout: Rollout, cells: readonly EvidenceCell[], at: number): Look {
  const { window, labels, bucketMs } = rollout.policy;
  const ends = lookEnds(rollout.policy).map((ms) => rollout.startedAt + ms);
  const maturity = labels.maturityMs;
  const last = ends.length - 1;
  const index = at >= rollout.startedAt + window.maxMs + maturity ? last : 0;
  const cutoff = ends[index] as number;
  const until = Math.min(cutoff, at - maturity);
  const evidence = gatherEvidence(cells.filter((cell) => cell.bucketStart + bucketMs <= until));
  return { number: index + 1, of: ends.length, cutoff, dueAt: cutoff + maturity, evidence, digest: digestOf(evidence) };
}

/** When the looks end, after the start: one or two. */
export function lookEnds(policy: AbtestPolicy): readonly number[] {
  const { minMs, maxMs } = policy.window;
  return maxMs > minMs ? [minMs, maxMs] : [minMs];
}

/** The latest complete buckets, oldest first, with just the metrics that rules over consecutive windows read. */
export function recentWindows(rollout: Rollout, cells: readonly EvidenceCell[], at: number): readonly WindowEvidence[] {
  const { harm, bucketMs } = rollout.policy;
  const rules = harm.filter((rule) => rule.kind === "quantile");
  const count = Math.max(0, ...rules.map((rule) => rule.windows));
  const metrics = new Set(rules.map((rule) => rule.metric));
  const end = Math.floor(at / bucketMs) * bucketMs;
  return Array.from({ length: count }, (_, index) => end - (count - index) * bucketMs)
    .filter((from) => from + bucketMs > rollout.startedAt)
    .map((from) => ({ from, to: from + bucketMs, evidence: gatherEvidence(cells.filter((cell) => cell.bucketStart === from && isRead(cell, metrics))) }));
}

function isRead(item: EvidenceItem, metrics: ReadonlySet<string>): boolean {
  return item.mode === "live" && (metrics.has(item.metric) || item.metric === "scored");
}
