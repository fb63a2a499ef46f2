import { policyVersionOf } from "./allocation-of.ts";
import type { ExperimentChange, ExperimentView, PolicyVersionUpdate, Variant } from "./experiment.ts";
import { liveVariants } from "./live-variants.ts";

export interface SettledMove {
  readonly op: "step" | "promote" | "rollback";
  readonly view: ExperimentView;
  readonly policyVersions: readonly PolicyVersionUpdate[];
}

/**
 * What a move of shares means beside the shares. A candidate that got everything becomes the baseline, and its policy
 * version the default; the former baseline's is deprecated. A candidate that lost everything, or a baseline that was
 * promoted and lost everything, has failed: its policy version is archived, and the former baseline is one again.
 * `moved` is `before` with other ranges.
 */
export function settleMove(before: ExperimentView, moved: ExperimentView, journal: readonly ExperimentChange[]): SettledMove {
  const shareBefore = (variant: Variant): number => before.variants.find(({ id }) => id === variant.id)?.basisPoints ?? 0;
  const live = liveVariants(moved);
  const winner = live.find((variant) => variant.role === "candidate" && variant.basisPoints === 10_000 && shareBefore(variant) < 10_000);
  if (winner !== undefined) return promoted(moved, winner);
  const fallen = live.filter((variant) => variant.basisPoints === 0 && shareBefore(variant) > 0);
  const deposed = fallen.find((variant) => variant.role === "baseline");
  const rise = deposed === undefined ? undefined : journal.findLast(({ op, before: records }) => op === "promote" && records.some(({ variantId, role }) => variantId === deposed.id && role === "candidate"));
  if (deposed !== undefined && rise !== undefined) return restored(moved, deposed, rise);
  const failed = fallen.filter((variant) => variant.role === "candidate");
  return { op: failed.length > 0 ? "rollback" : "step", view: moved, policyVersions: failed.flatMap((variant) => archived(moved, variant)) };
}

function promoted(view: ExperimentView, winner: Variant): SettledMove {
  const former = liveVariants(view).find((variant) => variant.role === "baseline");
  const roles = new Map([...(former === undefined ? [] : [[former.id, "arm"] as const]), [winner.id, "baseline"] as const]);
  const [now, then] = [policyVersionOf(winner), former === undefined ? null : policyVersionOf(former)];
  return {
    op: "promote",
    view: { ...view, variants: view.variants.map((variant) => ({ ...variant, role: roles.get(variant.id) ?? variant.role })) },
    policyVersions: [...(then === null || then === now ? [] : [{ id: then, status: "deprecated" } as const]), ...(now === null ? [] : [{ id: now, status: "active", isDefault: true } as const])],
  };
}

function restored(view: ExperimentView, deposed: Variant, rise: ExperimentChange): SettledMove {
  const roles = new Map(rise.before.map(({ variantId, role }) => [variantId, role]));
  const variants = view.variants.map((variant) => ({ ...variant, role: variant.archivedAt === null ? (roles.get(variant.id) ?? variant.role) : variant.role }));
  const next = { ...view, variants };
  const baseline = liveVariants(next).find((variant) => variant.role === "baseline");
  const again = baseline === undefined ? null : policyVersionOf(baseline);
  return { op: "rollback", view: next, policyVersions: [...archived(view, deposed), ...(again === null ? [] : [{ id: again, status: "active", isDefault: true } as const])] };
}

/** Unless somebody else runs it too. */
function archived(view: ExperimentView, failed: Variant): readonly PolicyVersionUpdate[] {
  const id = policyVersionOf(failed);
  const shared = liveVariants(view).some((variant) => variant.id !== failed.id && policyVersionOf(variant) === id);
  return id === null || shared ? [] : [{ id, status: "archived" }];
}
