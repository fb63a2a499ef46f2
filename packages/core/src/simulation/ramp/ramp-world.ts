import { Failure, type Problem } from "../../failure/failure.ts";
import type { RampPolicy } from "../../policy/ramp-policy.ts";
import { toNumber } from "../../policy/rational.ts";
import type { Assumption, KnownWorld } from "../default-world.ts";
import type { LogNormal, PerVersion, World } from "../world.ts";
import { askedOf, rulesOf, type MetricRule } from "./metric-rules.ts";

/** A world in which a ramp is tried: what arrives, and how good both versions truly are by each metric that is checked. */
export interface RampWorld extends Pick<World, "trafficPerDay" | "rates" | "values"> {
  /** The metric whose true relative change is the effect. */
  readonly metric: string;
  /** Ratios of sums; each request counts 1 below the line. */
  readonly ratios: Readonly<Record<string, PerVersion<number>>>;
  readonly units: RampUnits;
}

/** A unit makes all its requests at once and does not come back. */
export interface RampUnits {
  readonly requests: number;
  /** Between two requests of one unit, from 0 to below 1: of rates and ratios. Values are independent. */
  readonly correlation: number;
}

const DAY_MS = 86_400_000;
const REQUESTS_MAX = 100;

/**
 * Fills in what is not known about the world of a ramp, and says each figure that was assumed: traffic that brings the first
 * stages twice `minSamples`, .8 of what should be high and .04 of what should be low, 2 of other ratios, values half below a
 * sixth of their cap; independent requests; and a challenger that is the same. `metric` is the one that effects change: null
 * for that of the first noWorseThan check.
 *
 * @throws Failure `invalid_input` for a metric that no check reads, and for parts of a world that a ramp does not read.
 */
export function completeRampWorld(policy: RampPolicy, known: KnownWorld, metric: string | null): { readonly world: RampWorld; readonly assumed: readonly Assumption[] } {
  requireReadable(known);
  const rules = rulesOf(policy);
  const effect = askedOf(policy, metric).metric;
  const assumed: Assumption[] = [];
  const assume = <T>(value: T | undefined, pointer: string, usual: T): T => {
    if (value !== undefined) return value;
    assumed.push({ pointer, says: typeof usual === "number" ? String(Number(usual.toPrecision(6))) : JSON.stringify(usual) });
    return usual;
  };
  const metrics = <T>(place: MetricRule["place"], given: Readonly<Record<string, PerVersion<T>>> | undefined, usual: (rule: MetricRule) => T): Readonly<Record<string, PerVersion<T>>> => ({
    ...given,
    ...Object.fromEntries(rules.filter((rule) => rule.place === place).map((rule): [string, PerVersion<T>] => [rule.metric, assume(given?.[rule.metric], `/${place}/${rule.metric}`, same(usual(rule)))])),
  });
  const world: RampWorld = {
    metric: effect,
    trafficPerDay: assume(known.trafficPerDay, "/trafficPerDay", usualTraffic(policy)),
    units: {
      requests: assume(known.units?.requests, "/units/requests", 1),
      correlation: assume(known.units?.correlation, "/units/correlation", 0),
    },
    rates: metrics("rates", known.rates, usualShare),
    ratios: metrics("ratios", known.ratios, (rule) => (rule.once ? usualShare(rule) : 2)),
    values: metrics("values", known.values, usualValues),
  };
  return { world, assumed };
}

/** The same world with another true change of its metric, relative. */
export function withRampEffect(world: RampWorld, change: number): RampWorld {
  const { metric } = world;
  const changed = (figures: Readonly<Record<string, PerVersion<number>>>) => {
    const figure = figures[metric];
    return figure === undefined ? figures : { ...figures, [metric]: { champion: figure.champion, challenger: figure.champion * (1 + change) } };
  };
  const values = world.values[metric];
  if (values !== undefined) {
    const { champion } = values;
    return { ...world, values: { ...world.values, [metric]: { champion, challenger: { p50: champion.p50 * (1 + change), p95: champion.p95 * (1 + change) } } } };
  }
  return { ...world, rates: changed(world.rates), ratios: changed(world.ratios) };
}

/** The true relative change of the world's metric; 0 where the champion's figure is 0. */
export function rampEffectOf({ metric, rates, ratios, values }: RampWorld): number {
  const spread = values[metric];
  const figure = spread === undefined ? (rates[metric] ?? ratios[metric]) : { champion: spread.champion.p50, challenger: spread.challenger.p50 };
  return figure === undefined || figure.champion === 0 ? 0 : figure.challenger / figure.champion - 1;
}

/** @throws Failure `invalid_input` when the figures don't fit each other, with each place that is wrong. */
export function requireRampWorld(policy: RampPolicy, { trafficPerDay, units, rates, ratios, values }: RampWorld): void {
  const problems: Problem[] = [];
  const within = (pointer: string, value: number, [low, high]: readonly [number, number]) => {
    if (!(value >= low && value <= high)) problems.push({ pointer, detail: `must lie from ${low} to ${high}, not at ${Number(value.toPrecision(6))}` });
  };
  if (!(trafficPerDay > 0)) problems.push({ pointer: "/trafficPerDay", detail: `must be above 0, not ${trafficPerDay}` });
  within("/trafficPerDay", trafficPerDay, [0, 1e9]);
  within("/units/requests", units.requests, [1, REQUESTS_MAX]);
  if (!Number.isInteger(units.requests)) problems.push({ pointer: "/units/requests", detail: `must be a whole number, not ${units.requests}` });
  within("/units/correlation", units.correlation, [0, 0.99]);
  const versions = ["champion", "challenger"] as const;
  for (const { metric, place, once } of rulesOf(policy)) {
    for (const version of versions) {
      const pointer = `/${place}/${metric}/${version}`;
      const spread = values[metric]?.[version];
      if (place === "values" && spread !== undefined && !(spread.p50 > 0 && spread.p95 > spread.p50 && spread.p95 < 1e9)) problems.push({ pointer, detail: `the median ${spread.p50} must be above 0 and the 95 % quantile ${spread.p95} above it` });
      if (place === "rates") within(pointer, rates[metric]?.[version] ?? 0, [0, 1]);
      if (place === "ratios") within(pointer, ratios[metric]?.[version] ?? 0, [0, once ? 1 : 500 / units.requests]);
    }
  }
  const [first] = problems;
  if (first !== undefined) throw new Failure("invalid_input", `this world can't be: ${first.pointer} ${first.detail}`, { problems, fix: "change the figures of the world, or leave out effects that it can't have" });
}

/** What only labels tell is no part of the world of a ramp. */
function requireReadable(known: KnownWorld): void {
  const strange = (["prevalence", "champion", "challenger", "correlation", "labels"] as const).filter((part) => (typeof known[part] === "object" ? Object.keys(known[part]).length > 0 : known[part] !== undefined));
  if (strange.length === 0) return;
  throw new Failure("invalid_input", `a ramp reads no labels, so that its world has no ${strange.join(", ")}`, { fix: "say trafficPerDay, units, and rates, ratios and values of the metrics that the policy checks" });
}

function usualTraffic({ stages, minSamples, maturityMs }: RampPolicy): number {
  const needs = stages.flatMap(({ dwellMs, basisPoints }) => {
    if (dwellMs === null) return [];
    const days = (dwellMs > maturityMs ? dwellMs - maturityMs : Math.max(dwellMs, maturityMs)) / DAY_MS;
    return [(2 * minSamples * 10_000) / (basisPoints * Math.max(days, 1 / 24))];
  });
  return Math.max(1, ...needs);
}

function usualShare({ better, never }: MetricRule): number {
  if (never) return 0;
  return better === "higher" ? 0.8 : 0.04;
}

function usualValues({ cap }: MetricRule): LogNormal {
  const limit = cap ?? 600;
  return { p50: limit / 6, p95: limit / 2 };
}

function same<T>(value: T): PerVersion<T> {
  return { champion: value, challenger: value };
}

/** True relative changes that are tried when nobody says which: none, and parts of the margin to both sides. */
export function usualRampEffects(policy: RampPolicy, world: RampWorld): readonly number[] {
  const { margin, better } = askedOf(policy, world.metric);
  const step = (margin === 0 ? 0.05 : margin) * (better === "higher" ? 1 : -1);
  const improve = policy.checks.flatMap((check) => (check.kind === "improveBy" && check.metric === world.metric ? [toNumber(check.margin) * (check.better === "higher" ? 1 : -1)] : []));
  return [...[-3, -2, -1, 0, 1, 2].map((times) => times * step), ...improve, rampEffectOf(world)].map((effect) => Number(effect.toPrecision(6)) + 0);
}
