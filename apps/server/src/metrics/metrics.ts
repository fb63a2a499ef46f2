import type { Controller, RecordAnswer, TickResult } from "@gauntlet/controller";
import type { Failure } from "@gauntlet/core";
import { Registry } from "prom-client";

import type { EventCounts } from "../ingestion/event-intake.ts";
import type { LedgerGuard } from "../loop/ledger-guard.ts";
import { figuresOf, showFigures, type Figures } from "./figures.ts";
import { instruments, MODELS_MAX } from "./instruments.ts";
import { ratingInstruments } from "./rating-instruments.ts";
import { ratingMetrics, type RatingMetrics } from "./rating-metrics.ts";
import { readExperiments } from "./read-experiments.ts";
import { readState } from "./read-state.ts";
import type { FoldObserver } from "./timed-folds.ts";

const STREAM_RESULTS = ["kept", "partly", "poison", "given_back"] as const;
type StreamResult = (typeof STREAM_RESULTS)[number];

export interface Metrics {
  recorded(answer: Pick<RecordAnswer, "accepted" | "duplicates" | "rejected">): void;
  /** Events: those new, those kept before, those refused; and why some that were kept are no evidence. */
  events(counts: EventCounts): void;
  exposures(counts: { readonly accepted: number; readonly rejected: number }): void;
  /** From then on it is shown, with nothing yet. */
  streamOpened(stream: string): void;
  streamed(stream: string, result: StreamResult): void;
  /** A call that asked what a unit is given; `status` is that of its answer. */
  assigned(status: number, durationMs: number): void;
  readonly folded: FoldObserver;
  readonly ratings: Pick<RatingMetrics, "previewed">;
  ticked(model: string, result: TickResult, durationMs: number): void;
  tickFailed(failure: Failure, durationMs: number): void;
  /** The text format of Prometheus, with the state of decisions as it is now. */
  render(): Promise<Page>;
}

interface Page {
  readonly type: string;
  readonly text: string;
}

export function metrics(controller: Pick<Controller, "store" | "clock">, guard: LedgerGuard): Metrics {
  const registry = new Registry();
  const { outcomes, events, uncounted, exposures, streamMessages, assignments, folds, ticks, effects, models } = instruments(registry);
  for (const result of ["accepted", "duplicate", "rejected"]) for (const counter of [outcomes, events]) counter.inc({ result }, 0);
  /** Of models that this process leads. */
  const seen = new Map<string, Figures>();
  const ratings = ratingMetrics(controller);
  let rendering: Promise<Page> | null = null;

  return {
    recorded({ accepted, duplicates, rejected }) {
      if (accepted > 0) outcomes.inc({ result: "accepted" }, accepted);
      if (duplicates > 0) outcomes.inc({ result: "duplicate" }, duplicates);
      if (rejected.length > 0) outcomes.inc({ result: "rejected" }, rejected.length);
    },
    events(counts) {
      events.inc({ result: "accepted" }, counts.accepted);
      events.inc({ result: "duplicate" }, counts.duplicates);
      events.inc({ result: "rejected" }, counts.rejected);
      for (const why of counts.uncounted) uncounted.inc({ why });
    },
    exposures({ accepted, rejected }) {
      exposures.inc({ result: "accepted" }, accepted);
      exposures.inc({ result: "rejected" }, rejected);
    },
    streamOpened(stream) {
      for (const result of STREAM_RESULTS) streamMessages.inc({ stream, result }, 0);
    },
    streamed(stream, result) {
      streamMessages.inc({ stream, result });
    },
    assigned(status, durationMs) {
      assignments.observe({ result: status < 400 ? "given" : status === 429 ? "limited" : status < 500 ? "refused" : "failed" }, durationMs / 1000);
    },
    folded(result, durationMs) {
      folds.observe({ result }, durationMs / 1000);
    },
    ratings,
    ticked(model, result, durationMs) {
      ticks.observe({ result: result.kind }, durationMs / 1000);
      ratings.ticked(result);
      if (result.kind === "waiting") effects.inc({ code: result.state.pending?.failed?.code ?? "unknown" });
      if (result.kind === "led_elsewhere" || result.state.rollout?.status !== "running") seen.delete(model);
      else if (result.judged !== undefined && (seen.has(model) || seen.size < MODELS_MAX)) seen.set(model, figuresOf(result.judged));
    },
    tickFailed(failure, durationMs) {
      ticks.observe({ result: failure.code }, durationMs / 1000);
    },
    render() {
      // Two at a time would clear each other's gauges.
      rendering ??= renderNow().finally(() => {
        rendering = null;
      });
      return rendering;
    },
  };

  async function renderNow(): Promise<Page> {
    for (const gauge of Object.values(models)) gauge.reset();
    const heads = await controller.store.ledger.heads();
    const running = await readState(controller, models, heads);
    await readExperiments(controller.store, models);
    const now = controller.clock.now();
    for (const [model, figures] of seen) if (running.has(model)) showFigures(models, figures, now);
    models.sound.set(guard.status() === "verified" ? 1 : 0);
    models.broken.set(guard.status() === "broken" ? 1 : 0);
    return { type: registry.contentType, text: (await registry.metrics()) + (await ratings.render(heads)) };
  }
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
  ratingInstruments(registry);
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  return registry.getMetricsAsArray().map((metric) => {
    const { name, help, labelNames } = metric as unknown as { readonly name: string; readonly help: string; readonly labelNames: readonly string[] };
    return { name, type: types.get(name) ?? "", labels: labelNames, help };
  });
}
