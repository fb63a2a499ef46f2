import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Everything that can be scraped. Labels are bounded: models by MODELS_MAX, metrics of a policy by METRICS_MAX, the rest by what there is. */
export type ModelGauges = ReturnType<typeof modelGauges>;

/** Labels come from models, and those may be many: beyond this, models are counted but not shown one by one. */
export const MODELS_MAX = 200;
/** Metrics of a policy that are shown; a policy may declare more. */
export const METRICS_MAX = 16;
/** Variants of all experiments together. */
export const VARIANTS_MAX = 500;

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

export function instruments(registry: Registry) {
  const registers = [registry];
  return {
    outcomes: new Counter({ name: "gauntlet_outcomes_total", help: "Outcomes, follow-ups and labels received, by what became of them.", labelNames: ["result"], registers }),
    events: new Counter({ name: "gauntlet_events_total", help: "Events received, by what became of them.", labelNames: ["result"], registers }),
    uncounted: new Counter({ name: "gauntlet_events_uncounted_total", help: "Events that are kept and are no evidence of an experiment that they name, by why.", labelNames: ["why"], registers }),
    exposures: new Counter({ name: "gauntlet_exposures_total", help: "Log records received as exposures, by what became of them.", labelNames: ["result"], registers }),
    streamMessages: new Counter({ name: "gauntlet_stream_messages_total", help: "Messages of streams, by what became of them; poison is named in the log and never comes again.", labelNames: ["stream", "result"], registers }),
    assignments: new Histogram({ name: "gauntlet_assignment_duration_seconds", help: "Duration of evaluations and assignments, by what became of them: given, refused (the call was wrong), limited or failed.", labelNames: ["result"], buckets: SECONDS, registers }),
    folds: new Histogram({ name: "gauntlet_fold_duration_seconds", help: "From a batch that was parsed to its evidence on disk, by result.", labelNames: ["result"], buckets: SECONDS, registers }),
    ticks: new Histogram({ name: "gauntlet_tick_duration_seconds", help: "Duration of controller ticks, by result.", labelNames: ["result"], buckets: SECONDS, registers }),
    effects: new Counter({ name: "gauntlet_effect_failures_total", help: "Ticks that ended with an effect that could not be applied, by code.", labelNames: ["code"], registers }),
    models: modelGauges(registry),
  };
}

/** Set anew at every scrape. */
function modelGauges(registry: Registry) {
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) => new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  return { ...stateGauges(gauge), ...evidenceGauges(gauge) };
}

type MakeGauge = (name: string, help: string, labelNames?: readonly string[]) => Gauge;

/** From the ledger: the same in every replica. */
function stateGauges(gauge: MakeGauge) {
  return {
    models: gauge("gauntlet_models", "Models that ever had a rollout."),
    info: gauge("gauntlet_decision_info", "The newest decision of a model, as labels.", ["model", "rollout", "mode", "verdict", "reason"]),
    verdict: gauge("gauntlet_rollout_verdict", "1 for the verdict of the newest decision, 0 for the others.", ["model", "verdict"]),
    held: gauge("gauntlet_rollout_held", "1 for the reason that a running rollout is held for.", ["model", "reason"]),
    heldFor: gauge("gauntlet_rollouts_held", "Running rollouts that are held, by reason.", ["reason"]),
    running: gauge("gauntlet_rollout_running", "1 while a rollout runs.", ["model"]),
    applying: gauge("gauntlet_plan_pending", "1 while effects of the newest plan are not all read back.", ["model"]),
    failing: gauge("gauntlet_effect_failing", "1 while an effect of the newest plan fails.", ["model"]),
    drift: gauge("gauntlet_drift", "1 while registry or traffic depart from the newest finished plan.", ["model"]),
    decided: gauge("gauntlet_decision_timestamp_seconds", "When the newest decision was recorded, by the controller's clock.", ["model"]),
    confirmed: gauge("gauntlet_decision_confirmed_timestamp_seconds", "When the newest decision was last confirmed, by the controller's clock.", ["model"]),
    entries: gauge("gauntlet_ledger_entries", "Entries in the ledger of a model.", ["model"]),
    sound: gauge("gauntlet_ledger_verified", "1 when the ledger verified, 0 when it is not checked yet or broken."),
    broken: gauge("gauntlet_ledger_broken", "1 when a chain of the ledger is broken: nothing is decided any more."),
    experimentShare: gauge("gauntlet_experiment_share_ratio", "Share of units that a variant of an experiment has, a part of 1.", ["experiment", "variant"]),
    experimentEpoch: gauge("gauntlet_experiment_epoch", "The allocation epoch of an experiment: it moves with every change of shares or status.", ["experiment"]),
  };
}

/** Of running rollouts; those of a tick are known to the replica that leads the model, and to no other. */
function evidenceGauges(gauge: MakeGauge) {
  return {
    received: gauge("gauntlet_outcomes_last_hour", "Live outcomes in time buckets that reach into the last hour, of a running rollout.", ["model"]),
    age: gauge("gauntlet_evidence_age_seconds", "Time since the newest live outcome of a slot, to the width of a time bucket; since the split was set while there is none. Beyond an hour it says no more than that.", ["model", "slot"]),
    sourceAge: gauge("gauntlet_source_age_seconds", "How far the data of a source lay behind the clock at the newest tick.", ["model", "source"]),
    intended: gauge("gauntlet_split_intended_ratio", "Share of the traffic that a slot should have, a part of 1.", ["model", "slot"]),
    observed: gauge("gauntlet_split_observed_ratio", "Share of the live outcomes of this epoch that a slot had at the newest tick, a part of 1.", ["model", "slot"]),
    stage: gauge("gauntlet_rollout_stage", "The stage of a ramp, or the look of a test, that is waited for; from 1.", ["model"]),
    stages: gauge("gauntlet_rollout_stages", "How many stages or looks there are.", ["model"]),
    stageAge: gauge("gauntlet_rollout_stage_age_seconds", "Since when the present stage, or the test, runs.", ["model"]),
    dwell: gauge("gauntlet_rollout_dwell_seconds", "How long the present stage lasts at least; of a test, from its start to the look that is due.", ["model"]),
    remaining: gauge("gauntlet_rollout_dwell_remaining_seconds", "What is left of it.", ["model"]),
    value: gauge("gauntlet_metric_value", "A metric of a slot in this epoch, as of the newest tick: rate, mean, ratio, p50, p95 or p99, in the metric's unit. The role is champion, challenger, control or other.", ["model", "slot", "role", "metric", "figure"]),
    observations: gauge("gauntlet_metric_observations", "How many live outcomes of a slot that value rests on.", ["model", "slot", "role", "metric"]),
    offline: gauge("gauntlet_offline_score", "A score of the version in a slot from before the rollout: of its registry run, where the policy asks for it; of a ramp in an experiment that of its newest completed replay.", ["model", "slot", "role", "metric"]),
    checkFailing: gauge("gauntlet_check_failing", "1 while a check of the newest tick fails, 0 while it does not.", ["model", "check", "purpose"]),
    checkUnavailable: gauge("gauntlet_check_unavailable", "1 while there is nothing to compute a check from, 0 while there is.", ["model", "check", "purpose"]),
  };
}
