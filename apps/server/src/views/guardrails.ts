import type { Guardrail } from "@gauntlet/contract";
import { gatherEvidence, mergeEvidence, otherFigures, stageChecksOn, type CheckResult, type Evidence, type EvidenceCell, type Rollout } from "@gauntlet/core";

import { timeGroups } from "./time-groups.ts";

/** Each point judges every check anew, which takes a millisecond or so. */
const POINTS_MAX = 60;

/** The checks of the present stage, as each would have come out at the end of each time bucket. `cells` may be of all stages. */
export function guardrailsOf(rollout: Rollout, cells: readonly EvidenceCell[]): Guardrail[] {
  const { policy } = rollout;
  if (policy.kind !== "ramp") return [];
  const own = cells.filter((cell) => cell.epoch === rollout.allocation.epoch).toSorted((a, b) => a.bucketStart - b.bucketStart);
  const series = new Map<string, { newest: CheckResult; readonly points: Guardrail["points"] }>();
  let soFar: Evidence = [];
  for (const [at, group] of timeGroups(own, policy.bucketMs, POINTS_MAX).byEnd) {
    soFar = mergeEvidence(soFar, gatherEvidence(group));
    for (const check of stageChecksOn(policy, rollout, soFar)) {
      const known = series.get(check.id) ?? { newest: check, points: [] };
      known.newest = check;
      known.points.push(pointOf(check, at));
      series.set(check.id, known);
    }
  }
  const others = otherFigures(policy, rollout, soFar);
  return [...series.values()].map(({ newest, points }) => ({ id: newest.id, metric: newest.metric, unit: newest.unit, sideUnit: newest.sideUnit ?? newest.unit, allowed: { ...newest.allowed }, status: newest.status, says: newest.says, points, others: [...(others[newest.id.replace(/^harm-/, "")] ?? [])] }));
}

function pointOf({ champion, challenger, estimate, interval }: CheckResult, at: number): Guardrail["points"][number] {
  return { at, champion, challenger, estimate, low: finite(interval?.low), high: finite(interval?.high) };
}

/** JSON has no infinity; an open side is null. */
function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}
