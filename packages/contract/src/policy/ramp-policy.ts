import type { AdmissionRule, MetricSpec, RampCheck, RampFigure, RampPolicy, Rational } from "@gauntlet/core";

import { artifactRulesOf } from "./artifact-schema.ts";
import { foreignMoveOf } from "./base-schema.ts";
import { healthRulesOf } from "./health-schema.ts";
import { monitorRulesOf } from "./monitor-schema.ts";
import { floorOf, type AdmissionFile, type RampCheckFile, type RampFile } from "./ramp-schema.ts";

/** The policy that a file of kind `ramp` means, every default filled in. */
export function rampPolicyOf(file: RampFile): RampPolicy {
  return {
    kind: "ramp",
    name: file.name,
    model: file.model,
    mode: file.mode,
    metrics: file.metrics,
    bucketMs: file.bucket,
    approval: file.approval === null ? null : { when: file.approval.when, by: file.approval.by, notBy: file.approval.notBy },
    effects: file.effects,
    impact: null,
    ...(file.health === undefined ? {} : { health: healthRulesOf(file.health) }),
    ...(file.monitor === undefined ? {} : { monitor: monitorRulesOf(file.monitor, file) }),
    ...(file.sources === undefined ? {} : { sources: file.sources }),
    ...artifactRulesOf(file),
    ...foreignMoveOf(file),
    experiment: file.experiment,
    admission: { offline: file.admission.offline.map(admissionRuleOf) },
    stages: file.stages.map(({ name, allocation, dwell, watch }) => ({ name, basisPoints: allocation, dwellMs: dwell ?? watch ?? null })),
    control: file.control ?? (file.experiment === null ? "equal" : "rest"),
    maturityMs: file.maturity,
    minSamples: file.minSamples,
    srmAlpha: file.srmAlpha,
    alpha: file.alpha,
    spending: file.spending,
    harmAlpha: file.rollback.onHarm.alpha,
    checks: file.checks.map((check) => rampCheckOf(check, file.metrics)),
  };
}

/** The schema has seen to it that exactly one is asked. */
function admissionRuleOf({ metric, equals, atLeast, atMost }: AdmissionFile): AdmissionRule {
  if (equals !== undefined) return { metric, ask: "equals", bound: { kind: "value", value: equals } };
  if (atLeast !== undefined) return { metric, ask: "atLeast", bound: atLeast };
  return { metric, ask: "atMost", bound: atMost as AdmissionRule["bound"] };
}

function rampCheckOf(file: RampCheckFile, metrics: Readonly<Record<string, MetricSpec>>): RampCheck {
  const { metric, better = "lower" } = file;
  if (file.never === true) return { kind: "never", metric };
  if (file.atMost !== undefined) return { kind: "cap", metric, quantile: file.quantile as Rational, atMost: file.atMost };
  const figure = figureOf(file, metrics[metric]);
  if (file.improveBy !== undefined) return { kind: "improveBy", metric, figure, better, margin: file.improveBy };
  return { kind: "noWorseThan", metric, figure, better, margin: file.noWorseThan as Rational, floor: floorOf(file, figure.kind === "rate") };
}

/** What is not declared is a problem that is named elsewhere; until then it is a rate. */
function figureOf({ quantile }: RampCheckFile, declared: MetricSpec | undefined): RampFigure {
  if (quantile !== undefined) return { kind: "quantile", quantile };
  if (typeof declared === "object") return { kind: "ratio" };
  return { kind: declared === "moments" ? "mean" : "rate" };
}
