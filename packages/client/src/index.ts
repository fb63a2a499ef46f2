export { gauntlet } from "./client.ts";
export type { GauntletClient } from "./client.ts";
export type { CallOptions, ChangeOptions, ClientOptions } from "./connection.ts";
export type { Assignments } from "./assignments.ts";
export type { Decisions } from "./decisions.ts";
export type { Events } from "./events.ts";
export type { Experiments } from "./experiments.ts";
export type { Models } from "./models.ts";
export type { Outcomes } from "./outcomes.ts";
export type { PolicyVersions } from "./policy-versions.ts";
export type { Rollouts } from "./rollouts.ts";
export type { SimulationCall, Simulations } from "./simulations.ts";
export type { Tokens } from "./tokens.ts";

// What is thrown and what is answered, so that a program needs no other import.
export { Failure } from "@gauntlet/core/failure";
export type { FailureCode } from "@gauntlet/core/failure";
export type { Decision, FollowUp, Label, LedgerEntry, ModelState, Outcome } from "@gauntlet/core";
export type {
  Acted,
  Assignment,
  AssignmentRequest,
  BatchAnswer,
  CreatedToken,
  DecisionDetail,
  Evaluation,
  EvidenceSeries,
  ExperimentActs,
  ExperimentView,
  Fleet,
  HealthReport,
  LedgerVerification,
  ModelDetail,
  ModelEvent,
  ModelSummary,
  NewExperiment,
  NewPolicyVersion,
  NewReplay,
  PolicyVersion,
  PredictCall,
  Predicted,
  Preview,
  RampSeries,
  ReplayAnswer,
  SimulationReport,
  TokenView,
} from "@gauntlet/contract";
