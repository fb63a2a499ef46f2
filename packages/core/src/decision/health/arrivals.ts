import { DERIVED_METRICS, type EvidenceCell } from "../../evidence/evidence.ts";
import type { Rollout } from "../../policy/rollout.ts";
import type { Arrival } from "../observation.ts";

/** When each arm that has a share was heard of last; `cells` are those of the present epoch. */
export function arrivalsOf({ allocation, policy }: Rollout, cells: readonly EvidenceCell[]): readonly Arrival[] {
  const scored = cells.filter(({ metric, mode, statistic }) => metric === DERIVED_METRICS.scored && mode === "live" && statistic.kind === "count" && statistic.n > 0);
  return allocation.arms
    .filter(({ ranges }) => ranges.length > 0)
    .map(({ slot }) => {
      const newest = scored.reduce((latest, cell) => (cell.slot === slot ? Math.max(latest, cell.bucketStart) : latest), Number.NEGATIVE_INFINITY);
      const othersSince = scored.reduce((sum, cell) => (cell.slot !== slot && cell.bucketStart > newest && cell.statistic.kind === "count" ? sum + cell.statistic.n : sum), 0);
      return { slot, newestAt: Number.isFinite(newest) ? newest + policy.bucketMs : null, othersSince };
    });
}
