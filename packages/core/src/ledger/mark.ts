import type { Decision } from "../decision/decision.ts";
import { digestOf } from "../digest/digest-of.ts";
import type { DecisionMark } from "./entry.ts";

/**
 * What makes a decision news. While verdict, reason, look and check statuses stay the same, a tick confirms the
 * recorded decision instead of writing another, and the ledger stays readable.
 */
export function markOf(decision: Decision, seq: number): DecisionMark {
  return {
    id: decision.id,
    seq,
    verdict: decision.verdict,
    reason: decision.reason,
    digest: digestOf([
      decision.rolloutId,
      decision.verdict,
      decision.reason,
      decision.look?.number ?? null,
      // A signature is for one body of evidence, so while one is awaited new evidence is news.
      decision.reason === "awaiting_approval" ? decision.evidenceDigest : null,
      decision.checks.map((check) => [check.id, check.status]),
    ]),
    evidenceDigest: decision.evidenceDigest,
    cutoff: decision.look?.cutoff ?? null,
    at: decision.at,
  };
}
