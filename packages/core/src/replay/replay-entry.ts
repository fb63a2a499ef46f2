import { canonicalJson } from "../digest/canonical-json.ts";
import { digestOf } from "../digest/digest-of.ts";
import { decide } from "../decision/decide.ts";
import type { Decision } from "../decision/decision.ts";
import type { Observation } from "../decision/observation.ts";
import { ratingDigest } from "../decision/rating/rating-view-of.ts";
import { RULES, rulesOf } from "../decision/rules.ts";
import { slotsDigest } from "../decision/slots/slots-view-of.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * What came of deriving a recorded decision again. same: byte for byte, by the same rules. equal: by older rules, and equal in
 * all that is promised across versions: verdict, reason, evidence, and what the plan does. different: neither. newer: decided
 * by rules that this program does not know, so that nothing is said about it.
 */
type ReplayOutcome = "same" | "equal" | "different" | "newer";

export interface Replay {
  readonly decisionId: string;
  readonly chain: string;
  readonly seq: number;
  readonly outcome: ReplayOutcome;
  /** Of `outcome`: same or equal. */
  readonly same: boolean;
  readonly rules: { readonly decided: number; readonly replayed: number };
  /** The first place where the recorded and the derived text differ; null when they don't, or were not compared. */
  readonly difference: string | null;
  /** One sentence. */
  readonly says: string;
}

/** Derives the decision and the plan of an entry again and compares them. null for entries that decide nothing. */
export function replayEntry(entry: LedgerEntry): Replay | null {
  if (entry.event.kind !== "decision") return null;
  const { observation, decision, plan } = entry.event;
  const decided = rulesOf(decision);
  const { outcome, difference } = compared(decided, { observation, decision, plan });
  const rules = { decided, replayed: RULES };
  return { decisionId: decision.id, chain: entry.chain, seq: entry.seq, outcome, same: outcome === "same" || outcome === "equal", rules, difference, says: sentence(outcome, rules, difference) };
}

interface Recorded {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly plan: Plan;
}

function compared(decided: number, recorded: Recorded): Pick<Replay, "outcome" | "difference"> {
  if (!Number.isSafeInteger(decided) || decided < 1) return { outcome: "different", difference: "what it names as its rules is no version of them" };
  if (decided > RULES) return { outcome: "newer", difference: null };
  const { observation, decision, plan } = recorded;
  const forged = wrongDigest(observation);
  if (forged !== null) return { outcome: "different", difference: forged };
  const derived = decide(observation.rollout.policy, observation);
  if (decided === RULES) {
    const difference = differenceOf({ decision, plan }, { decision: derived, plan: planFor(derived, observation) });
    return { outcome: difference === null ? "same" : "different", difference };
  }
  // Plans name their decision, so that both are made for the one that is recorded.
  const named = { ...derived, id: decision.id };
  const again = planFor(named, observation);
  const changed = differenceOf(substanceOf({ decision, plan }), substanceOf({ decision: named, plan: again }));
  if (changed !== null) return { outcome: "different", difference: changed };
  const { rules: _, ...words } = named;
  return { outcome: "equal", difference: differenceOf({ decision, plan }, { decision: decision.rules === undefined ? words : { ...words, rules: decided }, plan: again }) };
}

/** What is promised across versions of the rules. How it is said, and the figures beside it, may change with them. */
function substanceOf({ decision, plan }: Pick<Recorded, "decision" | "plan">): unknown {
  const { id, rolloutId, model, epoch, at, mode, verdict, reason, evidenceDigest } = decision;
  const { effects, becomes, stage, after, closes } = plan;
  return { decision: { id, rolloutId, model, epoch, at, mode, verdict, reason, evidenceDigest }, plan: { decisionId: plan.decisionId, effects, becomes, stage: stage ?? null, after: after ?? null, closes: closes ?? null } };
}

/** Digests stand in the observation, and a replay takes them from there; so they are computed again. */
function wrongDigest({ evidence }: Observation): string | null {
  if (!evidence.available) return null;
  const { look, rating, slots } = evidence;
  if (look.digest !== digestOf(look.evidence)) return "the digest of the look is not that of its evidence";
  if (rating !== undefined && rating.digest !== ratingDigest(rating)) return "the digest of what was seen of the matches is not that of its figures";
  if (slots !== undefined && slots.digest !== slotsDigest(slots)) return "the digest of what was seen of the slots is not that of its counts";
  return null;
}

function sentence(outcome: ReplayOutcome, { decided, replayed }: Replay["rules"], difference: string | null): string {
  const by = `decided by rules ${decided}, derived again by rules ${replayed}`;
  switch (outcome) {
    case "same":
      return `decided and derived again by rules ${decided}: equal, byte for byte`;
    case "equal":
      return `${by}: equal in substance${difference === null ? ", and in every word" : `; other words: ${difference}`}`;
    case "different":
      return decided === replayed ? `decided and derived again by rules ${decided}: different: ${difference}` : `${by}: different in substance: ${difference}`;
    case "newer":
      return `decided by rules ${decided}, which this program does not know (it has rules ${replayed}): derive it again with the version of Gauntlet that decided it, or a later one`;
  }
}

function differenceOf(recorded: unknown, derived: unknown): string | null {
  const a = canonicalJson(recorded);
  const b = canonicalJson(derived);
  if (a === b) return null;
  let at = 0;
  while (a[at] === b[at]) at++;
  const around = (text: string) => text.slice(Math.max(0, at - 40), at + 40);
  return `recorded …${around(a)}… derived …${around(b)}…`;
}
