import { Failure, growTo, liveVariants, policyVersionOf, returnShares, settleMove, variantNamed, withRanges, withShares, type ExperimentChange, type ExperimentView, type PolicyVersionUpdate, type Variant } from "@gauntlet/core";

import type { PendingTag } from "../ports/experiment-store.ts";
import { changeExperiment, type ExperimentAct, type ExperimentController } from "./change-experiment.ts";
import { checkPromotion, type PromotionEvidence } from "./check-promotion.ts";
import { lifecycleTags } from "./registry-tags.ts";

/** Where a candidate may stand before it has everything, in basis points. */
const RUNGS = [1000, 2500, 5000];

/** What was decided about the present epoch, where no rollout decides it. */
export interface StepEvidence {
  readonly epoch: number;
  readonly verdict: "increase" | "wait" | "hold" | "rollback";
  /** SHA-256 of the evidence; kept in the journal. */
  readonly digest: string;
}

/** The next rung, and no further. @throws Failure `conflict` unless the verdict on the present epoch is `increase`, or at the last rung. */
export async function stepCandidate(controller: ExperimentController, request: ExperimentAct & { readonly variant: string; readonly evidence: StepEvidence }): Promise<ExperimentView> {
  const { variant, evidence } = request;
  return changeExperiment(controller, { ...request, op: "step", request: { variant, evidence } }, ({ view }) => {
    const { epoch, verdict, digest } = evidence;
    if (epoch !== view.experiment.epoch || verdict !== "increase") throw new Failure("conflict", `the verdict is ${verdict} on epoch ${epoch}; a step needs "increase" on epoch ${view.experiment.epoch}`, { fix: "decide on the present epoch first" });
    const candidate = candidateNamed(view, variant);
    const next = RUNGS.find((rung) => rung > candidate.basisPoints);
    if (next === undefined) throw new Failure("conflict", `"${variant}" has ${candidate.basisPoints} basis points; what follows is its promotion`, { fix: "promote it" });
    return { op: "step", next: growTo(view, { [variant]: next }), evidenceDigest: digest };
  });
}

/**
 * Everything to the candidate, in one transaction: it becomes the baseline and its policy version the default, the former
 * one's is deprecated; the registry's tags follow.
 * @throws Failure `conflict` unless it stands at 50 %, has been there for 7 days, and the checklist is complete.
 */
export async function promoteCandidate(controller: ExperimentController, request: ExperimentAct & { readonly variant: string; readonly evidence: PromotionEvidence }): Promise<ExperimentView> {
  const { variant, evidence } = request;
  return changeExperiment(controller, { ...request, op: "promote", request: { variant, evidence } }, async (scene) => {
    const candidate = candidateNamed(scene.view, variant);
    await checkPromotion(controller, scene, { candidate, evidence });
    const everything = withShares(scene.view, { [variant]: 10_000 });
    const settled = settleMove(scene.view, everything, scene.journal);
    return { op: "promote", next: settled.view, policyVersions: settled.policyVersions, tags: await tagsOf(controller, settled.policyVersions), evidenceDigest: evidence.digest };
  });
}

export type RollbackCause = "metrics_regression" | "critical_bug" | "constraint_violation" | "manual";

/**
 * Gives everything of a candidate, or of one that was promoted, back to whom it came from: allowed in every state, with no
 * minimum of data. What failed is archived; after a promotion the former baseline is in production again.
 * @throws Failure `conflict` for a variant that never was a candidate.
 */
export async function rollbackCandidate(controller: ExperimentController, request: ExperimentAct & { readonly variant: string; readonly cause: RollbackCause }): Promise<ExperimentView> {
  const { variant, cause, reason } = request;
  return changeExperiment(controller, { ...request, reason: `${cause}: ${reason}`, op: "rollback", request: { variant, cause } }, async ({ view, journal }) => {
    const leaving = variantNamed(view, variant);
    const added = journal.find(({ op, before, after }) => op === "add_candidate" && after.some(({ variantId }) => variantId === leaving.id) && !before.some(({ variantId }) => variantId === leaving.id));
    if (added === undefined) throw new Failure("conflict", `"${variant}" never was a candidate`, { fix: "change shares by hand, or complete the experiment" });
    const settled = settleMove(view, withoutVariant(view, leaving, added), journal);
    const id = policyVersionOf(leaving);
    const failed: readonly PolicyVersionUpdate[] = id === null || settled.policyVersions.some((update) => update.id === id) ? [] : [{ id, status: "archived" }];
    const policyVersions = [...settled.policyVersions, ...failed];
    return { op: "rollback", next: settled.view, policyVersions, tags: [...(await tagsOf(controller, policyVersions)), ...(await reasonTag(controller, id, cause))] };
  });
}

/** Ranges go back to their owners at the time; to the baseline of then where they are gone. */
function withoutVariant(view: ExperimentView, leaving: Variant, added: ExperimentChange): ExperimentView {
  const roles = new Map(added.before.map(({ variantId, role }) => [variantId, role]));
  const asThen = { ...view, variants: view.variants.map((variant) => ({ ...variant, role: roles.get(variant.id) ?? (variant.id === leaving.id ? ("candidate" as const) : variant.role) })) };
  const returned = returnShares(asThen, leaving.name, added.before);
  return withRanges(view, new Map(liveVariants(returned).map((variant) => [variant.id, variant.ranges])));
}

/** The model versions of policy versions follow them. */
async function tagsOf({ store }: ExperimentController, updates: readonly PolicyVersionUpdate[]): Promise<readonly Omit<PendingTag, "id">[]> {
  const tags: Omit<PendingTag, "id">[] = [];
  // What is archived first, so that at no time two versions are in production.
  for (const { id, isDefault } of updates.toSorted((a, b) => Number(a.isDefault ?? false) - Number(b.isDefault ?? false))) {
    const version = await store.experiments.policyVersion(id);
    if (version !== null) tags.push(...lifecycleTags(version, isDefault === true ? "production" : "archived"));
  }
  return tags;
}

async function reasonTag({ store }: ExperimentController, id: string | null, cause: RollbackCause): Promise<readonly Omit<PendingTag, "id">[]> {
  const version = id === null ? null : await store.experiments.policyVersion(id);
  return version === null ? [] : [{ model: version.mlflowModelName, version: version.mlflowModelVersion, name: "gauntlet.reason", value: cause }];
}

function candidateNamed(view: ExperimentView, name: string): Variant {
  const candidate = variantNamed(view, name);
  if (view.experiment.status !== "active") throw new Failure("conflict", `the experiment "${view.experiment.name}" is ${view.experiment.status}`, { fix: "activate it first" });
  if (candidate.role !== "candidate") throw new Failure("conflict", `"${name}" is ${candidate.role}, not a candidate`, { fix: "name a candidate" });
  return candidate;
}

