export { gauntlet } from "./client.ts";
export type { GauntletClient } from "./client.ts";
export type { CallOptions, ChangeOptions, ClientOptions } from "./connection.ts";
export type { Assignments } from "./assignments.ts";
export type { Decisions } from "./decisions.ts";
export type { Events } from "./events.ts";
export type { Experiments } from "./experiments.ts";
export type { Matches, SentMatch } from "./matches.ts";
export type { Models } from "./models.ts";
export type { Hooks } from "./hooks.ts";
export type { Monitor } from "./monitor.ts";
export type { Outcomes } from "./outcomes.ts";
export type { PolicyVersions } from "./policy-versions.ts";
export type { ProductEvents } from "./product-events.ts";
export type { Ratings } from "./ratings.ts";
export type { Rollouts } from "./rollouts.ts";
export type { SimulationCall, Simulations } from "./simulations.ts";
export type { Sync } from "./sync.ts";
export type { Tokens } from "./tokens.ts";

// What is thrown and what is answered, so that a program needs no other import.
export { Failure } from "@gauntlet/core/failure";
export type { FailureCode } from "@gauntlet/core/failure";
export type { Decision, FollowUp, Label, LedgerEntry, ModelState, Outcome } from "@gauntlet/core";
export type {
  Acted,
  Assignment,
  AssignmentRequest,
  BaselinesQuestion,
  BaselinesReport,
  BatchAnswer,
  BulkEvaluation,
  ConflictPage,
  CreatedToken,
  DecisionDetail,
  DriftAct,
  DriftCheckView,
  DriftHistoryView,
  Evaluation,
  EvidenceSeries,
  ExperimentActs,
  ExperimentView,
  Fleet,
  HealthReport,
  LadderEntry,
  LedgerVerification,
  SigningKey,
  MatchDetail,
  MatchImport,
  MatchView,
  ModelDetail,
  ModelEvent,
  ModelSummary,
  MonitorDetail,
  HookDelivery,
  HookList,
  MonitorList,
  MonitorView,
  NewExperiment,
  NewPolicyVersion,
  NewReplay,
  ParticipantQuestion,
  ParticipantReport,
  PolicyVersion,
  PredictCall,
  Predicted,
  Preview,
  ProductEvent,
  ProductEventBatchAnswer,
  RampSeries,
  RatingConfigs,
  RatingLadderPage,
  RatingMatrix,
  RatingProgress,
  RatingTrajectories,
  ReconcileReportView,
  ReplayAnswer,
  SimulationReport,
  SyncPeers,
  SyncRunView,
  TokenView,
} from "@gauntlet/contract";
