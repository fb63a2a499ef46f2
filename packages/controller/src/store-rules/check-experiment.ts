import { canonicalJson, Failure, requireExperiment, type ExperimentChange, type ExperimentView, type PolicyVersion } from "@gauntlet/core";
import type { ExperimentUpdate, NewExperiment, NewPolicyVersion } from "../ports/experiment-store.ts";

/** What every store checks before it creates an experiment. @throws Failure `invalid_input`. */
export function checkNewExperiment({ experiment, variants, change }: NewExperiment): void {
  requireExperiment({ experiment, variants });
  requireSameEpoch({ experiment, variants }, change);
}

/**
 * What every store checks before it changes an experiment that reads as `before`. Shares move; what was assigned by, the
 * unit, the name and, once it left draft, every config stay.
 * @throws Failure `epoch_conflict`, `invalid_input`.
 */
export function checkExperimentUpdate(before: ExperimentView, { next, change, expectedEpoch }: ExperimentUpdate): void {
  const { name, epoch } = before.experiment;
  checkExpectedEpoch(before, expectedEpoch);
  if (!(next.experiment.epoch > epoch)) throw new Failure("invalid_input", `the next epoch of "${name}" can't be ${next.experiment.epoch}: it is at epoch ${epoch}`, { fix: "an epoch is used once: take a higher one" });
  requireSameEpoch(next, change);
  requireExperiment(next);
  const was = identityOf(before);
  if (canonicalJson(was) !== canonicalJson(identityOf(next))) throw new Failure("invalid_input", `the id, name, unit or model of the experiment "${name}" would change`, { fix: "make a new experiment" });
  for (const variant of before.variants) {
    const after = next.variants.find(({ id }) => id === variant.id);
    if (after === undefined) throw new Failure("invalid_input", `variant "${variant.name}" would disappear`, { fix: "retire it: what was recorded of it stays" });
    if (before.experiment.status !== "draft" && canonicalJson(after.config) !== canonicalJson(variant.config)) {
      throw new Failure("invalid_input", `the config of variant "${variant.name}" would change, and it is frozen since the experiment is ${before.experiment.status}`, { fix: "add a candidate with the new config" });
    }
    if (variant.archivedAt !== null && after.archivedAt === null) throw new Failure("invalid_input", `variant "${variant.name}" is archived and stays so`, { fix: "add a new candidate" });
  }
}

/** @throws Failure `epoch_conflict` */
export function checkExpectedEpoch({ experiment: { name, epoch } }: ExperimentView, expectedEpoch: number): void {
  if (epoch === expectedEpoch) return;
  throw new Failure("epoch_conflict", `the experiment "${name}" is at epoch ${epoch}, not at epoch ${expectedEpoch}`, { fix: "read the experiment again, and ask for the change again if it is still wanted" });
}

/** A key that was used: the same request again does nothing. @throws Failure `idempotency_mismatch` when it was for another request. */
export function checkRepeated(known: Pick<ExperimentChange, "op" | "requestDigest">, change: ExperimentChange): void {
  if (known.op === change.op && known.requestDigest === change.requestDigest) return;
  throw new Failure("idempotency_mismatch", `the idempotency key ${change.idempotencyKey} was used for another change of this experiment`, { fix: "use a new key for a new change" });
}

/** A policy version that is stored under the id of a new one. @throws Failure `conflict` when they differ. */
export function checkSamePolicyVersion(stored: PolicyVersion, version: NewPolicyVersion): void {
  const parts = ({ policyName, mlflowModelName, mlflowModelVersion, configDefaults }: NewPolicyVersion): string => canonicalJson([policyName, mlflowModelName, mlflowModelVersion, configDefaults]);
  if (parts(stored) !== parts(version)) throw new Failure("conflict", `there is another policy version ${version.id} already`, { fix: "give the new version an id of its own" });
}

export function experimentTaken(what: string): Failure {
  return new Failure("conflict", `there is an experiment with ${what} already`, { fix: "choose another, or complete that experiment first" });
}

export function unknownExperiment(idOrName: string): Failure {
  return new Failure("not_found", `there is no experiment "${idOrName.slice(0, 100)}"`, { fix: "list the experiments to see their names" });
}

export function unknownPolicyVersion(id: string): Failure {
  return new Failure("not_found", `there is no policy version ${id.slice(0, 100)}`, { fix: "list the policy versions to see their ids" });
}

function requireSameEpoch({ experiment }: ExperimentView, change: ExperimentChange): void {
  if (change.experimentId === experiment.id && change.epoch === experiment.epoch) return;
  throw new Failure("invalid_input", `the journal row of "${experiment.name}" is of epoch ${change.epoch}, the experiment of epoch ${experiment.epoch}`, { fix: "write the row of the change itself" });
}

function identityOf({ experiment: { id, name, unitType, model, createdAt } }: ExperimentView): unknown {
  return [id, name, unitType, model, createdAt];
}
