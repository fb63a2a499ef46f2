import type { Guardrail, RampSeries, RampStage } from "@gauntlet/contract";

import { sideValue } from "./check.ts";
import type { Chart } from "./evidence.ts";
import { count, decimal, times } from "./number.ts";
import { duration } from "./time.ts";

/** One arm's part of the traffic from `from` to `to`, stacked between `low` and `high`; parts of 1. */
export interface ShareBlock {
  readonly arm: string;
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** Arms in the order they are stacked in: as they first came, so that the champion lies at the bottom. */
export function armsOf({ intended, observed }: Pick<RampSeries, "intended" | "observed">): readonly string[] {
  return [...new Set([...intended, ...observed].flatMap((step) => step.arms.map(armName)))];
}

/** What was intended: each split holds until the next, the newest until now; of a rollout that is over, its end is shown for a tenth of its time. */
export function intendedBlocks({ intended, observed, now }: Pick<RampSeries, "intended" | "observed" | "now">): readonly ShareBlock[] {
  const arms = armsOf({ intended, observed });
  const [first, last] = [intended[0]?.at ?? 0, intended.at(-1)];
  const shown = last !== undefined && ENDS.has(last.why) ? Math.min(now, last.at + (last.at - first) / 10) : now;
  return intended.flatMap((step, index) => {
    const to = intended[index + 1]?.at ?? Math.max(shown, step.at);
    return stacked(arms, { from: step.at, to }, new Map(step.arms.map((arm) => [armName(arm), arm.share])));
  });
}

const ENDS: ReadonlySet<string> = new Set(["promote", "retain", "rollback"]);

/** What was observed: the arms' parts of the live outcomes of each time bucket. */
export function observedBlocks({ intended, observed, bucketMs }: Pick<RampSeries, "intended" | "observed" | "bucketMs">): readonly ShareBlock[] {
  const arms = armsOf({ intended, observed });
  return observed.flatMap(({ at, arms: counted }) => {
    const all = counted.reduce((sum, arm) => sum + arm.count, 0);
    return all === 0 ? [] : stacked(arms, { from: at, to: at + bucketMs }, new Map(counted.map((arm) => [armName(arm), arm.count / all])));
  });
}

function stacked(arms: readonly string[], { from, to }: Pick<ShareBlock, "from" | "to">, shares: ReadonlyMap<string, number>): readonly ShareBlock[] {
  let low = 0;
  return arms.flatMap((arm) => {
    const share = shares.get(arm) ?? 0;
    if (share === 0) return [];
    const block = { arm, from, to, low, high: low + share };
    low += share;
    return [block];
  });
}

function armName({ slot, version }: { readonly slot: string; readonly version: string }): string {
  return `${slot}, version ${version}`;
}

/** How far the dwell of a stage is, 0 to 1; null where there is none to wait for. */
export function dwellDone({ since, dwellMs }: Pick<RampStage, "since" | "dwellMs">, now: number): number | null {
  if (since === null || dwellMs === null) return null;
  return dwellMs === 0 ? 1 : Math.min(1, Math.max(0, (now - since) / dwellMs));
}

/** What a stage is about now: "2 d 4 h of at least 5 d left", "judged at every tick". */
export function stageWords({ state, since, until, dwellMs, dwellEndsAt, basisPoints }: RampStage, now: number): string {
  const watched = basisPoints === 10_000 && dwellMs !== null;
  if (state === "ahead") return dwellMs === null ? "the promotion" : watched ? `watched for ${duration(dwellMs)}, then promoted` : `at least ${duration(dwellMs)}`;
  if (state === "not_reached") return "not reached";
  if (state === "passed" || state === "ended") return since !== null && until !== null ? `lasted ${duration(until - since)}` : state;
  if (dwellEndsAt === null) return "serves everybody";
  if (watched) return dwellEndsAt > now ? `watched for ${duration(dwellEndsAt - now)} more; harm takes it back` : "watched long enough: judged now";
  return dwellEndsAt > now ? `${duration(dwellEndsAt - now)} of at least ${duration(dwellMs ?? 0)} left` : `dwell over by ${duration(now - dwellEndsAt)}: judged now`;
}

/** One guardrail as a chart: the compared quantity with its interval and its limit; without one, both versions' figures. */
export function guardrailChart(guardrail: Guardrail, title: string): Chart {
  const { id, points, allowed, unit } = guardrail;
  const compared = points.some((point) => point.estimate !== null);
  const bounded = points.some((point) => point.low !== null || point.high !== null);
  const say = (value: number) => (compared ? (unit === "ratio" ? times(value) : sideValue({ unit }, value)) : sideValue({ unit: guardrail.sideUnit }, value));
  const limits = [allowed.low, allowed.high].filter((bound) => bound !== null);
  const lines: Chart["lines"] = compared
    ? [{ name: unit === "ratio" ? "challenger over champion" : "challenger", tone: "--challenger", values: points.map((point) => point.estimate) }]
    : [
        { name: "champion", tone: "--champion", values: points.map((point) => point.champion) },
        { name: "challenger", tone: "--challenger", values: points.map((point) => point.challenger) },
      ];
  return {
    id,
    title,
    at: points.map((point) => point.at),
    lines,
    ribbons: bounded ? [{ name: "interval", look: "filled", low: points.map((point) => point.low), high: points.map((point) => point.high) }] : [],
    levels: [...(compared && unit === "ratio" ? [{ at: 1, name: "equal", kind: "equal" as const }] : []), ...limits.map((at) => ({ at, name: `limit ${say(at)}`, kind: "limit" as const }))],
    moments: [],
    range: rangeOf(points, limits, compared && unit === "ratio"),
    span: [points[0]?.at ?? 0, points.at(-1)?.at ?? 1],
    say,
    axis: (value) => (compared && unit === "ratio" ? `${decimal(value, 2)}×` : say(value)),
  };
}

/** What the arms showed that nobody is judged by. */
export function othersWords({ others, sideUnit }: Pick<Guardrail, "others" | "sideUnit">): string {
  return `Other arms: ${others.map(({ slot, version, value, n }) => `${armName({ slot, version })}, ${sideValue({ unit: sideUnit }, value)} of ${count(n)}`).join("; ")}.`;
}

/** The scale of the later three quarters: the first intervals are as wide as the world. */
function rangeOf(points: Guardrail["points"], limits: readonly number[], aroundOne: boolean): readonly [number, number] {
  const late = points.slice(Math.floor(points.length / 4));
  const values = late.flatMap((point) => (point.estimate === null ? [point.champion, point.challenger] : [point.estimate, point.low, point.high])).filter((value) => value !== null);
  const all = [...values, ...limits, ...(aroundOne ? [1] : [])];
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const margin = (high - low) * 0.08 || Math.abs(high) * 0.05 || 0.05;
  return [low - margin, high + margin];
}
