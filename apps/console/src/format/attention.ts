import type { ModelSummary } from "@gauntlet/contract";

/** Why a person should look, most urgent first; null when nobody needs to. */
export type Attention = "failing" | "drift" | "harm" | "approval" | "blocked";

const BLOCKED_REASONS: ReadonlySet<string> = new Set([
  "evidence_unavailable",
  "sample_ratio_mismatch",
  "split_not_realised",
  "split_off_target",
  "multiple_exposure",
  "join_rate_low",
  "evidence_late",
  "arm_silent",
  "evidence_stale",
  "version_mismatch",
  "signature_invalid",
  "artifact_unread",
  "foreign_move",
  "champion_over_limit",
  "plan_failed",
]);
const ORDER: readonly (Attention | null)[] = ["failing", "drift", "harm", "approval", "blocked", null];

export function attentionOf(summary: ModelSummary): Attention | null {
  // Without a plan that is being applied, what is wrong is what somebody else did.
  if (summary.failure !== null) return summary.applying ? "failing" : "drift";
  if (summary.status === "running" && summary.verdict === "rollback" && summary.reason === "harm") return "harm";
  if (summary.verdict === "hold" && summary.reason === "awaiting_approval") return "approval";
  if (summary.verdict === "hold" && summary.reason !== null && BLOCKED_REASONS.has(summary.reason)) return "blocked";
  return null;
}

export const ATTENTION_WORDS: Readonly<Record<Attention, string>> = {
  failing: "Effect failing",
  drift: "Changed elsewhere",
  harm: "Harm found",
  approval: "Needs approval",
  blocked: "Blocked",
};

/** What needs a person first, then what runs, then the newest verdict, then by name. */
export function byUrgency(left: ModelSummary, right: ModelSummary): number {
  const urgency = ORDER.indexOf(attentionOf(left)) - ORDER.indexOf(attentionOf(right));
  if (urgency !== 0) return urgency;
  const running = Number(right.status === "running") - Number(left.status === "running");
  if (running !== 0) return running;
  const newest = (right.decidedAt ?? 0) - (left.decidedAt ?? 0);
  return newest === 0 ? left.model.localeCompare(right.model, "en") : newest;
}
