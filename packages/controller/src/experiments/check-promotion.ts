import { Failure, policyVersionOf, type ExperimentChange, type Variant } from "@gauntlet/core";

import type { ExperimentController, Scene } from "./change-experiment.ts";

const DAY_MS = 86_400_000;
const LAST_RUNG = 5000;
const LAST_DWELL_MS = 7 * DAY_MS;
const DWELL_MS = 3 * DAY_MS;
const SAMPLES_MIN = 1000;
const EVIDENCE_AGE_MAX_MS = DAY_MS;

/** What the evidence alone can say of the checklist. */
export const MEASURED_ITEMS = ["acceptance_not_worse", "edits_not_worse", "validator_not_worse", "latency_in_bounds", "cost_within_budget"] as const;

export interface PromotionEvidence {
  readonly epoch: number;
  readonly digest: string;
  /** When it was measured. */
  readonly at: number;
  /** Plans of the candidate in this epoch. */
  readonly samples: number;
  readonly checklist: Readonly<Record<(typeof MEASURED_ITEMS)[number], boolean>>;
}

/**
 * The whole checklist of a promotion (planner facts §9, §9a): what journal and store know is asked of them, the rest of the
 * evidence. @throws Failure `conflict` naming every item that is missing.
 */
export async function checkPromotion(controller: ExperimentController, scene: Scene, { candidate, evidence }: { readonly candidate: Variant; readonly evidence: PromotionEvidence }): Promise<void> {
  const { view, journal, at } = scene;
  const spans = spansOf(journal, candidate, at);
  const present = spans.at(-1);
  const missing = [
    ...(candidate.basisPoints === LAST_RUNG ? [] : [`the candidate stands at ${candidate.basisPoints} basis points, not at ${LAST_RUNG}`]),
    ...(present !== undefined && present.forMs >= LAST_DWELL_MS ? [] : ["it has been there for less than 7 days"]),
    ...(spans.every(({ forMs }) => forMs >= DWELL_MS) ? [] : ["it was at some share for less than 3 days"]),
    ...((spans[0]?.basisPoints ?? 0) <= 1000 ? [] : ["it began with more than 10 %"]),
    ...(evidence.epoch === view.experiment.epoch ? [] : [`the evidence is of epoch ${evidence.epoch}`]),
    ...(evidence.at <= at && at - evidence.at < EVIDENCE_AGE_MAX_MS ? [] : ["the evidence is not of the last 24 hours"]),
    ...(evidence.samples >= SAMPLES_MIN ? [] : [`the evidence holds ${evidence.samples} plans, fewer than ${SAMPLES_MIN}`]),
    ...MEASURED_ITEMS.filter((item) => !evidence.checklist[item]).map((item) => `${item} does not hold`),
    ...(await replayPassed(controller, candidate) ? [] : ["no offline replay passed"]),
  ];
  if (missing.length > 0) throw new Failure("conflict", `"${candidate.name}" can't be promoted: ${missing.join("; ")}`, { fix: "complete the checklist first", problems: missing.map((detail) => ({ pointer: "", detail })) });
}

interface Span {
  readonly basisPoints: number;
  readonly forMs: number;
}

/** The shares that it had, one after another, and for how long. A change that leaves its share does not begin a new one. */
function spansOf(journal: readonly ExperimentChange[], candidate: Variant, now: number): readonly Span[] {
  const shares = journal.map(({ at, after }) => ({ at, basisPoints: after.find(({ variantId }) => variantId === candidate.id)?.basisPoints ?? 0 }));
  const changes = shares.filter(({ basisPoints }, index) => basisPoints !== (shares[index - 1]?.basisPoints ?? 0));
  return changes.map(({ at, basisPoints }, index) => ({ basisPoints, forMs: (changes[index + 1]?.at ?? now) - at })).filter(({ basisPoints }) => basisPoints > 0);
}

async function replayPassed({ store }: ExperimentController, candidate: Variant): Promise<boolean> {
  const id = policyVersionOf(candidate);
  const version = id === null ? null : await store.experiments.policyVersion(id);
  if (version === null) return false;
  const replays = await store.experiments.replays({ mlflowModelName: version.mlflowModelName, mlflowModelVersion: version.mlflowModelVersion });
  return replays.some((replay) => replay.status === "completed" && replay.isBetterThanBaseline === true);
}
