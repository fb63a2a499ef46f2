import { archivedName, Failure, variantNamed, type ExperimentChange, type ExperimentView, type Variant } from "@gauntlet/core";

import { changeExperiment, type ExperimentAct, type ExperimentController } from "./change-experiment.ts";

const IDLE_MIN_MS = 14 * 86_400_000;

/**
 * Archives a variant that has owned nothing for 14 days, and frees its name. What was recorded of it stays.
 * @throws Failure `conflict` for the baseline, one that owns something, or one that was not idle for so long.
 */
export async function retireVariant(controller: ExperimentController, request: ExperimentAct & { readonly variant: string }): Promise<ExperimentView> {
  const { variant } = request;
  return changeExperiment(controller, { ...request, op: "retire", request: { variant } }, ({ view, journal, at }) => {
    const leaving = variantNamed(view, variant);
    if (leaving.role === "baseline") throw new Failure("conflict", `"${variant}" is the baseline`, { fix: "promote another variant first, or complete the experiment" });
    if (leaving.basisPoints > 0) throw new Failure("conflict", `"${variant}" has ${leaving.basisPoints} basis points`, { fix: "roll it back first" });
    const idleMs = at - idleSince(journal, leaving);
    if (idleMs < IDLE_MIN_MS) throw new Failure("conflict", `"${variant}" has been idle for ${Math.floor(idleMs / 86_400_000)} days, fewer than 14`, { fix: "retire it later" });
    return { op: "retire", next: { ...view, variants: view.variants.map((one) => (one.id === leaving.id ? { ...one, name: archivedName(one.name, at), archivedAt: at } : one)) } };
  });
}

/** When it lost its last share; when it was made, if it never had one. */
function idleSince(journal: readonly ExperimentChange[], { id, createdAt }: Variant): number {
  const last = journal.findLast(({ before }) => before.some(({ variantId, basisPoints }) => variantId === id && basisPoints > 0));
  return last?.at ?? createdAt;
}
