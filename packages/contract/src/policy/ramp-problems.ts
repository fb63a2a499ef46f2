import { DERIVED_METRICS, FIRST_SHARE_MAX, rampCheckIdOf, type MetricKind, type Problem, type RampCheck, type RampPolicy } from "@gauntlet/core";

import type { RampFile } from "./ramp-schema.ts";

/** What the shape of a ramp can't say: how its parts must fit each other. */
export function rampProblems(policy: RampPolicy, file: RampFile): readonly Problem[] {
  return [...stageProblems(policy), ...watchProblems(policy, file), ...timeProblems(policy), ...metricProblems(policy), ...modeProblems(policy), ...approvalProblems(policy, file), ...effectProblems(policy), ...repeated(policy)];
}

function stageProblems({ stages }: RampPolicy): Problem[] {
  const last = stages.length - 1;
  return stages.flatMap(({ name, basisPoints, dwellMs }, index) => {
    const before = stages[index - 1];
    const place = `/stages/${index}`;
    const problems: Problem[] = [];
    if (index === 0 && basisPoints > FIRST_SHARE_MAX) problems.push({ pointer: `${place}/allocation`, detail: `is ${basisPoints / 100} %; a challenger begins with at most ${FIRST_SHARE_MAX / 100} %` });
    if (basisPoints === 0) problems.push({ pointer: `${place}/allocation`, detail: "needs a share above 0 %" });
    if (before !== undefined && basisPoints <= before.basisPoints) problems.push({ pointer: `${place}/allocation`, detail: `is not above the ${before.basisPoints / 100} % of the stage before` });
    if (index === last && basisPoints !== 10_000) problems.push({ pointer: `${place}/allocation`, detail: `is ${basisPoints / 100} %; the last stage is 100 %` });
    if (index < last && (dwellMs === null || dwellMs === 0)) problems.push({ pointer: place, detail: "needs a dwell, such as 3d" });
    if (stages.findIndex((other) => other.name === name) < index) problems.push({ pointer: `${place}/name`, detail: `a second stage "${name}"` });
    return problems;
  });
}

/** The document that compat mode follows promotes at once. */
function watchProblems({ mode, bucketMs, maturityMs }: RampPolicy, { stages }: RampFile): Problem[] {
  const last = stages.length - 1;
  return stages.flatMap(({ dwell, watch }, index) => {
    const place = `/stages/${index}`;
    if (index === last && dwell !== undefined) return [{ pointer: `${place}/dwell`, detail: "the last stage has none: to reach it is the promotion, unless it has a watch, such as watch: 72h" }];
    if (watch === undefined) return [];
    if (index < last) return [{ pointer: `${place}/watch`, detail: "only the last stage is watched; the others have a dwell" }];
    if (mode === "compat") return [{ pointer: `${place}/watch`, detail: "compat mode promotes at once, as its document does; use mode: strict" }];
    if (watch === 0) return [{ pointer: `${place}/watch`, detail: "is no time; leave it out, or write 72h" }];
    return maturityMs + bucketMs > watch ? [{ pointer: `${place}/watch`, detail: "is shorter than maturity and a bucket, so that nothing of it might ever be judged" }] : [];
  });
}

function timeProblems({ stages, bucketMs, maturityMs }: RampPolicy): Problem[] {
  const shortest = Math.min(...stages.slice(0, -1).flatMap(({ dwellMs }) => dwellMs ?? []));
  const problems: Problem[] = [];
  if (bucketMs < 1000) problems.push({ pointer: "/bucket", detail: "is shorter than a second" });
  if (bucketMs > shortest) problems.push({ pointer: "/bucket", detail: "is longer than the shortest dwell, so that no complete bucket might ever be judged" });
  if (maturityMs + bucketMs > 2 * shortest) problems.push({ pointer: "/maturity", detail: "is longer than twice the shortest dwell, so that nothing might ever be mature enough to be judged" });
  return problems;
}

function metricProblems({ checks, metrics }: RampPolicy): Problem[] {
  const derived = Object.keys(metrics)
    .filter((metric) => metric in DERIVED_METRICS)
    .map((metric) => ({ pointer: `/metrics/${metric}`, detail: `"${metric}" is counted by Gauntlet itself; give the metric another name` }));
  const unfit = checks.flatMap((check, index) => {
    const pointer = `/checks/${index}/metric`;
    const declared = metrics[check.metric];
    if (declared === undefined) return [{ pointer, detail: `metric "${check.metric}" is not declared under metrics; declared: ${Object.keys(metrics).join(", ")}` }];
    const is = typeof declared === "string" ? declared : "ratio";
    const wanted = wantedKind(check);
    if (wanted === is) return [];
    if (is === "histogram") return [{ pointer, detail: `"${check.metric}" is a histogram: say which quantile of it, for example quantile: p50` }];
    return [{ pointer, detail: `${wanted === "histogram" ? "a quantile" : `a check that it is never`} needs "${check.metric}" to be a ${wanted}; it is declared as ${is}` }];
  });
  return [...derived, ...unfit];
}

function wantedKind(check: RampCheck): MetricKind | "ratio" {
  if (check.kind === "never") return "rate";
  if (check.kind === "cap") return "histogram";
  return FIGURE_KINDS[check.figure.kind];
}

const FIGURE_KINDS = { rate: "rate", mean: "moments", quantile: "histogram", ratio: "ratio" } as const;

function modeProblems({ mode, checks, approval }: RampPolicy): Problem[] {
  if (mode === "strict") return [];
  const problems = checks.flatMap((check, index) => (check.kind === "improveBy" ? [{ pointer: `/checks/${index}/improveBy`, detail: "compat mode has only the thresholds of its document; use mode: strict" }] : []));
  if (approval?.when === "warn") problems.push({ pointer: "/approval/when", detail: "compat mode never warns; write when: always, or use mode: strict" });
  return problems;
}

function approvalProblems({ stages }: RampPolicy, { approval }: RampFile): Problem[] {
  const last = stages.at(-1)?.name;
  const asked = approval?.stage;
  return asked === undefined || asked === last ? [] : [{ pointer: "/approval/stage", detail: `only the last stage, "${last ?? ""}", is signed for` }];
}

function effectProblems({ effects }: RampPolicy): Problem[] {
  return effects.includes("traffic") ? [] : [{ pointer: "/effects", detail: "a ramp moves traffic: name it among its effects" }];
}

/** Two checks of one id would hide one another. */
function repeated({ checks }: RampPolicy): Problem[] {
  const ids = checks.map(rampCheckIdOf);
  return checks.flatMap((check, index) => (ids.indexOf(ids[index] as string) < index ? [{ pointer: `/checks/${index}`, detail: `a second ${check.kind} check on ${check.metric}` }] : []));
}
