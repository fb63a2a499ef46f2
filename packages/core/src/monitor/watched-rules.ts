import type { CheckRule, HarmRule } from "../policy/check-rule.ts";
import type { AbtestPolicy, Policy } from "../policy/policy.ts";
import type { Comparison, Figure } from "../policy/policy-base.ts";
import type { RampCheck, RampFigure, RampPolicy } from "../policy/ramp-policy.ts";
import { parseRational, type Rational } from "../policy/rational.ts";

/** What is still asked of a version after its promotion, from the checks that promoted it. */
export type WatchedRule =
  /** It may not be worse than the champion was, by more than the margin. */
  | {
      readonly kind: "compare";
      readonly id: string;
      readonly metric: string;
      readonly figure: WatchedFigure;
      readonly better: Comparison["better"];
      readonly margin: Rational;
      readonly basis: Comparison["basis"];
      /** The margin, in the metric's unit, where the champion's figure was 0. */
      readonly floor: Rational;
    }
  /** Its own figure has bounds; nothing is held against it that the champion did not keep either. */
  | { readonly kind: "bound"; readonly id: string; readonly metric: string; readonly figure: Figure; readonly atLeast: Rational | null; readonly atMost: Rational | null }
  | { readonly kind: "never"; readonly id: string; readonly metric: string };

/** Recall and precision come from labels, as rates of those that were positive, or were flagged. */
export type WatchedFigure = RampFigure | { readonly kind: "recall" | "precision" };

/**
 * A figure that had to be better must at least not be worse; every other keeps its margin. What is compared with a file, with
 * a run's score, or between pairs has no evidence after a promotion and is not watched. Of several rules of one name, the
 * first counts.
 */
export function watchedRules(policy: Policy): readonly WatchedRule[] {
  const rules = RULES[policy.kind](policy as never);
  return rules.filter((rule, index) => rules.findIndex(({ id }) => id === rule.id) === index);
}

const RULES: Readonly<Record<Policy["kind"], (policy: never) => readonly WatchedRule[]>> = {
  abtest: ({ harm, checks }: AbtestPolicy) => [...harm.flatMap(ofHarm), ...checks.flatMap(ofCheck)],
  ramp: ({ checks }: RampPolicy) => checks.map(ofRamp),
  // Matches say it; see `ratingReading`.
  rating: () => [],
  // The next cycle says it.
  slots: () => [],
};

const NONE: Rational = { parts: 0, of: 1 };

function ofHarm(rule: HarmRule): readonly WatchedRule[] {
  switch (rule.kind) {
    case "rate":
      return [compare(rule.metric, { kind: "rate" }, { better: "lower", margin: rule.increaseMax, basis: "absolute" })];
    case "quantile":
      return [bound(rule.metric, { kind: "quantile", quantile: rule.quantile }, { atLeast: null, atMost: parseRational(rule.atMost) })];
    case "recall":
      return [compare("recall", { kind: "recall" }, { better: "higher", margin: NONE, basis: "absolute" })];
  }
}

function ofCheck(rule: CheckRule): readonly WatchedRule[] {
  switch (rule.kind) {
    case "superiority":
      return [compare("recall", { kind: "recall" }, { better: "higher", margin: NONE, basis: "absolute" })];
    case "band":
      return [compare("precision", { kind: "precision" }, { better: "higher", margin: rule.dropMax, basis: "absolute" })];
    case "quantile": {
      const figure = { kind: "quantile", quantile: rule.quantile } as const;
      return [compare(rule.metric, figure, { better: "lower", margin: parseRational(rule.increaseMax), basis: "absolute" }), bound(rule.metric, figure, { atLeast: null, atMost: parseRational(rule.atMost) })];
    }
    case "rate":
      return [compare(rule.metric, { kind: "rate" }, { better: "lower", margin: rule.increaseMax, basis: "absolute" })];
    case "proportion":
      return [compare(rule.metric, { kind: "rate" }, kept(rule))];
    case "mean":
      return [compare(rule.metric, { kind: "mean" }, kept(rule))];
    case "bound":
      return [bound(rule.metric, rule.figure, rule)];
    case "offline":
    case "drift":
      return [];
  }
}

function ofRamp(rule: RampCheck): WatchedRule {
  switch (rule.kind) {
    case "noWorseThan":
      return compare(rule.metric, rule.figure, { better: rule.better, margin: rule.margin, basis: "relative" }, rule.floor);
    case "improveBy":
      return compare(rule.metric, rule.figure, { better: rule.better, margin: NONE, basis: "relative" });
    case "cap":
      return bound(rule.metric, { kind: "quantile", quantile: rule.quantile }, { atLeast: null, atMost: parseRational(rule.atMost) });
    case "never":
      return { kind: "never", id: `${rule.metric}-never`, metric: rule.metric };
  }
}

function kept({ better, ask, margin, basis }: Comparison): Pick<Comparison, "better" | "margin" | "basis"> {
  return { better, margin: ask === "improveBy" ? NONE : margin, basis };
}

// oxlint-disable-next-line max-params -- a metric, its figure and how it compares read best in a row
function compare(metric: string, figure: WatchedFigure, how: Pick<Comparison, "better" | "margin" | "basis">, floor: Rational = NONE): WatchedRule {
  return { kind: "compare", id: idOf(metric, figure), metric, figure, ...how, floor };
}

function bound(metric: string, figure: Figure, { atLeast, atMost }: { readonly atLeast: Rational | null; readonly atMost: Rational | null }): WatchedRule {
  return { kind: "bound", id: `${idOf(metric, figure)}-bound`, metric, figure, atLeast, atMost };
}

function idOf(metric: string, figure: WatchedFigure): string {
  if (figure.kind === metric) return metric;
  return figure.kind === "quantile" ? `${metric}-p${((figure.quantile.parts * 100) / figure.quantile.of).toString()}` : `${metric}-${figure.kind}`;
}
