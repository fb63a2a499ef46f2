import { digestOf, Failure, liveVariants, policyVersionOf, shareRecords, type ExperimentChange, type ExperimentView, type PolicyVersion } from "@gauntlet/core";

import { readState } from "../chain.ts";
import type { Controller } from "../controller.ts";
import type { ExperimentUpdate } from "../ports/experiment-store.ts";
import { checkExpectedEpoch, checkRepeated, unknownExperiment } from "../store-rules/check-experiment.ts";

/** What every change of an experiment says. */
export interface ExperimentAct {
  /** Id or name. */
  readonly experiment: string;
  /** Names the change: sent again, it is done once. */
  readonly idempotencyKey: string;
  /** The epoch that the caller read. */
  readonly expectedEpoch: number;
  readonly actor: string;
  /** Why, in the words of the person who acts; it is kept in the journal for ever. */
  readonly reason: string;
}

export type ExperimentController = Pick<Controller, "store" | "clock" | "registry">;

/** What a change knows when it is made. */
export interface Scene {
  readonly view: ExperimentView;
  readonly journal: readonly ExperimentChange[];
  /** Those that the live variants run. */
  readonly versions: readonly PolicyVersion[];
  readonly at: number;
}

/** What becomes of it: the view with its new shares, roles or status. Epoch and times are set by the change itself. */
export type Outcome = Pick<ExperimentUpdate, "next" | "policyVersions" | "tags"> & { readonly op: ExperimentChange["op"]; readonly evidenceDigest?: string };

/**
 * One change with its journal row, in one transaction. `build` says what it is, and may refuse.
 * @throws Failure `not_found`; `epoch_conflict` when the experiment is not at the expected epoch; `conflict` while a rollout
 * moves this experiment; `idempotency_mismatch`; what `build` throws.
 */
export async function changeExperiment(controller: ExperimentController, act: ExperimentAct & { readonly op: ExperimentChange["op"]; readonly request: unknown }, build: (scene: Scene) => Outcome | Promise<Outcome>): Promise<ExperimentView> {
  const { experiments } = controller.store;
  const view = await experiments.find(act.experiment);
  if (view === null) throw unknownExperiment(act.experiment);
  const { id, epoch } = view.experiment;
  const journal = await experiments.journal(id);
  const requestDigest = digestOf([act.op, act.expectedEpoch, act.reason, act.request]);
  const repeated = journal.find((row) => row.idempotencyKey === act.idempotencyKey);
  if (repeated !== undefined) {
    checkRepeated(repeated, { ...repeated, requestDigest });
    return view;
  }
  checkExpectedEpoch(view, act.expectedEpoch);
  await refuseBesideRollout(controller, view);
  const at = controller.clock.now();
  const { next: built, policyVersions, tags, op, evidenceDigest } = await build({ view, journal, at, versions: await versionsOf(controller, view) });
  const next = { ...built, experiment: { ...built.experiment, epoch: epoch + 1, updatedAt: at } };
  return experiments.change({
    next,
    expectedEpoch: epoch,
    ...(policyVersions === undefined ? {} : { policyVersions }),
    ...(tags === undefined ? {} : { tags }),
    change: {
      experimentId: id, epoch: epoch + 1, op, actor: act.actor, reason: act.reason, at, before: shareRecords(view), after: shareRecords(next),
      evidenceDigest: evidenceDigest ?? null, idempotencyKey: act.idempotencyKey, requestDigest,
    },
  });
}

async function versionsOf({ store }: Pick<Controller, "store">, view: ExperimentView): Promise<readonly PolicyVersion[]> {
  const ids = new Set(liveVariants(view).map(policyVersionOf).filter((id) => id !== null));
  const found = await Promise.all([...ids].map((id) => store.experiments.policyVersion(id)));
  return found.filter((version) => version !== null);
}

/** Two that move one split would take each other's change for somebody else's. */
async function refuseBesideRollout(controller: Pick<Controller, "store">, { experiment }: ExperimentView): Promise<void> {
  if (experiment.model === null) return;
  const { rollout, pending } = await readState(controller, experiment.model);
  const isOfIt = rollout?.policy.kind === "ramp" && rollout.policy.experiment === experiment.name;
  if (!isOfIt || (rollout.status !== "running" && pending === null)) return;
  throw new Failure("conflict", `rollout ${rollout.id} moves the experiment "${experiment.name}"`, { fix: `hold, reject or roll back the rollout of ${experiment.model} instead` });
}
