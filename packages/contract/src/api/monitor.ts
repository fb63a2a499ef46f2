import { z } from "zod";

import { hookDelivery } from "./hooks.ts";

const instant = z.number().int().describe("milliseconds since the Unix epoch");
const whole = z.number().int();
const elo = z.number();
const cause = z.enum(["floor", "consecutive", "severe"]).describe("floor: below what is allowed at all; consecutive: so many checks in a row; severe: far worse, and surely so");
const withheld = z.enum(["cooldown", "daily_cap", "person_needed"]).nullable().describe("why nothing is rolled back, though it would be");
const response = z.enum(["notify", "slow_down", "investigate", "pause_training", "escalate_human"]).nullable().describe("what the rollbacks of 24 hours call for; null where the policy has no escalation");

export const monitorFigure = z
  .object({
    id: z.string(),
    metric: z.string(),
    role: z.enum(["trend", "floor"]).describe("trend: must be bad in several checks in a row, unless it is severe; floor: taken back at once"),
    status: z.enum(["healthy", "regressed", "severe", "unknown"]),
    value: z.number().nullable(),
    baseline: z.number().nullable().describe("what it is held against"),
    change: z.number().nullable().describe("value less baseline"),
    standardError: z.number().nullable().describe("of the change"),
    limit: z.number().nullable().describe("the change beyond which it is a regression; null where the value itself is bounded, or the bound is a part of the baseline"),
    method: z.string(),
    guarantee: z.enum(["exact", "asymptotic", "point"]),
    says: z.string(),
  })
  .meta({ id: "MonitorFigure" });

export const monitorCheck = z
  .object({
    at: instant,
    watched: z.string().describe("the rollout, or the participant"),
    evidence: z.number().describe("grows with every match or outcome"),
    samples: z.number().describe("matches or outcomes since the promotion"),
    figures: z.array(monitorFigure),
    outcome: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("checked"), isRegression: z.boolean(), consecutive: whole.describe("checks in a row that showed a regression"), atRisk: z.boolean() }),
      z.object({ kind: z.literal("triggered"), cause, says: z.string(), withheld, response }),
    ]),
  })
  .meta({ id: "MonitorCheck" });
export type MonitorCheckView = z.infer<typeof monitorCheck>;

const STATUSES = ["waiting", "healthy", "regressed", "at_risk", "withheld", "triggered", "rolled_back", "over"] as const;

export const monitorView = z
  .object({
    subject: z.string().describe("model:<name>, or participant:<configuration>:<id>"),
    kind: z.enum(["model", "participant"]).describe("participant: asked about by hand, and never rolled back by it"),
    model: z.string().describe("the model; of a participant, the configuration of its matches"),
    watched: z.string().describe("the rollout, or the participant"),
    from: z.string().describe("the version that serves, or the participant"),
    to: z.string().nullable().describe("what a rollback goes back to"),
    since: instant.describe("when it was promoted; 0: all matches count"),
    until: instant.nullable().describe("when the watch ends; null: it does not, or it is over"),
    mode: z.enum(["rollback", "notify"]).nullable().describe("null where no policy asks for it any more"),
    status: z.enum(STATUSES).describe("waiting: nothing was judged yet; withheld: it would be rolled back; triggered: it is asked for; over: it is not watched any more"),
    checks: whole.describe("those that count: within the window, and since the promotion"),
    consecutive: whole.describe("checks in a row that showed a regression"),
    consecutiveMax: whole.nullable().describe("so many are a rollback; null where no policy says"),
    lastCheckAt: instant.nullable(),
    change: z.number().nullable().describe("of the figure that is worst, by the newest check"),
    averageChange: z.number().nullable().describe("of the checks that count"),
    says: z.string().nullable().describe("of the newest check"),
    triggered: z.object({ at: instant, cause, says: z.string(), completedAt: instant.nullable() }).nullable(),
    rollbacks: z.array(instant).describe("of the last 24 hours, of the whole model"),
    rollbacksMax: whole.nullable().describe("so many are allowed within 24 hours"),
    history: z.array(z.object({ watched: z.string(), from: z.string(), to: z.string().nullable(), at: instant, completedAt: instant, says: z.string() })).describe("rollbacks of the model that were done, oldest first: the newest fifty"),
    cooldownUntil: instant.nullable().describe("until when the next one is withheld"),
  })
  .meta({ id: "Monitor" });
export type MonitorView = z.infer<typeof monitorView>;

export const monitorList = z.object({ now: instant, monitors: z.array(monitorView), hooks: z.array(z.object({ name: z.string(), events: z.array(z.string()) })).describe("who is told; without their addresses") }).meta({ id: "Monitors" });
export type MonitorList = z.infer<typeof monitorList>;

export const monitorDetail = z
  .object({
    now: instant,
    monitor: monitorView,
    checks: z.array(monitorCheck).describe("newest first"),
    deliveries: z.array(hookDelivery).describe("newest first"),
  })
  .meta({ id: "MonitorDetail" });
export type MonitorDetail = z.infer<typeof monitorDetail>;

const about = {
  participant: z.string().min(1).max(256),
  board: z.string().min(1).max(256).default("square8"),
  numPlayers: whole.min(2).max(64).default(2),
  mode: z.enum(["strict", "compat"]).default("compat").describe("compat: points of incremental Elo, as the reference has it; strict: by the fit, and significantly"),
};

/** A question about one participant; what it showed is remembered. */
export const participantAct = z
  .strictObject({
    ...about,
    previous: z.string().min(1).max(256).nullable().default(null).describe("what it is held against"),
    baselineElo: elo.nullable().default(null).describe("the rating it is held against, instead"),
    threshold: elo.lt(0).default(-30).describe("Elo points"),
    minGames: whole.min(1).default(20),
  })
  .meta({ id: "CheckParticipant" });
export type ParticipantAct = z.output<typeof participantAct>;
export type ParticipantQuestion = z.input<typeof participantAct>;

const status = z.object({ model_id: z.string(), checks: whole, avg_regression: elo.nullable(), consecutive_regressions: whole, at_risk: z.boolean() });

/** The names are those that the reference's users know. */
export const participantReport = z
  .object({
    should_rollback: z.boolean(),
    new_evidence: z.boolean().describe("false: nothing new since the newest check, whose answer this is"),
    event: z
      .object({
        triggered_at: z.string(),
        current_model_id: z.string(),
        rollback_model_id: z.string().nullable(),
        reason: z.string(),
        elo_regression: elo.nullable(),
        games_played: whole,
        win_rate: z.number().nullable(),
        auto_triggered: z.boolean(),
        board_type: z.string(),
        num_players: whole,
      })
      .nullable(),
    status,
    says: z.string(),
    figures: z.array(monitorFigure).describe("what was read at the newest check"),
  })
  .meta({ id: "ParticipantReport" });
export type ParticipantReport = z.infer<typeof participantReport>;

export const baselinesQuery = z.strictObject({ ...about, baselines: z.array(z.string().min(1).max(256)).min(1, "name at least one baseline").max(50), threshold: elo.lt(0).default(-30).describe("Elo points") });
export type BaselinesQuestion = z.input<typeof baselinesQuery>;

export const baselinesReport = z
  .object({
    model_id: z.string(),
    summary: z.enum(["healthy", "regression_against_some", "regression_against_majority", "regression_against_all", "unknown"]),
    avg_diff: elo.nullable(),
    baselines: z.array(z.object({ baseline_id: z.string(), elo_diff: elo.nullable(), standard_error: elo.nullable(), is_regression: z.boolean() })),
  })
  .meta({ id: "BaselinesReport" });
export type BaselinesReport = z.infer<typeof baselinesReport>;
