export {
  decisionDetail,
  signingKey,
  evidencePoint,
  evidenceSeries,
  fleet,
  ledgerPage,
  ledgerVerification,
  modelDetail,
  modelEvent,
  modelSummary,
  problem,
} from "./api/read.ts";
export type {
  DecisionDetail,
  SigningKey,
  EvidencePoint,
  EvidenceSeries,
  Fleet,
  LedgerPage,
  LedgerVerification,
  ModelDetail,
  ModelEvent,
  ModelSummary,
  ProblemDetails,
} from "./api/read.ts";
export { failureAnalysis } from "./api/analysis.ts";
export type { FailureAnalysisReport } from "./api/analysis.ts";
export { verdictReport } from "./api/verdict.ts";
export type { VerdictReport } from "./api/verdict.ts";
export { sourceReport, sourceStatus } from "./api/sources.ts";
export type { SourceReport, SourceStatus } from "./api/sources.ts";
export { healthCheck, healthReport, rolloutHealth } from "./api/health.ts";
export type { HealthCheck, HealthReport, RolloutHealth } from "./api/health.ts";
export { productEvent, productEventAnswer, productEventBatch, productEventBatchAnswer, serviceError } from "./api/events.ts";
export type { ProductEvent, ProductEventAnswer, ProductEventBatchAnswer, ServiceError } from "./api/events.ts";
export { paths } from "./api/routes.ts";
export type { OperatorVerb } from "./api/routes.ts";
export { BATCH_MAX, MATCH_IMPORT_MAX, REJECTED_ROWS_MAX } from "./api/limits.ts";
export { acted, approveAct, batchAnswer, createdToken, followUpBatch, labelBatch, newToken, operatorAct, outcomeBatch, predictCall, predicted, startRollout, tokenView } from "./api/write.ts";
export type { Acted, ApproveAct, BatchAnswer, CreatedToken, NewToken, OperatorAct, PredictCall, Predicted, StartRollout, TokenView } from "./api/write.ts";
export { guardrail, rampSeries, rampStage } from "./api/ramp.ts";
export type { Guardrail, RampSeries, RampStage } from "./api/ramp.ts";
export { preview, previewAct } from "./api/preview.ts";
export type { Preview, PreviewAct } from "./api/preview.ts";
export { assignmentRequest, assignments } from "./api/assignment.ts";
export type { Assignment, AssignmentRequest, Assignments, SkippedExperiment } from "./api/assignment.ts";
export { experimentActs, experimentJournal, experimentList, experimentMetrics, experimentView, newExperiment, newPolicyVersion, newReplay, policyVersion, policyVersionList, REPLAY_MAX, replayAnswer, replayList } from "./api/experiment.ts";
export type { ExperimentActs, ExperimentJournal, ExperimentMetrics, ExperimentVerb, ExperimentView, NewExperiment, NewPolicyVersion, NewReplay, PolicyVersion, ReplayAnswer, ReplayList } from "./api/experiment.ts";
export { bulkEvaluation, evaluation, evaluationRequest } from "./api/ofrep.ts";
export type { BulkEvaluation, Evaluation } from "./api/ofrep.ts";
export { conflictPage, ladderRow, matchBatch, matchDetail, matchImport, matchPage, matchView, pairCell, purgeMatch, ratingConfig, ratingConfigs, ratingLadderPage, ratingMatrix, RATINGS_MAX, ratingTrajectories, resolveMatch } from "./api/ratings.ts";
export type { ConflictPage, LadderEntry, MatchBatch, MatchDetail, MatchImport, MatchPage, MatchView, PairCell, PurgeMatch, RatingConfig, RatingConfigs, RatingLadderPage, RatingMatrix, RatingTrajectories, ResolveMatch } from "./api/ratings.ts";
export { ratingProgress } from "./api/rating-progress.ts";
export { slotsProgress } from "./api/slots-progress.ts";
export type { RatingProgress } from "./api/rating-progress.ts";
export type { SlotsProgress } from "./api/slots-progress.ts";
export { driftAct, driftCheck, driftHistories, driftHistory, reconcileAct, reconcileReport, syncPeer, syncPeers, syncRun, syncRuns } from "./api/sync.ts";
export type { DriftAct, DriftCheckView, DriftHistoryView, ReconcileReportView, SyncPeers, SyncRunView } from "./api/sync.ts";
export { hookAct, hookDelivery, hookDeliveryDetail, hookList } from "./api/hooks.ts";
export type { HookDelivery, HookDeliveryDetail, HookList, HookTry } from "./api/hooks.ts";
export { baselinesQuery, baselinesReport, monitorCheck, monitorDetail, monitorFigure, monitorList, monitorView, participantAct, participantReport } from "./api/monitor.ts";
export type { BaselinesQuestion, BaselinesReport, MonitorCheckView, MonitorDetail, MonitorList, MonitorView, ParticipantAct, ParticipantQuestion, ParticipantReport } from "./api/monitor.ts";
export { simulationAct, simulationReport } from "./api/simulation.ts";
export type { SimulationAct, SimulationReport } from "./api/simulation.ts";
export { policyLineOf } from "./policy/line-of.ts";
export { parsePolicy } from "./policy/parse-policy.ts";
export { policyJsonSchema } from "./policy/policy-schema.ts";
export { parseWorld } from "./world/parse-world.ts";
