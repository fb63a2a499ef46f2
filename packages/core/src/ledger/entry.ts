import type { Approval, Observation, OperatorHold, OperatorRequest } from "../decision/observation.ts";
import type { Decision } from "../decision/decision.ts";
import type { EpochContext } from "../evidence/fold-context.ts";
import type { AliasEffect } from "../plan/effect.ts";
import type { Plan } from "../plan/plan.ts";
import type { Rollout } from "../policy/rollout.ts";
import type { CarriedCounts, CyclesSoFar } from "../policy/slots-cycle.ts";

/** The chain that covers the heads of all others. Model names can't begin with "$". */
export const ROOT_CHAIN = "$root";

/**
 * One line of the ledger. `hash` is the SHA-256 of the canonical JSON of everything else in the entry;
 * `prev` is the hash of the entry before it in the same chain, or 64 zeros. A changed byte breaks the chain.
 */
export interface LedgerEntry {
  readonly chain: string;
  readonly seq: number;
  readonly at: number;
  readonly prev: string;
  readonly hash: string;
  readonly event: LedgerEvent;
}

export type LedgerEvent =
  /** A rollout begins: the policy as parsed, the snapshot, and the plan that opens the split. */
  | { readonly kind: "rollout.started"; readonly rollout: Rollout; readonly plan: Plan }
  /** A decision with all it was made from and all it intends: enough to derive it again. */
  | { readonly kind: "decision"; readonly observation: Observation; readonly decision: Decision; readonly plan: Plan }
  | { readonly kind: "effect.applied"; readonly decisionId: string; readonly key: string; readonly note: string }
  | {
      readonly kind: "effect.failed";
      readonly decisionId: string;
      readonly key: string;
      readonly code: string;
      readonly detail: string;
      readonly retryable: boolean;
    }
  /** Every effect was read back as planned; only now is the rollout what the plan says. */
  | { readonly kind: "plan.applied"; readonly decisionId: string }
  /** The world departed from an applied plan so soon that a late write of our own is the likely cause: apply it again. */
  | { readonly kind: "plan.reopened"; readonly decisionId: string; readonly detail: string }
  /** Somebody else changed what a finished plan had set. Recorded, shown, and left alone. */
  | { readonly kind: "drift.seen"; readonly detail: string }
  /** What was seen departing, `detail`, is as the plan set it again. */
  | { readonly kind: "drift.gone"; readonly detail: string }
  /** Aliases that somebody else moved are set back, as the policy asks: `effects` are pending from here on. */
  | { readonly kind: "drift.reverted"; readonly decisionId: string; readonly effects: readonly AliasEffect[]; readonly detail: string }
  | { readonly kind: "approval"; readonly approval: Approval }
  | { readonly kind: "request"; readonly request: OperatorRequest }
  | { readonly kind: "hold"; readonly hold: OperatorHold }
  | { readonly kind: "resume"; readonly by: string; readonly reason: string }
  | { readonly kind: "root"; readonly heads: Readonly<Record<string, { readonly seq: number; readonly hash: string }>> };

/** What the chain of a model says, folded: a projection, never the truth itself. */
export interface ModelState {
  readonly model: string;
  readonly seq: number;
  readonly hash: string;
  /** How many rollouts there have been; the next one is number rollouts + 1. */
  readonly rollouts: number;
  /** The highest epoch ever planned. */
  readonly epoch: number;
  readonly rollout: Rollout | null;
  readonly decision: DecisionMark | null;
  /** The decision that judged the present look and left it open; left out while there is none. */
  readonly judged?: OpenLook;
  readonly pending: PendingPlan | null;
  readonly approvals: readonly Approval[];
  readonly hold: OperatorHold | null;
  readonly request: OperatorRequest | null;
  /** Every allocation epoch of the latest rollouts, newest last: late outcomes and labels still find their evidence. */
  readonly epochs: readonly EpochRecord[];
  /** The newest plan that was applied in full, against which the world is compared. */
  readonly settled: { readonly plan: Plan; readonly at: number } | null;
  /** When the plan before the newest one was still at work: for a while after it, late writes of it may arrive. */
  readonly replacedAt: number | null;
  /** What the cycles of a policy of slots came to; left out while there was none. */
  readonly cycles?: CyclesSoFar & { readonly carried: CarriedCounts };
  /** The newest departure from it by somebody else; null while there is none. */
  readonly drift: string | null;
  /** How often aliases were set back since the newest plan was decided; left out while they never were. */
  readonly reverts?: number;
}

export interface EpochRecord extends Omit<EpochContext, "countedFrom"> {
  readonly epoch: number;
  readonly rolloutId: string;
  /** How old an outcome may be to be counted. Epochs that were opened before it was kept have none, and nothing of theirs is forgotten. */
  readonly retentionMs?: number;
}

/** The newest recorded decision; `confirmedAt` moves while nothing changes, without a new entry. */
export interface DecisionMark {
  readonly id: string;
  readonly seq: number;
  readonly verdict: Decision["verdict"];
  readonly reason: Decision["reason"];
  /** SHA-256 of verdict, reason, look and check statuses: equal marks need no new entry. */
  readonly digest: string;
  readonly evidenceDigest: string;
  /** Up to when the evidence of the look went; null without a look. */
  readonly cutoff: number | null;
  readonly at: number;
}

/** Where the evidence stands that a look was judged by, so that it is not judged by other evidence later. */
interface OpenLook {
  readonly seq: number;
  readonly cutoff: number;
}

/** A plan whose effects are not all read back yet. */
export interface PendingPlan {
  readonly decisionId: string;
  readonly plan: Plan;
  readonly applied: readonly string[];
  readonly failed: { readonly key: string; readonly code: string; readonly detail: string; readonly retryable: boolean } | null;
  /** It sets aliases back under the plan that settled, and changes nothing of the rollout. */
  readonly reverting?: true;
}
