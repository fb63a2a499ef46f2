import type { ChainHead, Store } from "@gauntlet/controller";
import { ROOT_CHAIN, type Decision, type LedgerEntry, type ModelState, type Observation, type RatingPolicy } from "@gauntlet/core";
import { setImmediate as otherWork } from "node:timers/promises";

import type { RatingInstruments } from "./rating-instruments.ts";

const PAGE = 200;
/** They say nothing about the promotion. */
const NO_ANSWER: ReadonlySet<string> = new Set(["evidence_unavailable", "awaiting_approval", "operator_hold", "version_mismatch", "signature_invalid", "artifact_unread", "foreign_move"]);

/** What a plan that is under way counts as, when it is carried out or fails. */
interface Awaited {
  readonly promotion: string | null;
  /** A rollback that the monitor asked for. */
  readonly back: { readonly from: string; readonly to: string } | null;
}

interface Followed {
  seq: number;
  awaited: { readonly decisionId: string; readonly counts: Awaited } | null;
}

/** Counts what ledgers gain from now on: of every replica, whoever wrote it. */
export interface PromotionFollower {
  read(heads: readonly ChainHead[]): Promise<void>;
}

export function followPromotions(store: Pick<Store, "ledger">, { counters, improvement }: RatingInstruments, before: readonly ChainHead[]): PromotionFollower {
  const chains = new Map<string, Followed>(before.map((head) => [head.chain, startOf(head)]));

  async function follow(head: ChainHead, known: Followed): Promise<void> {
    while (known.seq < head.seq) {
      const entries = await store.ledger.read(head.chain, known.seq, PAGE);
      if (entries.length === 0) return;
      for (const entry of entries) {
        count(entry, known);
        known.seq = entry.seq;
      }
    }
  }

  function count({ event }: LedgerEntry, known: Followed): void {
    switch (event.kind) {
      case "decision":
        known.awaited = { decisionId: event.decision.id, counts: awaitedOf(event) };
        decided(event);
        return;
      case "plan.applied":
        if (known.awaited?.decisionId === event.decisionId) countEnd(counters, known.awaited.counts, "success");
        return;
      default:
        return;
    }
  }

  function decided({ decision, observation }: { readonly decision: Decision; readonly observation: Observation }): void {
    const { policy } = observation.rollout;
    if (policy.kind !== "rating" || NO_ANSWER.has(decision.reason)) return;
    for (const outcome of ["approved", "rejected"]) counters.decisions.show({ promotion_type: policy.promotion, outcome });
    counters.decisions.add({ promotion_type: policy.promotion, outcome: decision.verdict === "promote" ? "approved" : "rejected" }, 1);
    const gained = improvementOf(policy, observation);
    if (gained !== null) improvement.observe({ promotion_type: policy.promotion }, gained);
  }

  return {
    async read(heads) {
      for (const head of heads) {
        if (head.chain === ROOT_CHAIN) continue;
        const known = chains.get(head.chain) ?? { seq: 0, awaited: null };
        chains.set(head.chain, known);
        if (known.seq === head.seq) continue;
        // Most chains have nothing to count, and their entries are large.
        if (!canCount(head)) known.seq = head.seq;
        else {
          await follow(head, known);
          // SQLite answers in this thread: requests have their turn between chains.
          await otherWork();
        }
      }
    },
  };
}

/** An attempt that failed, as the process that made it knows: the ledger has the same failure once only. Whether it was one. */
export function countFailure(counters: RatingInstruments["counters"], { rollout, decision, pending }: ModelState): boolean {
  if (rollout === null || decision === null || pending?.failed == null || pending.decisionId !== decision.id) return false;
  const awaited = awaitedOf({ decision, observation: { rollout } });
  countEnd(counters, awaited, "failure");
  return awaited.promotion !== null;
}

function countEnd(counters: RatingInstruments["counters"], { promotion, back }: Awaited, result: "success" | "failure"): void {
  if (promotion !== null) counters.executions.add({ promotion_type: promotion, result }, 1);
  if (back !== null) counters.rollbacks.add({ from_model: back.from, to_model: back.to, result }, 1);
}

/** Only promotions by ratings, and rollbacks that a monitor may ask for. */
function canCount({ state }: ChainHead): boolean {
  const policy = state?.rollout?.policy;
  return policy !== undefined && (policy.kind === "rating" || policy.monitor !== undefined);
}

/** A plan that was under way before anything was followed still counts when it is carried out. */
function startOf({ seq, state }: ChainHead): Followed {
  const rollout = state?.rollout ?? null;
  const decision = state?.decision ?? null;
  if (rollout === null || decision === null || state?.pending?.decisionId !== decision.id) return { seq, awaited: null };
  return { seq, awaited: { decisionId: decision.id, counts: awaitedOf({ decision, observation: { rollout } }) } };
}

function awaitedOf({ decision, observation }: { readonly decision: Pick<Decision, "verdict" | "reason">; readonly observation: Pick<Observation, "rollout"> }): Awaited {
  const { policy, model, champion, challenger } = observation.rollout;
  const isBack = decision.reason === "regression";
  const promotion = policy.kind === "rating" && decision.verdict === "promote" ? policy.promotion : isBack ? "rollback" : null;
  return { promotion, back: isBack ? { from: `${model}@${challenger.version}`, to: `${model}@${champion.version}` } : null };
}

/** As the policy's mode reckons it: the service's Elo, or the fit of all matches. */
function improvementOf({ mode }: RatingPolicy, { evidence }: Observation): number | null {
  const rating = evidence.available ? evidence.rating : undefined;
  if (rating === undefined) return null;
  if (mode === "strict") return rating.difference?.kind === "comparable" ? rating.difference.difference : null;
  const [ours, theirs] = [rating.challenger.service, rating.baseline?.service ?? null];
  return ours === null || theirs === null ? null : ours.elo - theirs.elo;
}
