import type { Controller, RecordAnswer, TickResult } from "@gauntlet/controller";
import { ROOT_CHAIN, type Failure } from "@gauntlet/core";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

import type { LedgerGuard } from "../loop/ledger-guard.ts";

export interface Metrics {
  recorded(answer: Pick<RecordAnswer, "accepted" | "duplicates" | "rejected">): void;
  ticked(result: TickResult, durationMs: number): void;
  tickFailed(failure: Failure, durationMs: number): void;
  /** The text format of Prometheus, with the state of decisions as it is now. */
  render(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Labels come from models, and those may be many: beyond this, models are counted but not shown one by one. */
const MODELS_MAX = 200;
const VERDICTS = ["advance", "promote", "hold", "retain", "rollback"];

export function metrics(controller: Pick<Controller, "store">, guard: LedgerGuard): Metrics {
  const registry = new Registry();
  const { outcomes, ticks, effects, state } = instruments(registry);
  for (const result of ["accepted", "duplicate", "rejected"]) outcomes.inc({ result }, 0);

  return {
    recorded({ accepted, duplicates, rejected }) {
      if (accepted > 0) outcomes.inc({ result: "accepted" }, accepted);
      if (duplicates > 0) outcomes.inc({ result: "duplicate" }, duplicates);
      if (rejected.length > 0) outcomes.inc({ result: "rejected" }, rejected.length);
    },
    ticked(result, durationMs) {
      ticks.observe({ result: result.kind }, durationMs / 1000);
      if (result.kind === "waiting") effects.inc({ code: result.state.pending?.failed?.code ?? "unknown" });
    },
    tickFailed(failure, durationMs) {
      ticks.observe({ result: failure.code }, durationMs / 1000);
    },
    async render() {
      await readState(controller, state);
      state.sound.set(guard.status() === "verified" ? 1 : 0);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

interface MetricFacts {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** What there is to be scraped. */
export async function metricFacts(): Promise<readonly MetricFacts[]> {
  const registry = new Registry();
  instruments(registry);
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, labelNames } = metric as unknown as { readonly name: string; readonly help: string; readonly labelNames: readonly string[] };
    return { name, type: types.get(name) ?? "", labels: labelNames, help };
  });
}

function instruments(registry: Registry) {
  const registers = [registry];
  return {
    outcomes: new Counter({ name: "gauntlet_outcomes_total", help: "Outcomes and labels received, by what became of them.", labelNames: ["result"], registers }),
    ticks: new Histogram({ name: "gauntlet_tick_duration_seconds", help: "Duration of controller ticks, by result.", labelNames: ["result"], buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10], registers }),
    effects: new Counter({ name: "gauntlet_effect_failures_total", help: "Ticks that ended with an effect that could not be applied, by code.", labelNames: ["code"], registers }),
    state: stateGauges(registry),
  };
}

function stateGauges(registry: Registry) {
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) => new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  return {
    models: gauge("gauntlet_models", "Models that ever had a rollout."),
    info: gauge("gauntlet_decision_info", "The newest decision of a model, as labels.", ["model", "rollout", "mode", "verdict", "reason"]),
    verdict: gauge("gauntlet_rollout_verdict", "1 for the verdict of the newest decision, 0 for the others.", ["model", "verdict"]),
    running: gauge("gauntlet_rollout_running", "1 while a rollout runs.", ["model"]),
    applying: gauge("gauntlet_plan_pending", "1 while effects of the newest plan are not all read back.", ["model"]),
    failing: gauge("gauntlet_effect_failing", "1 while an effect of the newest plan fails.", ["model"]),
    drift: gauge("gauntlet_drift", "1 while registry or traffic depart from the newest finished plan.", ["model"]),
    confirmed: gauge("gauntlet_decision_confirmed_timestamp_seconds", "When the newest decision was last confirmed, by the controller's clock.", ["model"]),
    entries: gauge("gauntlet_ledger_entries", "Entries in the ledger of a model.", ["model"]),
    sound: gauge("gauntlet_ledger_verified", "1 when the ledger verified, 0 when it is broken or not checked yet."),
  };
}

async function readState(controller: Pick<Controller, "store">, gauges: ReturnType<typeof stateGauges>): Promise<void> {
  const heads = (await controller.store.ledger.heads()).filter((head) => head.chain !== ROOT_CHAIN);
  for (const gauge of Object.values(gauges)) gauge.reset();
  gauges.models.set(heads.length);
  for (const { chain: model, seq, state, confirmedAt } of heads.slice(0, MODELS_MAX)) {
    gauges.entries.set({ model }, seq);
    if (state?.rollout == null) continue;
    const { rollout, decision, pending } = state;
    gauges.running.set({ model }, rollout.status === "running" ? 1 : 0);
    gauges.applying.set({ model }, pending === null ? 0 : 1);
    gauges.failing.set({ model }, pending?.failed == null ? 0 : 1);
    gauges.drift.set({ model }, state.drift === null ? 0 : 1);
    if (decision === null) continue;
    gauges.info.set({ model, rollout: rollout.id, mode: rollout.policy.mode, verdict: decision.verdict, reason: decision.reason }, 1);
    for (const verdict of VERDICTS) gauges.verdict.set({ model, verdict }, verdict === decision.verdict ? 1 : 0);
    gauges.confirmed.set({ model }, (confirmedAt ?? decision.at) / 1000);
  }
}
