export { Failure, FAILURES } from "./failure/failure.ts";
export type { FailureCode, Problem } from "./failure/failure.ts";
export { nearest } from "./failure/nearest.ts";

export type { Json } from "./digest/json.ts";
export { canonicalJson } from "./digest/canonical-json.ts";
export { digestOf } from "./digest/digest-of.ts";
export { isoTime } from "./digest/iso-time.ts";
export { sha256 } from "./digest/sha256.ts";

export type { ArtifactView, SignatureProblem, SignatureView } from "./artifact/artifact-view.ts";
export { compareFiles } from "./artifact/compare-files.ts";
export type { SignedFiles } from "./artifact/compare-files.ts";
export { filesDigest } from "./artifact/version-file.ts";
export type { VersionFile } from "./artifact/version-file.ts";

export type { FollowUp, Label, Mode, Outcome, Prediction } from "./outcome/outcome.ts";
export { parseFollowUp } from "./outcome/parse-follow-up.ts";
export { parseInstant } from "./outcome/parse-instant.ts";
export { parseLabel } from "./outcome/parse-label.ts";
export { METRICS_MAX, parseOutcome } from "./outcome/parse-outcome.ts";
export { FUTURE_MAX_MS } from "./outcome/read-field.ts";
export type { ParseContext } from "./outcome/read-field.ts";

export { BUCKETS, BUCKETS_PER_BASIS_POINT } from "./allocation/allocation.ts";
export type { Allocation, Arm, Range } from "./allocation/allocation.ts";
export { allocate } from "./allocation/allocate.ts";
export { bucketOf } from "./allocation/bucket-of.ts";
export { checkAllocation, requireAllocation } from "./allocation/check-allocation.ts";
export { movedUnits } from "./allocation/moved-units.ts";
export { murmur3 } from "./allocation/murmur3.ts";
export { reallocate } from "./allocation/reallocate.ts";
export { armOf, compileRoutes } from "./allocation/route.ts";
export type { Routes } from "./allocation/route.ts";
export type { Share } from "./allocation/share.ts";
export { shareChanges } from "./allocation/share-changes.ts";
export type { ShareChange } from "./allocation/share-changes.ts";
export { sharesOf } from "./allocation/shares-of.ts";

export { configKey, densePlaces, winnerOf } from "./rating/match/match.ts";
export type { Match, MatchConfig } from "./rating/match/match.ts";
export { compareMatches, matchHash } from "./rating/match/match-hash.ts";
export type { Sha256 } from "./rating/match/match-hash.ts";
export { parseMatch } from "./rating/match/parse-match.ts";
export type { MatchContext } from "./rating/match/match-context.ts";
export { collectMatches } from "./rating/match/collect-matches.ts";
export type { CollectedMatches } from "./rating/match/collect-matches.ts";
export { ELO_INITIAL, newEloRow, serviceConfidence, winRate } from "./rating/elo/elo-row.ts";
export type { EloRow } from "./rating/elo/elo-row.ts";
export { expectedScore } from "./rating/elo/expected-score.ts";
export { replayElo } from "./rating/elo/replay-elo.ts";
export type { PairColumns } from "./rating/elo/replay-elo.ts";
export { SERVICE_ELO, serviceElo } from "./rating/elo/service-elo.ts";
export type { ServiceElo } from "./rating/elo/service-elo.ts";
export { tournamentDeviation, tournamentElo, tournamentInterval, tournamentK } from "./rating/elo/tournament-elo.ts";
export { GLICKO_INITIAL, glicko2 } from "./rating/glicko/glicko2.ts";
export type { GlickoGame, GlickoRating } from "./rating/glicko/glicko2.ts";
export { glickoTable } from "./rating/glicko/glicko-table.ts";
export type { GlickoRule } from "./rating/glicko/glicko-table.ts";
export { BELIEF_INITIAL, wengLin } from "./rating/weng-lin/weng-lin.ts";
export type { Belief } from "./rating/weng-lin/weng-lin.ts";
export { countMatches, countPairs } from "./rating/counts/count-matches.ts";
export { mergeCounts } from "./rating/counts/match-counts.ts";
export type { GroupCount, MatchCounts, PairCounts } from "./rating/counts/match-counts.ts";
export { ELO_PER_NATURAL, RATING_MODEL } from "./rating/fit/rating-model.ts";
export type { RatingModel } from "./rating/fit/rating-model.ts";
export { fitRatings, refitRatings } from "./rating/fit/fit-ratings.ts";
export type { RatingFit } from "./rating/fit/fit-ratings.ts";
export { ratingLadder } from "./rating/fit/rating-ladder.ts";
export type { LadderRow } from "./rating/fit/rating-ladder.ts";
export { ratingsDigest } from "./rating/fit/ratings-digest.ts";
export { uncertaintyOf } from "./rating/fit/uncertainty.ts";
export type { RatingComparison, Uncertainty } from "./rating/fit/uncertainty.ts";
export { driftOf } from "./rating/drift/drift.ts";
export type { Drift, DriftQuestion, TableRow } from "./rating/drift/drift.ts";
export { splitDrift } from "./rating/drift/split-drift.ts";
export type { NodeRatings, SplitDrift } from "./rating/drift/split-drift.ts";
export { DRIFT_SNAPSHOTS_MAX, driftKey, driftLastHour, driftLastTwo, driftPersists, driftTrend, withSnapshot } from "./rating/drift/drift-history.ts";
export type { DriftSnapshot, DriftTrend } from "./rating/drift/drift-history.ts";

export { compareRecords, configOf, matchIdOf, recordOfMatch, recordOfTombstone } from "./reconcile/record/ledger-record.ts";
export type { LedgerRecord, MatchRecord, Tombstone, TombstoneRecord } from "./reconcile/record/ledger-record.ts";
export { parseRecord, wireRecord } from "./reconcile/record/parse-record.ts";
export { addToRoot, addWordsToRoot, emptyRoot, rootOf, sameRoot, sumOfRoots } from "./reconcile/record/root.ts";
export type { Root, RunningRoot } from "./reconcile/record/root.ts";
export { configRoots, createRecordIndex, findRecord, insertRecord, originRoots, recordsIn, removeRecord, symbolsOfConfigs, totalRoot } from "./reconcile/record/record-index.ts";
export type { RecordIndex, Scope } from "./reconcile/record/record-index.ts";
export { CONFLICT_STRATEGIES, registerOf, registersOf, resolveRegister } from "./reconcile/register/resolve-register.ts";
export type { ConflictStrategy, Register, Resolution } from "./reconcile/register/resolve-register.ts";
export { countRecords, mergeMatches, resolveRegisters } from "./reconcile/register/merge-matches.ts";
export type { Conflict, MergeContext, MergeCounters, MergeResult } from "./reconcile/register/merge-matches.ts";
export { importRows } from "./reconcile/register/import-rows.ts";
export type { ImportResult, ImportRow } from "./reconcile/register/import-rows.ts";
export { createSketch, insertItem, removeItem, SYMBOL_WORDS, symbolsOf } from "./reconcile/sketch/sketch.ts";
export type { Sketch } from "./reconcile/sketch/sketch.ts";
export { createDecoder } from "./reconcile/sketch/decoder.ts";
export type { DecoderOptions, Decoding } from "./reconcile/sketch/decoder.ts";
export type { SketchKey } from "./reconcile/sketch/keyed-hash.ts";
export { beginSession } from "./reconcile/session/begin-session.ts";
export type { InitiatorOptions } from "./reconcile/session/begin-session.ts";
export { answerSession } from "./reconcile/session/answer-session.ts";
export type { ResponderOptions } from "./reconcile/session/answer-session.ts";
export type { Message } from "./reconcile/session/message.ts";
export type { Heard, SessionOptions, SessionOutcome, SessionStep } from "./reconcile/session/turn.ts";

export { movedShares, type MovedShare } from "./experiment/moved-shares.ts";
export type { BucketType, Experiment, ExperimentChange, ExperimentStatus, ExperimentView, MetricAggregate, OfflineReplay, PolicyVersion, PolicyVersionUpdate, ReplayScore, ShareRecord, StoredEvent, UnitType, Variant, VariantConfig, VariantRole } from "./experiment/experiment.ts";
export { aggregatePlans, mergeAggregates } from "./experiment/aggregate-plans.ts";
export type { HourOfPlans } from "./experiment/aggregate-plans.ts";
export { allocationOf, policyVersionOf, versionOf } from "./experiment/allocation-of.ts";
export { checkExperiment, requireExperiment } from "./experiment/check-experiment.ts";
export { donorShares } from "./experiment/donor-shares.ts";
export type { NamedShare } from "./experiment/donor-shares.ts";
export { compareVariants, liveVariants, variantNamed } from "./experiment/live-variants.ts";
export { addCandidate, FIRST_SHARE_MAX, growTo, returnShares, shareRecords, withRanges, withShares } from "./experiment/move-shares.ts";
export type { NewCandidate } from "./experiment/move-shares.ts";
export { normaliseConfig, readConfig } from "./experiment/normalise-config.ts";
export { uuidFrom, uuidOf } from "./experiment/uuid.ts";
export { judgeReplay, replayIntervals, replayMeans, requireOtherData } from "./experiment/judge-replay.ts";
export type { ReplayCase, ReplayDataset, ReplayJudgement, ReplayMeans } from "./experiment/judge-replay.ts";
export { settleMove } from "./experiment/settle-move.ts";
export type { SettledMove } from "./experiment/settle-move.ts";
export { archivedName, candidateName, nameProblem } from "./experiment/variant-name.ts";

export { EVENT_LIMITS, EVENT_TYPES, EVENT_UNIT_TYPES } from "./event/event.ts";
export type { AcceptedEvent, EventFlag, EventProblem } from "./event/event.ts";
export { eventScene, evidenceOfEvent } from "./event/evidence-of-event.ts";
export type { EventEvidence, EventFacts, EventScene, WhyNone } from "./event/evidence-of-event.ts";
export { cloudEventOfHeaders, isJson, parseCloudEvent, uuidOfCloudEvent } from "./event/parse-cloud-event.ts";
export type { CloudEvent } from "./event/parse-cloud-event.ts";
export { parseEvent } from "./event/parse-event.ts";
export type { EventContext } from "./event/parse-event.ts";
export { parseExposures } from "./event/parse-exposures.ts";
export type { Exposure, ParsedExposures } from "./event/parse-exposures.ts";

export { DERIVED_METRICS } from "./evidence/evidence.ts";
export type { Evidence, EvidenceCell, EvidenceItem, EvidenceKey, MetricKind, MetricSpec, RatioMetric } from "./evidence/evidence.ts";
export { bucketOf as histogramBucketOf, HISTOGRAM_GROWTH, HISTOGRAM_VALUE_MAX, histogramQuantile, upperBound as histogramUpperBound, valueAtRank as histogramValueAtRank } from "./evidence/histogram.ts";
export type { QuantileOrder } from "./evidence/histogram.ts";
export { compareKeys, emptyStatistic, gatherEvidence, isEmptyStatistic, mergeEvidence, mergeStatistics } from "./evidence/merge.ts";
export type { Confusion, Count, Histogram, Moments, Paired, Rate, Ratio, Statistic, WideInteger } from "./evidence/statistic.ts";
export { accumulator, MOMENTS_VALUE_MAX, valueProblem } from "./evidence/accumulator.ts";
export type { Accumulator } from "./evidence/accumulator.ts";
export { hasRatios } from "./evidence/epoch-ratios.ts";
export { parseRatio, ratioText } from "./evidence/parse-ratio.ts";
export { foldBatch } from "./evidence/fold-batch.ts";
export type { FoldInput, FoldResult, Rejection } from "./evidence/fold-batch.ts";
export type { EpochContext, FoldContext } from "./evidence/fold-context.ts";
export { bucketStartOf } from "./evidence/time-bucket.ts";
export type { UnitKey, UnitTotals } from "./evidence/unit-totals.ts";
export { addWide, squareWide, wideFrom, wideToBigInt, wideToNumber } from "./evidence/wide-integer.ts";

export { betaCdf, betaSurvival, logBetaCdf, logBetaSurvival } from "./statistics/beta.ts";
export { binomialTest } from "./statistics/binomial-test.ts";
export type { BinomialTest } from "./statistics/binomial-test.ts";
export { binomialCdf, binomialMass, binomialSurvival, logBinomial, logBinomialCdf, logBinomialSurvival } from "./statistics/binomial.ts";
export { pairedBootstrap } from "./statistics/bootstrap.ts";
export type { Bootstrap, BootstrapPlan } from "./statistics/bootstrap.ts";
export type { RandomSource, StatisticEntry, StatisticGuarantee } from "./statistics/catalogue/entry.ts";
export type { JsonObject } from "./statistics/catalogue/field.ts";
export { runStatistic, statisticNamed, STATISTICS } from "./statistics/catalogue/statistics.ts";
export { chiSquareQuantile, chiSquareSurvival } from "./statistics/chi-square.ts";
export { clopperPearson, clopperPearsonHigh, clopperPearsonLow } from "./statistics/clopper-pearson.ts";
export { clusteredMean } from "./statistics/clustered-mean.ts";
export type { ClusteredMean } from "./statistics/clustered-mean.ts";
export { contingency } from "./statistics/contingency.ts";
export type { Contingency } from "./statistics/contingency.ts";
export { cuped } from "./statistics/cuped.ts";
export type { Cuped } from "./statistics/cuped.ts";
export { erf, erfc } from "./statistics/error-function.ts";
export { fCdf, fSurvival } from "./statistics/f-distribution.ts";
export type { VarianceDegrees } from "./statistics/f-distribution.ts";
export { fisherExact } from "./statistics/fisher.ts";
export type { Fisher, Table } from "./statistics/fisher.ts";
export { gammaP, gammaQ, logGammaP, logGammaQ } from "./statistics/gamma.ts";
export { hypergeometricCdf, hypergeometricMass, hypergeometricSurvival } from "./statistics/hypergeometric.ts";
export type { Urn } from "./statistics/hypergeometric.ts";
export type { Hits } from "./statistics/input.ts";
export { KOLMOGOROV_EXACT_MAX, kolmogorovExactSurvival, kolmogorovSurvival, smirnovSurvival } from "./statistics/kolmogorov.ts";
export { KOLMOGOROV_SMIRNOV_EXACT_PAIRS, kolmogorovSmirnov, kolmogorovSmirnovOneSample } from "./statistics/kolmogorov-smirnov.ts";
export type { KolmogorovSmirnov } from "./statistics/kolmogorov-smirnov.ts";
export { logGamma } from "./statistics/log-gamma.ts";
export { MANN_WHITNEY_EXACT_WORK, mannWhitney } from "./statistics/mann-whitney.ts";
export type { MannWhitney, Tails } from "./statistics/mann-whitney.ts";
export { candidatesForMargin, falseAlarmChance } from "./statistics/margin-noise.ts";
export type { MarginNoise } from "./statistics/margin-noise.ts";
export { mcnemar } from "./statistics/mcnemar.ts";
export type { McNemar } from "./statistics/mcnemar.ts";
export { pairsNeeded } from "./statistics/mcnemar-sample-size.ts";
export type { PairsNeeded } from "./statistics/mcnemar-sample-size.ts";
export { benjaminiHochberg, holm } from "./statistics/multiplicity.ts";
export { newcombe } from "./statistics/newcombe.ts";
export type { Difference } from "./statistics/newcombe.ts";
export { criticalValue, normalCdf, normalQuantile, normalSurvival } from "./statistics/normal.ts";
export { pairedPrecisionDifference } from "./statistics/paired-precision.ts";
export type { PairedPrecision } from "./statistics/paired-precision.ts";
export { pairedRecallRatio } from "./statistics/paired-ratio.ts";
export type { PairedRecall } from "./statistics/paired-ratio.ts";
export { populationStability, stabilityIndex, stabilityNoise } from "./statistics/population-stability.ts";
export type { PopulationStability } from "./statistics/population-stability.ts";
export { proportionsNeeded } from "./statistics/proportions-sample-size.ts";
export type { ProportionsNeeded } from "./statistics/proportions-sample-size.ts";
export { quantileInterval } from "./statistics/quantile-interval.ts";
export { compareQuantiles } from "./statistics/quantile-ratio.ts";
export type { QuantileComparison } from "./statistics/quantile-ratio.ts";
export { pairSums, ratioMetric } from "./statistics/ratio-metric.ts";
export type { PairSums } from "./statistics/ratio-metric.ts";
export { ratioToBaseline } from "./statistics/ratio-to-baseline.ts";
export type { RatioToBaseline } from "./statistics/ratio-to-baseline.ts";
export { riskRatio } from "./statistics/risk-ratio.ts";
export type { RiskRatio } from "./statistics/risk-ratio.ts";
export { sampleRatio } from "./statistics/sample-ratio.ts";
export type { SampleRatio } from "./statistics/sample-ratio.ts";
export { studentTCdf, studentTCritical, studentTQuantile, studentTSurvival, studentTTwoSided } from "./statistics/student-t.ts";
export { combineSummaries, summaryFromMoments, summaryFromSums, summaryOf } from "./statistics/summary.ts";
export type { Summary, Sums } from "./statistics/summary.ts";
export { twoProportionZ } from "./statistics/two-proportion-z.ts";
export type { TwoProportionZ } from "./statistics/two-proportion-z.ts";
export { agrestiCaffo, unpooledDifference } from "./statistics/unpooled-difference.ts";
export { relativeDifference, welch } from "./statistics/welch.ts";
export type { Welch } from "./statistics/welch.ts";
export { wilson } from "./statistics/wilson.ts";
export type { Interval } from "./statistics/wilson.ts";

export { asymptoticMeans, asymptoticProportions, asymptoticSequence } from "./statistics/sequential/asymptotic-sequence.ts";
export type { AsymptoticSequence, Estimate, MeanOf, SequenceRule } from "./statistics/sequential/asymptotic-sequence.ts";
export { binomialEvidence, concentrationFor } from "./statistics/sequential/binomial-evidence.ts";
export type { BinomialNull } from "./statistics/sequential/binomial-evidence.ts";
export { eloOfScore, scoreOfElo } from "./statistics/sequential/elo.ts";
export type { Evidence as SequentialEvidence, Nothing, Side } from "./statistics/sequential/evidence.ts";
export { gsprt, logLikelihoodRatio } from "./statistics/sequential/gsprt.ts";
export type { Gsprt, GsprtRule } from "./statistics/sequential/gsprt.ts";
export { logNormalMixture, normalBoundary, rhoFor } from "./statistics/sequential/normal-mixture.ts";
export type { NormalMixture } from "./statistics/sequential/normal-mixture.ts";
export { NO_RECORDS, overshootOf, recordLlr } from "./statistics/sequential/overshoot.ts";
export type { Overshoot, OvershootRecord } from "./statistics/sequential/overshoot.ts";
export { pairedEvidence, pairedWalk } from "./statistics/sequential/paired-evidence.ts";
export type { PairedEvidence, PairedNull, PairedWalk } from "./statistics/sequential/paired-evidence.ts";
export { histogramQuantileEvidence, quantileEvidence } from "./statistics/sequential/quantile-evidence.ts";
export type { QuantileNull, ValueGroup } from "./statistics/sequential/quantile-evidence.ts";
export { rateSequence } from "./statistics/sequential/rate-sequence.ts";
export type { RateSequence, SequenceTuning } from "./statistics/sequential/rate-sequence.ts";
export { recallDifferenceEvidence, recallRatioEvidence } from "./statistics/sequential/recall-evidence.ts";
export { sampleRatioEvidence } from "./statistics/sequential/sample-ratio-evidence.ts";
export { scoreEvidence } from "./statistics/sequential/score-evidence.ts";
export type { ScoreCounts } from "./statistics/sequential/score-evidence.ts";
export { stoppedElo } from "./statistics/sequential/stopped-elo.ts";
export { stoppedPairs } from "./statistics/sequential/stopped-pairs.ts";
export type { StoppedEstimate, StoppedPairs } from "./statistics/sequential/stopped-pairs.ts";

export type { CheckRule, HarmRule } from "./policy/check-rule.ts";
export type { AbtestPolicy, LabelRule, Policy } from "./policy/policy.ts";
export type { ArtifactRules, SignatureRule } from "./policy/artifact-rules.ts";
export type { ApprovalRule, Comparison, EffectFamily, Figure, ImpactModel, PolicyMode } from "./policy/policy-base.ts";
export { rolloutAlpha } from "./policy/rollout-alpha.ts";
export { requireAbtest } from "./policy/require-abtest.ts";
export { scoresAsked } from "./policy/scores-asked.ts";
export { roleAlias } from "./policy/rating-policy.ts";
export type { CarriedCounts, CyclesSoFar, SlotCounts, SwapBaseline } from "./policy/slots-cycle.ts";
export type { ReorderRule, SlotsPolicy } from "./policy/slots-policy.ts";
export type { OfflineRule, PromotionType, RatingBaseline, RatingCriteria, RatingPolicy, SprtRule, StagingGate, TierRule } from "./policy/rating-policy.ts";
export { headPath } from "./rating/head-to-head/head-test.ts";
export type { HeadPoint } from "./rating/head-to-head/head-test.ts";
export { headUnits } from "./rating/head-to-head/head-to-head.ts";
export type { HeadUnit } from "./rating/head-to-head/head-to-head.ts";
export { headTest } from "./rating/head-to-head/head-test.ts";
export type { HeadRule } from "./rating/head-to-head/head-test.ts";
export { promotionRule } from "./decision/rating/sprt-checks.ts";
export { carryCounts, slotsViewOf, withHolders } from "./decision/slots/slots-view-of.ts";
export { ratingDigest, ratingViewOf } from "./decision/rating/rating-view-of.ts";
export type { RatedMatches, RatedPair } from "./decision/rating/rating-view-of.ts";
export type { GameCounts, SlotAccuracy, SlotAssignment, SlotRanking, SlotTickers, SlotView, SlotsRuling, SlotsView, VersionCounts } from "./decision/slots-view.ts";
export type { FittedRating, HeadToHead, RatedParticipant, RatingView, ServiceFigures } from "./decision/rating-view.ts";
export { endsInWatch, isWatch } from "./policy/watch.ts";
export type { AdmissionRule, RampApproval, RampCheck, RampFigure, RampPolicy, RampStage } from "./policy/ramp-policy.ts";
export { lagMaxOf } from "./policy/health.ts";
export { maturityOf } from "./policy/maturity-of.ts";
export type { HealthRules } from "./policy/health.ts";
export type { MonitorRules, RatingMonitor } from "./policy/monitor.ts";
export { countedFrom, forgottenBefore, retentionMs } from "./policy/retention.ts";
export { compareRatio, parseRational, rational, toNumber } from "./policy/rational.ts";
export type { Rational } from "./policy/rational.ts";
export type { Rollout, RolloutSlots, SlotHolder, SlotsCycle, RolloutStage, RolloutStatus, VersionRef } from "./policy/rollout.ts";

export { armsOf } from "./decision/arms.ts";
export type { ArmFigures, ArmPair } from "./decision/arms.ts";
export { arrivalsOf } from "./decision/health/arrivals.ts";
export { checkIdOf } from "./decision/abtest/check-id.ts";
export { lookEnds } from "./decision/abtest/look.ts";
export { RULES, rulesOf } from "./decision/rules.ts";
export { judgedLook, leavesOpen } from "./decision/abtest/open-look.ts";
export { precisionSequence, recallRatioSequence } from "./decision/sequences.ts";
export type { Bounds, Watching } from "./decision/sequences.ts";
export { stageChecksOn } from "./decision/ramp/decide-ramp.ts";
export { otherFigures, type OtherFigure } from "./decision/ramp/other-arms.ts";
export { decide } from "./decision/decide.ts";
export { missedAdmission } from "./decision/ramp/admission.ts";
export type { Scores } from "./decision/ramp/admission.ts";
export { rampCheckIdOf } from "./decision/ramp/check-id.ts";
export { frozenLookOf, lookOf, recentWindows } from "./decision/look.ts";
export type { CheckResult, CheckStatus, Decision, Guarantee, Reason, Unit, Verdict } from "./decision/decision.ts";
export type {
  Approval,
  Arrival,
  BlockedPlan,
  CounterBaseline,
  EvidenceView,
  HealthView,
  JoinCounts,
  JudgedLook,
  Look,
  Observation,
  OperatorHold,
  OperatorRequest,
  OperatorView,
  Reading,
  RegisteredVersion,
  RegistryView,
  SourceNote,
  WindowEvidence,
} from "./decision/observation.ts";

export type { AliasEffect, DocumentEffect, Effect, StageEffect, TagEffect, TrafficEffect } from "./plan/effect.ts";
export type { PinnedVersion, Plan } from "./plan/plan.ts";
export { sayEffect } from "./plan/say-effect.ts";
export { planFor, planStart } from "./plan/plan-for.ts";
export { rampShares } from "./plan/ramp-shares.ts";

export { ROOT_CHAIN } from "./ledger/entry.ts";
export type { DecisionMark, EpochRecord, LedgerEntry, LedgerEvent, ModelState, PendingPlan } from "./ledger/entry.ts";
export { markOf } from "./ledger/mark.ts";
export { noticesOf, NOTHING_TOLD } from "./ledger/notices.ts";
export type { HookEvent, HookEventKind, LedgerNotice, NoticeKind, NoticeMark, TestNotice } from "./ledger/notices.ts";
export { emptyState, EPOCHS_KEPT, project } from "./ledger/project.ts";
export { GENESIS, sealEntry } from "./ledger/seal-entry.ts";
export { verifyChain } from "./ledger/verify-chain.ts";
export type { ChainBreak, ChainPosition } from "./ledger/verify-chain.ts";

export { ANALYSIS_PATHS } from "./analysis/analysis-files.ts";
export type { AnalysisFile, AnalysisFiles } from "./analysis/analysis-files.ts";
export { drawAnalysis } from "./analysis/draw-analysis.ts";
export { failureAnalysis } from "./analysis/failure-analysis.ts";
export type { FailureAnalysis } from "./analysis/failure-analysis.ts";
export type { FeatureDrift, Finding } from "./analysis/finding.ts";
export { parseAnalysisFile } from "./analysis/parse-analysis-file.ts";
export { renderAnalysis } from "./analysis/render-analysis.ts";

export { businessImpact } from "./document/business-impact.ts";
export type { BusinessImpact } from "./document/business-impact.ts";
export { decisionDocument } from "./document/decision-document.ts";
export type { DecisionDocument, DocumentSignature, VersionFigures } from "./document/decision-document.ts";
export { lifecycleDocument } from "./document/lifecycle-document.ts";
export { renderMarkdown } from "./document/render-markdown.ts";

export { beginWatching, checkMonitor, completeRollback, skippedUnread, trailing } from "./monitor/check-monitor.ts";
export type { MonitorStep } from "./monitor/check-monitor.ts";
export { compareBaseline, summariseBaselines } from "./monitor/compare-baselines.ts";
export type { BaselineComparison, BaselinesSummary } from "./monitor/compare-baselines.ts";
export { outcomeReading } from "./monitor/outcome-reading.ts";
export { cooldownMs } from "./monitor/responses.ts";
export { watchedRules } from "./monitor/watched-rules.ts";
export type { OutcomeFacts } from "./monitor/outcome-reading.ts";
export { ratingReading } from "./monitor/rating-reading.ts";
export type { FittedDifference, RatingFacts } from "./monitor/rating-reading.ts";
export type { FigureStatus, MonitorFigure, MonitorReading } from "./monitor/reading.ts";
export type { CheckOutcome, MonitorCheck, MonitorEvent, MonitorEventKind, MonitorState, Response, TrendPoint, TriggerCause, Triggered, Withheld } from "./monitor/state.ts";

export { replayEntry } from "./replay/replay-entry.ts";
export type { Replay } from "./replay/replay-entry.ts";

export { backtestCells } from "./backtest/backtest-cells.ts";
export { backtestRamp } from "./backtest/backtest-ramp.ts";
export { backtestSlots } from "./backtest/backtest-slots.ts";
export { backtestDecisions } from "./backtest/backtest-decisions.ts";
export type { Backtest, Turn } from "./backtest/backtest.ts";
export { recordedRollouts } from "./backtest/recorded.ts";
export type { Recorded, RecordedDecision } from "./backtest/recorded.ts";

export { completeWorld, improvementAsked } from "./simulation/default-world.ts";
export type { Assumption, KnownWorld } from "./simulation/default-world.ts";
export { designOf } from "./simulation/design.ts";
export { randomStream } from "./simulation/random.ts";
export type { Random } from "./simulation/random.ts";
export { simulate, withEffect } from "./simulation/simulate.ts";
export type { Simulation } from "./simulation/simulate.ts";
export type { RunResult, SimulatedRun } from "./simulation/simulate-run.ts";
export { summarise } from "./simulation/summarise.ts";
export type { Chance, OperatingPoint, Outcomes, Spread } from "./simulation/summarise.ts";
export type { LogNormal, PerVersion, World } from "./simulation/world.ts";
export { askedOf } from "./simulation/ramp/metric-rules.ts";
export { rampDesignOf } from "./simulation/ramp/ramp-design.ts";
export { completeRampWorld, usualRampEffects, withRampEffect } from "./simulation/ramp/ramp-world.ts";
export type { RampWorld } from "./simulation/ramp/ramp-world.ts";
export { simulateRamp, summariseRamp } from "./simulation/ramp/simulate-ramp.ts";
export type { RampSimulation } from "./simulation/ramp/simulate-ramp.ts";
export { lintPolicy } from "./simulation/lint/lint-policy.ts";
export type { PolicyWarning } from "./simulation/lint/warning.ts";
