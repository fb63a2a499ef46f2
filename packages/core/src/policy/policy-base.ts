import type { MetricSpec } from "../evidence/evidence.ts";
import type { ArtifactRules } from "./artifact-rules.ts";
import type { HealthRules } from "./health.ts";
import type { MonitorRules } from "./monitor.ts";
import type { Rational } from "./rational.ts";

/** strict: sound statistics. compat: exactly what the reference documents do, labelled as such. */
export type PolicyMode = "strict" | "compat";

/** What every kind of policy has. */
export interface PolicyBase {
  readonly name: string;
  readonly model: string;
  readonly mode: PolicyMode;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** Width of a time bucket of evidence, milliseconds. */
  readonly bucketMs: number;
  readonly approval: ApprovalRule | null;
  /** Which effects a decision may have; the others are left to the user. */
  readonly effects: readonly EffectFamily[];
  readonly impact: ImpactModel | null;
  /** Left out: only the split and the coverage of labels are asked after. */
  readonly health?: HealthRules;
  /** Where evidence comes from beside outcomes: names of the configuration's sources. Left out: nowhere. */
  readonly sources?: readonly string[];
  /** Left out: nobody looks at it once it is promoted. */
  readonly monitor?: MonitorRules;
  /** What becomes of an alias that somebody else moved. Left out: it is recorded, shown, and left alone. */
  readonly onForeignMove?: "revert";
  /** Left out: a digest that the registry states may not change, and one that it does not state is not asked for. */
  readonly artifact?: ArtifactRules;
}

export type EffectFamily = "registry.alias" | "registry.tag" | "registry.stage" | "traffic" | "document";

export interface ApprovalRule {
  /** How many different people must approve. */
  readonly by: number;
  /** People who may not, such as the author of the version. */
  readonly notBy: readonly string[];
}

/** Money per true positive gained and per false positive caused; volume in requests a month. */
export interface ImpactModel {
  readonly currency: string;
  readonly volumePerMonth: number;
  readonly prevalence: Rational;
  readonly valuePerTruePositive: number;
  readonly costPerFalsePositive: number;
}

/** How the challenger's figure must compare with the champion's. */
export interface Comparison {
  readonly better: "higher" | "lower";
  /** improveBy: superiority. noWorseThan: non-inferiority. within: equivalence, to both sides. */
  readonly ask: "improveBy" | "noWorseThan" | "within";
  /** From 0 up. */
  readonly margin: Rational;
  /** relative: a part of the champion's figure without its sign. absolute: in the metric's own unit. */
  readonly basis: "relative" | "absolute";
}

/** Which figure of a metric is bounded. */
export type Figure = { readonly kind: "rate" } | { readonly kind: "mean" } | { readonly kind: "quantile"; readonly quantile: Rational };
