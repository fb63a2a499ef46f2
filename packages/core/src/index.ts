export { Failure, FAILURES } from "./failure/failure.ts";
export type { FailureCode, Problem } from "./failure/failure.ts";

export type { Json } from "./digest/json.ts";
export { canonicalJson } from "./digest/canonical-json.ts";

export type { Label, Mode, Outcome, Prediction } from "./outcome/outcome.ts";

export { BUCKETS, BUCKETS_PER_BASIS_POINT } from "./allocation/allocation.ts";
export type { Allocation, Arm, Range } from "./allocation/allocation.ts";

export { DERIVED_METRICS } from "./evidence/evidence.ts";
export type { Evidence, EvidenceCell, EvidenceItem, EvidenceKey, MetricKind } from "./evidence/evidence.ts";
export type { Confusion, Count, Histogram, Moments, Paired, Rate, Statistic, WideInteger } from "./evidence/statistic.ts";

export type {
  AbtestPolicy,
  ApprovalRule,
  CheckRule,
  EffectFamily,
  HarmRule,
  ImpactModel,
  LabelRule,
  Policy,
  PolicyMode,
} from "./policy/policy.ts";
export type { Rational } from "./policy/rational.ts";
export type { Rollout, RolloutStatus, VersionRef } from "./policy/rollout.ts";

export type { CheckResult, CheckStatus, Decision, Guarantee, Reason, Unit, Verdict } from "./decision/decision.ts";
export type {
  Approval,
  BlockedPlan,
  EvidenceView,
  Look,
  Observation,
  OperatorHold,
  OperatorRequest,
  OperatorView,
  Reading,
  RegisteredVersion,
  RegistryView,
  WindowEvidence,
} from "./decision/observation.ts";

export type { AliasEffect, DocumentEffect, Effect, StageEffect, TagEffect, TrafficEffect } from "./plan/effect.ts";
export type { Plan } from "./plan/plan.ts";

export { ROOT_CHAIN } from "./ledger/entry.ts";
export type { DecisionMark, LedgerEntry, LedgerEvent, ModelState, PendingPlan } from "./ledger/entry.ts";
