import type { CheckResult, CheckStatus, Effect, Guarantee, LedgerEvent, Reason, RolloutStatus, Verdict } from "@gauntlet/core";

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  advance: "Advance",
  promote: "Promote",
  hold: "Hold",
  retain: "Retain",
  rollback: "Roll back",
};

/** What the verdict means for the two versions, in a few words. */
export const VERDICT_MEANING: Readonly<Record<Verdict, string>> = {
  advance: "the challenger gets a larger share",
  promote: "the challenger becomes the champion",
  hold: "nothing moves for now",
  retain: "the champion stays",
  rollback: "everything goes back to where it was",
};

export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  all_checks_passed: "all checks passed",
  harm: "harm found",
  worse: "worse than the champion",
  unproven: "improvement not proven",
  rejected: "rejected by a person",
  manual: "ordered by a person",
  regression: "worse after its promotion",
  plan_failed: "an effect can't be applied",
  insufficient_data: "too little data yet",
  min_duration: "shortest duration not reached",
  inconclusive: "inconclusive so far",
  evidence_unavailable: "evidence can't be read",
  sample_ratio_mismatch: "sample ratio mismatch",
  split_not_realised: "split not realised",
  split_off_target: "shares not as intended",
  multiple_exposure: "units met two versions",
  join_rate_low: "follow-ups miss their outcomes",
  evidence_late: "follow-ups too late",
  arm_silent: "a version is silent",
  evidence_stale: "a source lies behind",
  version_mismatch: "another version than tested",
  signature_invalid: "no signature that holds",
  artifact_unread: "the files can't be read",
  unrated: "no matches of a version",
  incomparable: "no chain of games compares them",
  unanchored: "no anchor says what points are",
  foreign_move: "somebody else moved an alias",
  labels_immature: "labels not mature yet",
  champion_over_limit: "the champion itself is over a limit",
  awaiting_approval: "awaiting approval",
  operator_hold: "held by a person",
};

export const CHECK_WORDS: Readonly<Record<CheckStatus, string>> = {
  pass: "Pass",
  warn: "Warning",
  unproven: "Unproven",
  fail: "Fail",
  unavailable: "No data",
};

export const PURPOSE_WORDS: Readonly<Record<CheckResult["purpose"], { readonly title: string; readonly asks: string }>> = {
  validity: { title: "Validity", asks: "May the evidence be read at all?" },
  harm: { title: "Harm", asks: "Must it end at once?" },
  promotion: { title: "Promotion", asks: "Has the challenger earned it? All of these must pass." },
};

export const GUARANTEE_WORDS: Readonly<Record<Guarantee, { readonly word: string; readonly means: string }>> = {
  exact: { word: "exact", means: "The error bound holds at any sample size." },
  asymptotic: { word: "asymptotic", means: "The error bound holds for large samples." },
  point: { word: "point estimate", means: "No error bound is claimed." },
};

export const STATUS_WORDS: Readonly<Record<RolloutStatus, string>> = {
  running: "Running",
  promoted: "Promoted",
  retained: "Champion retained",
  rolled_back: "Rolled back",
};

export const EVENT_WORDS: Readonly<Record<LedgerEvent["kind"], string>> = {
  "rollout.started": "Rollout started",
  decision: "Decision",
  "effect.applied": "Effect applied",
  "effect.failed": "Effect failed",
  "plan.applied": "Plan applied",
  "plan.reopened": "Plan reopened",
  "drift.seen": "Foreign change seen",
  "drift.gone": "Foreign change gone",
  "drift.reverted": "Foreign change undone",
  approval: "Approval",
  request: "Request",
  hold: "Hold",
  resume: "Resume",
  root: "Heads of all chains",
};

/** A word the server knows and this console does not yet: shown as it came, never dropped. */
export function wordFor<K extends string>(words: Readonly<Record<K, string>>, key: string): string {
  return Object.hasOwn(words, key) ? words[key as K] : key.replaceAll("_", " ");
}

export function effectWords(effect: Effect): string {
  switch (effect.kind) {
    case "registry.alias":
      return effect.version === null ? `Remove the alias ${effect.alias}` : `Point the alias ${effect.alias} to version ${effect.version}`;
    case "registry.tag":
      return `Tag version ${effect.version} with ${effect.name} = ${effect.value}`;
    case "registry.stage":
      return `Set the stage of version ${effect.version} to ${effect.stage}`;
    case "traffic":
      return `Set the split: ${effect.allocation.arms.map((arm) => `${arm.slot} v${arm.version}`).join(", ")}`;
    case "document":
      return `Write ${effect.document}`;
    default:
      return `${(effect as Effect).kind}`;
  }
}

/** What a ledger event says in one line. */
export function eventSummary(event: LedgerEvent): string {
  switch (event.kind) {
    case "rollout.started":
      return `${event.rollout.id}: version ${event.rollout.challenger.version} against ${event.rollout.champion.version}, by ${event.rollout.startedBy}`;
    case "decision":
      return `${wordFor(VERDICT_WORDS, event.decision.verdict)}: ${wordFor(REASON_WORDS, event.decision.reason)}`;
    case "effect.applied":
      return `${event.key}${event.note === "" ? "" : `: ${event.note}`}`;
    case "effect.failed":
      return `${event.key}: ${event.detail}`;
    case "plan.applied":
      return `Every effect of ${event.decisionId} was read back as planned`;
    case "plan.reopened":
      return `${event.decisionId}: ${event.detail}`;
    case "drift.seen":
      return event.detail;
    case "drift.reverted":
      return `Set back: ${event.detail}`;
    case "drift.gone":
      return `No longer so: ${event.detail}`;
    case "approval":
      return `${event.approval.by} approved ${event.approval.decisionId}${event.approval.comment === "" ? "" : `: ${event.approval.comment}`}`;
    case "request":
      return `${event.request.by} asked for ${event.request.kind}: ${event.request.reason}`;
    case "hold":
      return `${event.hold.by}: ${event.hold.reason}`;
    case "resume":
      return `${event.by}: ${event.reason}`;
    case "root":
      return `${Object.keys(event.heads).length} chains`;
    default:
      return (event as LedgerEvent).kind;
  }
}
