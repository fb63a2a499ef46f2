import { Failure } from "../../failure/failure.ts";
import type { RampCheck, RampFigure, RampPolicy } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";

/** A metric that a ramp checks, and what its checks say of it. */
export interface MetricRule {
  readonly metric: string;
  /** Of a world. */
  readonly place: "rates" | "ratios" | "values";
  /** How its values are folded. */
  readonly folded: "rate" | "ratio" | "moments" | "histogram";
  readonly better: "higher" | "lower";
  readonly once: boolean;
  readonly never: boolean;
  readonly cap: number | null;
}

/** What is asked of the metric that an effect changes. */
interface Asked {
  readonly metric: string;
  readonly figure: RampFigure;
  readonly better: "higher" | "lower";
  /** By how much it may be worse, relative; 0 where no check says. */
  readonly margin: number;
}

/** Each checked metric once. A metric is folded in one way, so that all its checks agree about that. */
export function rulesOf({ checks, metrics }: RampPolicy): readonly MetricRule[] {
  return [...new Set(checks.map(({ metric }) => metric))].map((metric) => {
    const own = checks.filter((check) => check.metric === metric);
    const folded = FOLDED[figureOf(own[0] as RampCheck).kind];
    const spec = metrics[metric];
    return {
      metric,
      place: folded === "rate" ? "rates" : folded === "ratio" ? "ratios" : "values",
      folded,
      better: own.map(betterOf).find((better) => better === "higher") ?? "lower",
      once: typeof spec === "object" && spec.once,
      never: own.some(({ kind }) => kind === "never"),
      cap: own.reduce<number | null>((least, check) => (check.kind === "cap" ? Math.min(least ?? check.atMost, check.atMost) : least), null),
    };
  });
}

const FOLDED = { rate: "rate", ratio: "ratio", mean: "moments", quantile: "histogram" } as const;

/** @throws Failure `invalid_input` for a metric that no check reads. */
export function askedOf({ name, checks }: RampPolicy, metric: string | null): Asked {
  const order = (["noWorseThan", "improveBy", "cap", "never"] as const).flatMap((kind) => checks.filter((check) => check.kind === kind));
  const check = order.find((one) => metric === null || one.metric === metric);
  if (check === undefined) {
    throw new Failure("invalid_input", metric === null ? `${name} checks nothing, so that there is no effect to simulate` : `no check of ${name} reads ${metric}`, { fix: order.length === 0 ? "give a policy with checks" : `choose one of ${[...new Set(order.map((one) => one.metric))].join(", ")}` });
  }
  return { metric: check.metric, figure: figureOf(check), better: betterOf(check), margin: check.kind === "noWorseThan" ? toNumber(check.margin) : 0 };
}

function figureOf(check: RampCheck): RampFigure {
  if (check.kind === "never") return { kind: "rate" };
  return check.kind === "cap" ? { kind: "quantile", quantile: check.quantile } : check.figure;
}

function betterOf(check: RampCheck): "higher" | "lower" {
  return "better" in check ? check.better : "lower";
}
