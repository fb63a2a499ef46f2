import { compareRatio, parseRational, ratioText, type AbtestPolicy, type AdmissionRule, type CheckRule, type Comparison, type HarmRule, type HealthRules, type Policy, type RampCheck, type RampPolicy, type RatingPolicy, type Rational, type RatioMetric, type SlotsPolicy } from "@gauntlet/core";

/** A recorded policy as the file that it could have come from: the same policy again when it is read. */
export function policyText(policy: Policy): string {
  const lines = linesOf(policy);
  const { health, sources } = policy;
  const read: readonly Line[] = [...lines, ...(health === undefined ? [] : [["health", healthOf(health)] as const]), ...(sources === undefined ? [] : [["sources", sources] as const])];
  return read.map(([key, value]) => `${key}: ${block(value)}\n`).join("");
}

function linesOf(policy: Policy): readonly Line[] {
  switch (policy.kind) {
    case "abtest":
      return abtestLines(policy);
    case "ramp":
      return rampLines(policy);
    case "rating":
      return ratingLines(policy);
    case "slots":
      return slotsLines(policy);
  }
}

type Line = readonly [key: string, value: Value];

function abtestLines(policy: AbtestPolicy): readonly Line[] {
  const { window, labels, approval, impact } = policy;
  return [
    ["kind", policy.kind],
    ["name", policy.name],
    ["model", policy.model],
    ["mode", policy.mode],
    ["split", { champion: basisPoints(policy.split.champion), challenger: basisPoints(policy.split.challenger) }],
    ["shadow", policy.shadow],
    ["monitoring", policy.monitoring],
    ["spending", policy.spending],
    ["window", { min: length(window.minMs), max: length(window.maxMs) }],
    ...(policy.watchMs === undefined ? [] : [["watch", length(policy.watchMs)] as const]),
    ["labels", { maturity: length(labels.maturityMs), coverage: labels.coverageMin, coverageGap: labels.coverageGapMax }],
    ["minSamples", policy.minSamples],
    ["bucket", length(policy.bucketMs)],
    ["alpha", policy.alpha],
    ["srmAlpha", policy.srmAlpha],
    ["metrics", metricsOf(policy)],
    ["checks", policy.checks.map(checkOf)],
    ["harm", policy.harm.map(harmOf)],
    ["approval", approval === null ? null : { by: approval.by, notBy: approval.notBy }],
    ["effects", policy.effects],
    ["impact", impact === null ? null : { ...impact }],
  ];
}

function rampLines(policy: RampPolicy): readonly Line[] {
  const { approval } = policy;
  return [
    ["kind", policy.kind],
    ["name", policy.name],
    ["model", policy.model],
    ["experiment", policy.experiment],
    ["mode", policy.mode],
    ["admission", { offline: policy.admission.offline.map(admissionOf) }],
    ["stages", policy.stages.map(({ name, basisPoints: points, dwellMs }) => ({ name, allocation: basisPoints(points), ...(dwellMs === null ? {} : { [points === 10_000 ? "watch" : "dwell"]: length(dwellMs) }) }))],
    ["control", policy.control],
    ["maturity", length(policy.maturityMs)],
    ["minSamples", policy.minSamples],
    ["bucket", length(policy.bucketMs)],
    ["alpha", policy.alpha],
    ["spending", policy.spending],
    ["srmAlpha", policy.srmAlpha],
    ["metrics", metricsOf(policy)],
    ["checks", policy.checks.map(rampCheckOf)],
    ["approval", approval === null ? null : { when: approval.when, by: approval.by, notBy: approval.notBy }],
    ["rollback", { onHarm: { alpha: policy.harmAlpha } }],
    ["effects", policy.effects],
  ];
}

function ratingLines(policy: RatingPolicy): readonly Line[] {
  const { approval, criteria, baseline, tier, gate, harm, checks } = policy;
  const mse = checks[0];
  const { alpha } = policy;
  return [
    ["kind", policy.kind],
    ["name", policy.name],
    ["model", policy.model],
    ["mode", policy.mode],
    ["promotion", policy.promotion],
    ["board", policy.board],
    ["players", policy.players],
    ["baseline", baseline.kind === "participant" ? { participant: baseline.participant } : baseline.kind],
    ["criteria", {
      minEloImprovement: written(criteria.minEloImprovement),
      minGames: criteria.minGames,
      minWinRate: criteria.minWinRate,
      ...(mse?.against == null ? {} : { maxValueMseDegradation: mse.against.margin, valueMse: mse.metric }),
      confidence: { parts: alpha.of - alpha.parts, of: alpha.of },
      maxGames: criteria.maxGames,
      wilson: criteria.wilson,
      minElo: criteria.minElo === null ? null : written(criteria.minElo),
      eloFall: written(criteria.eloFall),
    }],
    ["pairs", policy.pairs],
    ["sprt", { width: written(policy.sprt.width), beta: policy.sprt.beta, scale: policy.sprt.scale }],
    ["spending", policy.spending],
    ["harm", harm === null ? null : { elo: written(harm.elo), alpha: harm.alpha }],
    ["tier", tier === null ? null : { target: tier.target, minGames: tier.minGames, ladder: Object.fromEntries(tier.ladder.map(({ name, elo }) => [name, written(elo)])) }],
    ["gate", gate === null ? null : { minGames: gate.minGames, minElo: written(gate.minElo), minAccuracy: gate.accuracy?.atLeast ?? null, ...(gate.accuracy === null ? {} : { accuracy: gate.accuracy.metric }) }],
    ["approval", approval === null ? null : { by: approval.by, notBy: approval.notBy }],
    ["effects", policy.effects],
  ];
}

function slotsLines(policy: SlotsPolicy): readonly Line[] {
  const { approval, reorder } = policy;
  return [
    ["kind", policy.kind],
    ["name", policy.name],
    ["model", policy.model],
    ["mode", policy.mode],
    ["slots", policy.slots],
    ["win", policy.win],
    ["accuracy", policy.accuracy],
    ["split", { champion: basisPoints(policy.split.champion), challenger: basisPoints(policy.split.challenger) }],
    ["minGames", policy.minGames],
    ["maxGames", policy.maxGames],
    ["alpha", policy.alpha],
    ["spending", policy.spending],
    ["srmAlpha", policy.srmAlpha],
    ["reorder", reorder === null ? null : { minPredictions: reorder.minPredictions, alpha: reorder.alpha }],
    ["approval", approval === null ? null : { by: approval.by, notBy: approval.notBy }],
    ["bucket", length(policy.bucketMs)],
    ["effects", policy.effects],
  ];
}

/** Points are no shares: 25, not 2500%. */
function written({ parts, of }: Rational): Written {
  return { written: of === 1 ? String(parts) : `${parts}/${of}` };
}

function metricsOf({ metrics }: Policy): Value {
  return Object.fromEntries(Object.entries(metrics).map(([name, spec]): [string, Value] => [name, typeof spec === "string" ? spec : ratioOf(spec)]));
}

function admissionOf({ metric, ask, bound }: AdmissionRule): Value {
  return { metric, [ask]: bound.kind === "value" ? bound.value : bound.times.parts === bound.times.of ? "baseline" : `${fraction(bound.times)} × baseline` };
}

function rampCheckOf(check: RampCheck): Value {
  const { metric } = check;
  if (check.kind === "never") return { metric, never: true };
  if (check.kind === "cap") return { metric, quantile: check.quantile, atMost: check.atMost };
  const { figure, better, margin } = check;
  return { metric, ...(figure.kind === "quantile" ? { quantile: figure.quantile } : {}), better, [check.kind]: margin, ...(check.kind === "noWorseThan" ? { floor: check.floor } : {}) };
}

function healthOf({ splitGapMax, crossedMax, joinedMin, lagMaxMs, silenceMaxMs, sourceAgeMaxMs }: HealthRules): Value {
  return { splitGap: splitGapMax, crossed: crossedMax, joined: joinedMin, lag: lagMaxMs === null ? null : length(lagMaxMs), silence: length(silenceMaxMs), sourceAge: length(sourceAgeMaxMs) };
}

/** What a line of the file may hold; written(…) is put down as it is. */
type Value = string | number | boolean | null | Rational | Written | readonly Value[] | { readonly [key: string]: Value };

interface Written {
  readonly written: string;
}

function ratioOf(ratio: RatioMetric): Value {
  return { ratio: ratioText(ratio), ...(ratio.once ? { once: true } : {}) };
}

function checkOf(rule: CheckRule): Value {
  switch (rule.kind) {
    case "proportion":
    case "mean":
      return { check: rule.kind === "mean" ? "mean" : "rate", metric: rule.metric, ...comparison(rule) };
    case "bound":
      return { check: "bound", metric: rule.metric, ...(rule.figure.kind === "quantile" ? { quantile: rule.figure.quantile } : {}), ...bounds(rule) };
    case "offline":
      return { check: "offline", metric: rule.metric, ...bounds(rule), ...(rule.against === null ? {} : comparison(rule.against)) };
    default: {
      const { kind, ...rest } = rule;
      return { check: kind, ...rest };
    }
  }
}

function harmOf({ kind, ...rest }: HarmRule): Value {
  return { check: kind, ...rest };
}

function comparison({ better, ask, margin, basis }: Comparison): { readonly [key: string]: Value } {
  return { better, [ask]: margin, basis };
}

function bounds({ atLeast, atMost }: { readonly atLeast: Rational | null; readonly atMost: Rational | null }): { readonly [key: string]: Value } {
  return { ...(atLeast === null ? {} : { atLeast }), ...(atMost === null ? {} : { atMost }) };
}

function basisPoints(points: number): Written {
  return { written: `${points / 100}%` };
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1000, "s"],
] as const;

function length(ms: number): Written {
  const [size, name] = UNITS.find(([unit]) => ms % unit === 0 && ms > 0) ?? [1, "ms"];
  return { written: `${ms / size}${name}` };
}

/** A list of mappings stands one below the other; everything else on the line of its key. */
function block(value: Value): string {
  if (!Array.isArray(value) || !value.some((one) => typeof one === "object")) return inline(value);
  return value.map((one) => `\n  - ${inline(one as Value)}`).join("");
}

function inline(value: Value): string {
  if (typeof value === "string") return word(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(inline).join(", ")}]`;
  if (isWritten(value)) return value.written;
  if (isRational(value)) return fraction(value);
  const pairs = Object.entries(value).map(([key, held]) => `${word(key)}: ${inline(held)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** Words that YAML reads as something else, and all that is no plain word, are quoted. */
function word(text: string): string {
  return /^[A-Za-z][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
}

/** 5% where that is exact, otherwise 1/3. */
function fraction(value: Rational): string {
  const percent = `${(value.parts * 100) / value.of}%`;
  try {
    if (compareRatio(parseRational(percent), value) === 0) return percent;
  } catch {
    // Not a decimal that a file could hold, such as 1e-7%.
  }
  return `${value.parts}/${value.of}`;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

function isWritten(value: object): value is Written {
  return "written" in value;
}

function isRational(value: object): value is Rational {
  return "parts" in value && "of" in value;
}
