import type { SourceMetricKind } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import { parseSelector, type Selector } from "./selector.ts";

/** A metric of the source as the configuration declares it: exactly one of the four forms. */
export interface PrometheusMetric {
  /** rate: requests that had the property, of `total`. */
  readonly hits?: string | undefined;
  readonly total?: string | undefined;
  /** moments: the number of values, their sum, the sum of their squares. Alone, `count` is the metric `scored`. */
  readonly count?: string | undefined;
  readonly sum?: string | undefined;
  readonly squares?: string | undefined;
  /** histogram: the series that ends in _bucket, or a native histogram. */
  readonly buckets?: string | undefined;
  /** From the exporter's unit to the metric's: 1000 for seconds as milliseconds. */
  readonly scale: number;
  /** one: a second series is ambiguous. sum: each is counted, and they are added up, as those of several instances. */
  readonly series: "one" | "sum";
  /** zero: hits whose series isn't there yet are none, while there is a total. */
  readonly absent: "unavailable" | "zero";
}

export interface MetricPlan {
  readonly kind: CounterKind;
  readonly counters: readonly CounterPlan[];
  readonly scale: number;
  readonly series: PrometheusMetric["series"];
}

export interface CounterPlan {
  readonly name: "hits" | "total" | "count" | "sum" | "squares" | "buckets";
  readonly selector: Selector;
  readonly holds: "counter" | "sum" | "histogram";
  readonly absentIsZero: boolean;
}

/** Counters know no units, so that there is no ratio among them. */
type CounterKind = Exclude<SourceMetricKind, "ratio">;

const FORMS: Readonly<Record<CounterKind, readonly CounterPlan["name"][]>> = {
  rate: ["hits", "total"],
  moments: ["count", "sum", "squares"],
  histogram: ["buckets"],
  count: ["count"],
};

/** @throws Failure `invalid_input` when it has no form, or a selector is wrong. */
export function metricPlan(metric: PrometheusMetric): MetricPlan {
  const names = (["hits", "total", "count", "sum", "squares", "buckets"] as const).filter((name) => metric[name] !== undefined);
  const form = Object.entries(FORMS).find(([, wanted]) => wanted.length === names.length && wanted.every((name) => names.includes(name)));
  if (form === undefined) {
    const forms = Object.values(FORMS).map((wanted) => wanted.join(" + ")).join(", ");
    throw new Failure("invalid_input", `needs one of ${forms}${names.length === 0 ? "" : `; it has ${names.join(" + ")}`}`, { fix: "declare the counters of one of these forms" });
  }
  return {
    kind: form[0] as CounterKind,
    counters: names.map((name) => ({
      name,
      selector: parseSelector(metric[name] ?? ""),
      holds: name === "buckets" ? "histogram" : name === "sum" || name === "squares" ? "sum" : "counter",
      absentIsZero: name === "hits" && metric.absent === "zero",
    })),
    scale: metric.scale,
    series: metric.series,
  };
}
