export { startServer } from "./start-server.ts";
export type { RunningServer, ServerOptions } from "./start-server.ts";
export { compose, openStoreForReading, systemClock } from "./compose.ts";
export type { ComposeOptions, Composition } from "./compose.ts";
export type { ServedModel } from "./gateway-shelf.ts";
export { configJsonSchema } from "./config/config.ts";
export type { Config } from "./config/config.ts";
export { loadConfig } from "./config/load-config.ts";
export { parseConfig } from "./config/parse-config.ts";
export { logToStderr } from "./log.ts";
export type { Log, LogLine } from "./log.ts";
export { createToken, listTokens, revokeToken, ROLES } from "./auth/tokens.ts";
export type { TokenView } from "./auth/tokens.ts";
export { createdToken, tokenView } from "./routes/tokens.ts";
export { fleetView } from "./views/model-summary.ts";
export { modelDetailView } from "./views/model-detail.ts";
export { previewView } from "./views/preview.ts";
export { healthView } from "./views/rollout-health.ts";
export { runSimulations } from "./simulation/run-simulations.ts";
export type { SimulationReport, SimulationRequest } from "./simulation/run-simulations.ts";
export { evidenceSeriesView } from "./views/evidence-series.ts";

// What a world, the command line and a test do with a composition: its parts belong to packages that they may not import.
export { approve, findDecisionAnywhere, hold, importLedger, previewStart, previewTick, readChain, readState, recordOutcomes, renderDocument, replayLedger, request, resume, startRollout, verifyLedger } from "@gauntlet/controller";
export type { Clock, Controller, ImportedLedger, OutcomeBatch, RecordAnswer, Role, Store, TickResult, Verification } from "@gauntlet/controller";
export { createRun, createVersion, DIGEST_TAG, ensureExperiment, ensureRegisteredModel, finishRun, logMetrics, logParams, readHolder } from "@gauntlet/adapters";
export type { Holder, MlflowClient } from "@gauntlet/adapters";
export type { Answer, AnswerFunction, Gateway, GatewaySettings, LiveAnswer, Question, Timers } from "@gauntlet/gateway";
