import { Failure, growTo, settleMove, variantNamed, type ExperimentView } from "@gauntlet/core";

import { changeExperiment, type ExperimentAct, type ExperimentController } from "./change-experiment.ts";

/**
 * Sets shares of some variants by name, in basis points; the others keep what is left in proportion. A candidate may be
 * lowered so, never raised: that is what steps are for.
 * @throws Failure `conflict` for a raise, a candidate or baseline that would lose everything, or a completed experiment; `invalid_input`, `not_found`.
 */
export async function allocateByHand(controller: ExperimentController, request: ExperimentAct & { readonly shares: Readonly<Record<string, number>> }): Promise<ExperimentView> {
  const { shares } = request;
  return changeExperiment(controller, { ...request, op: "allocate", request: { shares } }, ({ view, journal }) => {
    if (view.experiment.status === "completed") throw new Failure("conflict", `the experiment "${view.experiment.name}" is completed`, { fix: "make a new experiment" });
    const next = growTo(view, shares);
    for (const { id, name, role, basisPoints } of view.variants) {
      const after = next.variants.find((variant) => variant.id === id)?.basisPoints ?? 0;
      if (role === "candidate" && after > basisPoints) throw new Failure("conflict", `the candidate "${name}" would go from ${basisPoints} to ${after} basis points`, { fix: "a ramp raises it, or a step; give the share to another variant here" });
    }
    const settled = settleMove(view, next, journal);
    if (settled.op !== "step" || (variantOfBaseline(view).basisPoints > 0 && variantNamed(next, variantOfBaseline(view).name).basisPoints === 0)) {
      throw new Failure("conflict", "a candidate or the baseline would lose everything", { fix: "roll the candidate back, or promote one" });
    }
    return { op: "allocate", next: settled.view };
  });
}

function variantOfBaseline(view: ExperimentView): ExperimentView["variants"][number] {
  const baseline = view.variants.find((variant) => variant.role === "baseline" && variant.archivedAt === null);
  if (baseline === undefined) throw new Failure("internal", `the experiment "${view.experiment.name}" has no baseline`);
  return baseline;
}
