import { staleEpoch, type Clock, type ExperimentStore, type ExperimentUpdate, type TrafficTarget } from "@gauntlet/controller";
import { allocationOf, BUCKETS_PER_BASIS_POINT, canonicalJson, digestOf, Failure, liveVariants, policyVersionOf, requireAllocation, settleMove, shareRecords, versionOf, type Allocation, type ExperimentView, type PolicyVersion } from "@gauntlet/core";

export interface ExperimentTraffic {
  readonly experiments: ExperimentStore;
  /** Serves models that have no experiment, or whose experiment is completed. */
  readonly otherwise: TrafficTarget;
  readonly clock: Clock;
}

/**
 * Splits of models that have an experiment are the shares of its variants: an arm is the variant of its slot's name. What is
 * applied is one change of the experiment, with its journal row; who got everything is the new baseline.
 * Fails as any target does, and with `conflict` while the experiment is a draft, `invalid_input` for arms that are not its variants.
 */
export function experimentTraffic({ experiments, otherwise, clock }: ExperimentTraffic): TrafficTarget {
  return {
    read: (model) => asTraffic(async () => {
      const view = await experiments.ofModel(model);
      if (view === null) return otherwise.read(model);
      const present = allocationOf(view, await versionsOf(experiments, view));
      if (view.experiment.status !== "completed") return present;
      const later = await otherwise.read(model);
      return later !== null && later.epoch > present.epoch ? later : present;
    }),
    apply: (allocation) => asTraffic(async () => {
      for (let attempt = 1; ; attempt += 1) {
        const view = await experiments.ofModel(allocation.model);
        if (view === null || (view.experiment.status === "completed" && view.experiment.id !== allocation.seed)) return otherwise.apply(allocation);
        const update = await updateFor({ view, allocation, experiments, at: clock.now() });
        if (update === null) return undefined;
        try {
          await experiments.change(update);
          return undefined;
        } catch (error) {
          // Somebody changed it in between: whether this one is still new, the next reading says.
          if (!(error instanceof Failure && error.code === "epoch_conflict") || attempt === ATTEMPTS_MAX) throw error;
        }
      }
    }),
  };
}

const ATTEMPTS_MAX = 3;

interface Wanted {
  readonly view: ExperimentView;
  readonly allocation: Allocation;
  readonly experiments: ExperimentStore;
  readonly at: number;
}

/** null when it is so already. */
async function updateFor({ view, allocation, experiments, at }: Wanted): Promise<ExperimentUpdate | null> {
  requireAllocation(allocation);
  const versions = await versionsOf(experiments, view);
  const present = allocationOf(view, versions);
  if (canonicalJson(present) === canonicalJson(allocation)) return null;
  if (present.epoch >= allocation.epoch) throw staleEpoch(allocation, present.epoch);
  const { id, name, epoch, status } = view.experiment;
  if (status === "draft") throw new Failure("conflict", `the experiment "${name}" is a draft, so nobody is split by it yet`, { fix: "activate it first" });
  const moved = withArms(view, allocation, versions);
  const settled = settleMove(view, moved, await experiments.journal(id));
  const next = { ...settled.view, experiment: { ...view.experiment, epoch: allocation.epoch, updatedAt: at } };
  const requestDigest = digestOf(allocation);
  return {
    next,
    expectedEpoch: epoch,
    policyVersions: settled.policyVersions,
    change: {
      experimentId: id, epoch: allocation.epoch, op: settled.op, actor: "rollout", reason: "what the rollout decided; see the ledger of its model", at,
      before: shareRecords(view), after: shareRecords(next), evidenceDigest: null, idempotencyKey: `allocation ${allocation.epoch} ${requestDigest}`, requestDigest,
    },
  };
}

/** Arms keep their order and their ranges as they are, so that what is read back is what was applied. */
function withArms(view: ExperimentView, allocation: Allocation, versions: readonly PolicyVersion[]): ExperimentView {
  const { experiment } = view;
  if (allocation.seed !== experiment.id || allocation.hash !== "sha256" || allocation.shadow) {
    throw refused(allocation, `the split of "${experiment.name}" has the seed ${experiment.id}, the hash sha256 and no shadow`, "name the experiment in the policy of the rollout");
  }
  const live = liveVariants(view);
  for (const { slot, version, ranges } of allocation.arms) {
    const variant = live.find((known) => known.name === slot);
    if (variant === undefined) throw refused(allocation, `"${experiment.name}" has no variant "${slot}"`, "add the variant first");
    if (versionOf(variant, versions) !== version) throw refused(allocation, `variant "${slot}" runs version ${versionOf(variant, versions)}, not ${version}`, "add a candidate for that version");
    if (ranges.length === 0) throw refused(allocation, `variant "${slot}" would be an arm that owns nothing`, "leave it out");
  }
  const places = new Map(allocation.arms.map((arm, index) => [arm.slot, { index, ranges: arm.ranges }]));
  const variants = view.variants.map((variant) => {
    if (variant.archivedAt !== null) return variant;
    const place = places.get(variant.name);
    const ranges = place?.ranges ?? [];
    const basisPoints = ranges.reduce((sum, { from, to }) => sum + to - from, 0) / BUCKETS_PER_BASIS_POINT;
    return { ...variant, position: place?.index ?? allocation.arms.length + variant.position, basisPoints, ranges };
  });
  return { experiment, variants };
}

async function versionsOf(experiments: ExperimentStore, view: ExperimentView): Promise<readonly PolicyVersion[]> {
  const ids = new Set(liveVariants(view).map(policyVersionOf).filter((id) => id !== null));
  const found = await Promise.all([...ids].map((id) => experiments.policyVersion(id)));
  return found.filter((version) => version !== null);
}

function refused({ model, epoch }: Allocation, why: string, fix: string): Failure {
  return new Failure("invalid_input", `epoch ${epoch} of ${model} can't be applied: ${why}`, { fix });
}

/** A store that is out leaves the traffic as uncertain as any other target that does not answer. */
async function asTraffic<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "store_unavailable") throw error;
    throw new Failure("traffic_unavailable", `the store of experiments does not answer: ${error.message}`, { cause: error, ...(error.fix === null ? {} : { fix: error.fix }) });
  }
}
