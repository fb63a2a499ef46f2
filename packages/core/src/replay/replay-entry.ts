import { canonicalJson } from "../digest/canonical-json.ts";
import { digestOf } from "../digest/digest-of.ts";
import { decide } from "../decision/decide.ts";
import { ratingDigest } from "../decision/rating/rating-view-of.ts";
import { slotsDigest } from "../decision/slots/slots-view-of.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import { planFor } from "../plan/plan-for.ts";

/** What came of deriving a recorded decision again from its own entry. */
export interface Replay {
  readonly decisionId: string;
  readonly chain: string;
  readonly seq: number;
  readonly same: boolean;
  /** The first place where the recorded and the derived text differ; null when they are equal. */
  readonly difference: string | null;
}

/**
 * Derives the decision and the plan of an entry again and compares the bytes. null for entries that decide nothing.
 * A difference means that the entry was made by another version of the rules, or is not what it claims to be.
 */
export function replayEntry(entry: LedgerEntry): Replay | null {
  if (entry.event.kind !== "decision") return null;
  const { observation, decision, plan } = entry.event;
  const derived = decide(observation.rollout.policy, observation);
  const look = observation.evidence.available ? observation.evidence.look : null;
  if (look !== null && look.digest !== digestOf(look.evidence)) {
    return { decisionId: decision.id, chain: entry.chain, seq: entry.seq, same: false, difference: "the digest of the look is not that of its evidence" };
  }
  const rating = observation.evidence.available ? observation.evidence.rating : undefined;
  if (rating !== undefined && rating.digest !== ratingDigest(rating)) {
    return { decisionId: decision.id, chain: entry.chain, seq: entry.seq, same: false, difference: "the digest of what was seen of the matches is not that of its figures" };
  }
  const slots = observation.evidence.available ? observation.evidence.slots : undefined;
  if (slots !== undefined && slots.digest !== slotsDigest(slots)) {
    return { decisionId: decision.id, chain: entry.chain, seq: entry.seq, same: false, difference: "the digest of what was seen of the slots is not that of its counts" };
  }
  const difference = differenceOf({ decision, plan }, { decision: derived, plan: planFor(derived, observation) });
  return { decisionId: decision.id, chain: entry.chain, seq: entry.seq, same: difference === null, difference };
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
