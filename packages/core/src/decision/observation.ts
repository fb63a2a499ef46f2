import type { Allocation } from "../allocation/allocation.ts";
import type { ArtifactView } from "../artifact/artifact-view.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Rollout } from "../policy/rollout.ts";
import type { RatingView } from "./rating-view.ts";
import type { SlotsView } from "./slots-view.ts";

/**
 * The frozen input of a decision. Everything `decide` may know is in here, so that the ledger entry alone
 * is enough to derive the decision again, byte for byte.
 */
export interface Observation {
  readonly schema: 1;
  /** Now, milliseconds since the Unix epoch: the controller's clock, passed in. */
  readonly at: number;
  readonly rollout: Rollout;
  /** The highest epoch ever planned for this model; a new allocation gets the next. */
  readonly highestEpoch: number;
  readonly registry: Reading<RegistryView>;
  readonly traffic: Reading<Allocation>;
  /** The challenger's files; left out where the policy does not ask for them, or no step hangs on them yet. */
  readonly artifact?: Reading<ArtifactView>;
  readonly evidence: Reading<EvidenceView>;
  readonly operator: OperatorView;
  /** The plan of an earlier decision that can't be finished, if there is one. */
  readonly blocked: BlockedPlan | null;
}

/** An outage is data too: it holds a rollout, and never promotes or aborts it. */
export type Reading<T> =
  | ({ readonly available: true } & T)
  | { readonly available: false; readonly code: string; readonly detail: string };

export interface RegistryView {
  /** Every alias of the model, and the version it names. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: readonly RegisteredVersion[];
}

/** A version as the registry shows it now. */
export interface RegisteredVersion {
  readonly version: string;
  readonly digest: string | null;
  readonly runId: string | null;
  readonly stage: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The latest finite values of the metrics of the version's run; empty without a run. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EvidenceView {
  /** Everything of this epoch up to now: for sample-ratio and safety. */
  readonly soFar: Evidence;
  /** The look that is due, or being waited for; its evidence ends at `cutoff`, so waiting can't change it. */
  readonly look: Look;
  /** Of a look that was judged before and left open: `look` is what it was then. Left out otherwise. */
  readonly judged?: JudgedLook;
  /** The latest complete windows, oldest first, for harm rules over consecutive windows. */
  readonly recent: readonly WindowEvidence[];
  /** What else was read into it, by name; left out when the policy names no sources. */
  readonly sources?: readonly SourceNote[];
  /** What only the health of evidence is judged by; left out when the policy doesn't ask after it. */
  readonly health?: HealthView;
  /** What matches say; of a policy of kind `rating` only, whose other evidence is empty. */
  readonly rating?: RatingView;
  /** Who holds the slots, and what was counted there; of a policy of kind `slots` only. */
  readonly slots?: SlotsView;
}

export interface HealthView {
  /** Of every arm that has a share. */
  readonly arrivals: readonly Arrival[];
  readonly joins: JoinCounts;
}

/** When an arm was heard of last in this epoch. */
export interface Arrival {
  readonly slot: string;
  /** The end of its newest time bucket with a live outcome; null while there is none. */
  readonly newestAt: number | null;
  /** Live outcomes of the other arms in later time buckets. */
  readonly othersSince: number;
}

/** Of the newest follow-ups and labels: how many there were, and how many of them met an outcome. */
export interface JoinCounts {
  readonly followUps: { readonly n: number; readonly met: number };
  readonly labels: { readonly n: number; readonly met: number };
}

/** How a source of evidence was read. Its counts are in the evidence itself. */
export interface SourceNote {
  readonly name: string;
  /** Up to when its data reach. */
  readonly freshAt: number;
  /** Counters that were running when the epoch began: only what came on top of these counts. */
  readonly baselines: readonly CounterBaseline[];
}

export interface CounterBaseline {
  readonly metric: string;
  /** Which of the metric's counters, for example `hits`; all of its series together. */
  readonly counter: string;
  readonly version: string;
  readonly slot: string;
  readonly value: number;
  /** When that value was seen; of several series, the first. */
  readonly at: number;
}

export interface Look {
  /** 1 … of. */
  readonly number: number;
  readonly of: number;
  /** Outcomes before this instant belong to the look. */
  readonly cutoff: number;
  /** When the labels of the look are mature. Before it, the look shows what there is so far. */
  readonly dueAt: number;
  readonly evidence: Evidence;
  /** SHA-256 of `evidence`: what approvals are bound to. Computed with the look; a replay checks it. */
  readonly digest: string;
}

/** What came for a look after it was judged. Nothing is decided by it. */
export interface JudgedLook {
  readonly decisionId: string;
  readonly at: number;
  /** Whether its evidence would be another today: something came later, or was corrected. */
  readonly changed: boolean;
  /** Outcomes and labels of the look that came since, by arm; a label that was only corrected is none more. */
  readonly outcomes: ByArm;
  readonly labels: ByArm;
}

interface ByArm {
  readonly champion: number;
  readonly challenger: number;
}

export interface WindowEvidence {
  readonly from: number;
  readonly to: number;
  readonly evidence: Evidence;
}

export interface OperatorView {
  readonly approvals: readonly Approval[];
  /** Someone asked the controller to wait. */
  readonly hold: OperatorHold | null;
  /** The newest request that no decision has answered yet. */
  readonly request: OperatorRequest | null;
}

/** A signature under one decision; void as soon as the evidence it was given for changes (I12). */
export interface Approval {
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly decisionId: string;
  readonly evidenceDigest: string;
  readonly comment: string;
}

export interface OperatorHold {
  readonly by: string;
  readonly at: number;
  readonly reason: string;
}

export interface OperatorRequest {
  readonly id: string;
  readonly kind: "promote" | "reject" | "rollback";
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  /** regression: the monitor asks, not a person. Left out: a person. */
  readonly cause?: "regression";
}

export interface BlockedPlan {
  /** True when the plan was itself a return to the snapshot. */
  readonly goesBack: boolean;
  readonly decisionId: string;
  readonly effectKey: string;
  readonly code: string;
  readonly detail: string;
}
