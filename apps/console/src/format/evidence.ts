import type { EvidencePoint, EvidenceSeries } from "@gauntlet/contract";
import type { Decision, Rollout } from "@gauntlet/core";
import { lookEnds } from "@gauntlet/core";

import { count, decimal, milliseconds, percent, percentagePoints, times } from "./number.ts";

/** One line of a chart. `tone` names a custom property of the theme. */
interface Line {
  readonly name: string;
  readonly tone: "--champion" | "--challenger";
  readonly values: readonly (number | null)[];
}

/** An interval at every point: filled, or between dashed edges, so that two can lie upon each other. */
interface Ribbon {
  readonly name: string;
  readonly look: "filled" | "dashed";
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** What one small chart shows: time in milliseconds, lines, ribbons around the first and levels to compare with. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly ribbons: readonly Ribbon[];
  readonly levels: readonly { readonly at: number; readonly name: string; readonly kind: "limit" | "equal" }[];
  readonly moments: readonly { readonly at: number; readonly name: string }[];
  /** What the axis of values spans, and what the axis of time does, milliseconds. */
  readonly range: readonly [number, number];
  readonly span: readonly [number, number];
  readonly say: (value: number) => string;
  readonly axis: (value: number) => string;
}

interface EvidenceInput {
  readonly series: EvidenceSeries;
  readonly rollout: Rollout | null;
  readonly decision: Decision | null;
}

/** The ratio of recalls with both of its intervals, against the limit that the recall check sets. */
export function ratioChart({ series, rollout, decision }: EvidenceInput): Chart {
  const { points } = series;
  const limit = decision?.checks.find((check) => check.id === "recall-superiority" && check.unit === "ratio")?.allowed.low ?? null;
  const levels = [{ at: 1, name: "equal", kind: "equal" as const }, ...(limit === null ? [] : [{ at: limit, name: `limit ${times(limit)}`, kind: "limit" as const }])];
  return {
    id: "ratio",
    title: "Recall, challenger over champion",
    at: points.map((point) => point.at),
    lines: [{ name: "ratio", tone: "--challenger", values: points.map((point) => point.recallRatio?.estimate ?? null) }],
    ribbons: [
      { name: "at any time", look: "filled", low: points.map((point) => point.recallRatio?.watchedLow ?? null), high: points.map((point) => point.recallRatio?.watchedHigh ?? null) },
      { name: "once", look: "dashed", low: points.map((point) => point.recallRatio?.low ?? null), high: points.map((point) => point.recallRatio?.high ?? null) },
    ],
    levels,
    moments: momentsOf(rollout),
    range: ribbonRange(points.map((point) => point.recallRatio), levels.map((level) => level.at), 0),
    span: spanOf(series, rollout),
    say: times,
    axis: (value) => `${decimal(value, 2)}×`,
  };
}

/** The difference of precisions with both of its intervals, against the drop that the precision check allows. */
export function precisionChart({ series, rollout, decision }: EvidenceInput): Chart {
  const { points } = series;
  const limit = decision?.checks.find((check) => check.id === "precision-band")?.allowed.low ?? null;
  const levels = [{ at: 0, name: "equal", kind: "equal" as const }, ...(limit === null ? [] : [{ at: limit, name: `limit ${percentagePoints(limit)}`, kind: "limit" as const }])];
  const found = points.map((point) => point.precisionDifference);
  return {
    id: "precision-difference",
    title: "Precision, challenger − champion",
    at: points.map((point) => point.at),
    lines: [{ name: "difference", tone: "--challenger", values: found.map((one) => one?.estimate ?? null) }],
    ribbons: [
      { name: "at any time (asymptotic)", look: "filled", low: found.map((one) => one?.watchedLow ?? null), high: found.map((one) => one?.watchedHigh ?? null) },
      { name: "once", look: "dashed", low: found.map((one) => one?.low ?? null), high: found.map((one) => one?.high ?? null) },
    ],
    levels,
    moments: momentsOf(rollout),
    range: ribbonRange(found, levels.map((level) => level.at), -1),
    span: spanOf(series, rollout),
    say: percentagePoints,
    axis: (value) => percentagePoints(value),
  };
}

/** The figures of both versions, each on a chart of its own; those that were never measured are left out. */
export function sideCharts({ series, rollout }: EvidenceInput): readonly Chart[] {
  const charts = SIDES.map(([id, title, say]) => sideChart(series, { id, title, say, rollout }));
  return charts.filter((chart) => chart.lines.some((line) => line.values.some((value) => value !== null)));
}

type Side = "live" | "precision" | "errorRate" | "p95" | "recall";

const SIDES: readonly (readonly [Side, string, (value: number) => string])[] = [
  ["live", "Live outcomes so far", count],
  ["recall", "Recall", (value) => percent(value, 2)],
  ["precision", "Precision", (value) => percent(value, 2)],
  ["errorRate", "Error rate", (value) => percent(value, 2)],
  ["p95", "Latency, 95th percentile", milliseconds],
];

function sideChart(series: EvidenceSeries, about: { readonly id: Side; readonly title: string; readonly say: (value: number) => string; readonly rollout: Rollout | null }): Chart {
  const { id, title, say, rollout } = about;
  const { points } = series;
  return {
    id,
    title,
    at: points.map((point) => point.at),
    lines: [
      { name: "champion", tone: "--champion", values: points.map((point) => point.champion[id]) },
      { name: "challenger", tone: "--challenger", values: points.map((point) => point.challenger[id]) },
    ],
    ribbons: [],
    levels: [],
    moments: momentsOf(rollout),
    range: sideRange(points, id),
    span: spanOf(series, rollout),
    say,
    axis: id === "live" ? compactCount : say,
  };
}

function compactCount(value: number): string {
  if (Math.abs(value) < 10_000) return count(Math.round(value));
  return Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

/** Where the looks end: later evidence is not part of them. */
function momentsOf(rollout: Rollout | null): Chart["moments"] {
  if (rollout === null) return [];
  const { policy } = rollout;
  if (policy.kind !== "abtest") return [];
  const ends = lookEnds(policy);
  return ends.map((end, index) => ({ at: rollout.startedAt + end, name: ends.length === 1 ? "look" : `look ${index + 1}` }));
}

/** From the start of the rollout, so that one point is not stretched over years. */
function spanOf({ points, bucketMs }: EvidenceSeries, rollout: Rollout | null): readonly [number, number] {
  const first = points[0]?.at ?? 0;
  return [Math.min(first - bucketMs, rollout?.startedAt ?? first), points.at(-1)?.at ?? first];
}

/** The smallest height of an axis, so that nothing looks like a cliff, and what no value can exceed. */
const SIDE_SCALES: Readonly<Record<Side, { readonly least: number; readonly top: number }>> = {
  live: { least: 10, top: Number.POSITIVE_INFINITY },
  recall: { least: 0.02, top: 1 },
  precision: { least: 0.02, top: 1 },
  errorRate: { least: 0.002, top: 1 },
  p95: { least: 5, top: Number.POSITIVE_INFINITY },
};

function sideRange(points: readonly EvidencePoint[], side: Side): readonly [number, number] {
  const { least, top } = SIDE_SCALES[side];
  const values = points.flatMap((point) => [point.champion[side], point.challenger[side]]).filter((value) => value !== null);
  const low = side === "live" ? 0 : Math.min(...values);
  const high = Math.max(low, ...values);
  const margin = Math.max((high - low) * 0.08, (least - (high - low)) / 2);
  return [Math.max(0, low - margin), Math.min(top, high + margin)];
}

/**
 * The first intervals are as wide as the world and would flatten all that follows: the scale is that of the later
 * three quarters, and always holds the levels.
 */
function ribbonRange(compared: readonly EvidencePoint["recallRatio"][], levels: readonly number[], least: number): readonly [number, number] {
  const known = compared.filter((one) => one !== null);
  const late = known.slice(Math.floor(known.length / 4));
  // Of the wider band only the last point counts: what is cut off at first comes in as evidence grows.
  const last = known.at(-1);
  const low = Math.min(...levels, ...late.map((one) => one.low), last?.watchedLow ?? Number.POSITIVE_INFINITY);
  const high = Math.max(...levels, ...late.map((one) => one.high), last?.watchedHigh ?? Number.NEGATIVE_INFINITY);
  const margin = (high - low) * 0.08 || 0.05;
  return [Math.max(least, low - margin), high + margin];
}
