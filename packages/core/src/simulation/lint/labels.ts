import { needsLabels } from "../../policy/needs-labels.ts";
import { toNumber } from "../../policy/rational.ts";
import { normalSurvival } from "../../statistics/normal.ts";
import { logNormalCdf } from "../log-normal.ts";
import { percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

const DAY_MS = 86_400_000;

/** Do labels come early and often enough? */
export function lintLabels(facts: Facts): readonly PolicyWarning[] {
  if (!needsLabels(facts.policy)) return [];
  return [...lateLabels(facts), ...coverage(facts), ...coverageGap(facts)];
}

function lateLabels({ policy }: Facts): readonly PolicyWarning[] {
  const { window, labels } = policy;
  const last = Math.max(window.minMs, window.maxMs);
  if (labels.maturityMs <= last) return [];
  return [
    {
      code: "labels-after-window",
      severity: "warning",
      pointer: "/labels/maturity",
      says: `labels are waited for longer (${days(labels.maturityMs)}) than evidence is gathered (${days(last)}): the challenger serves ${days(last + labels.maturityMs)} for ${days(last)} of evidence`,
      fix: "make the window longer, or find a label that comes earlier",
    },
  ];
}

function coverage({ policy, known, world }: Facts): readonly PolicyWarning[] {
  if (known.labels?.coverage === undefined) return [];
  const least = toNumber(policy.labels.coverageMin);
  if (world.labels.coverage < least) {
    return [{ code: "coverage-out-of-reach", severity: "warning", pointer: "/labels/coverage", says: `labels ever come for ${percent(world.labels.coverage)} of the requests and ${percent(least)} is asked for: no look ever ends`, fix: "ask for less, or label more" }];
  }
  const there = coverageAt(world.labels, policy.labels.maturityMs, policy.window.minMs);
  if (known.labels.p95Ms === undefined || there >= least) return [];
  return [
    {
      code: "maturity-too-short",
      severity: "note",
      pointer: "/labels/maturity",
      says: `when the first look is due, labels cover about ${percent(there)} of it and ${percent(least)} is asked for: the look waits`,
      fix: `let maturity be nearer to the time in which labels come (95 % within ${days(world.labels.p95Ms)})`,
    },
  ];
}

/** Mean coverage of outcomes that are `maturityMs` to `maturityMs + windowMs` old. */
function coverageAt(labels: Facts["world"]["labels"], maturityMs: number, windowMs: number): number {
  const points = 200;
  const delay = { p50: labels.medianMs, p95: labels.p95Ms };
  let sum = 0;
  for (let i = 0; i < points; i++) sum += logNormalCdf(delay, maturityMs + ((i + 0.5) / points) * windowMs);
  return (labels.coverage * sum) / points;
}

function coverageGap({ policy, known, world, outcomes }: Facts): readonly PolicyWarning[] {
  const share = known.labels?.coverage;
  if (share === undefined || share >= 1) return [];
  const gap = toNumber(policy.labels.coverageGapMax);
  const error = Math.sqrt(world.labels.coverage * (1 - world.labels.coverage) * (1 / outcomes.champion + 1 / outcomes.challenger));
  const chance = 2 * normalSurvival(gap / error);
  if (chance <= 0.05) return [];
  return [
    {
      code: "coverage-gap-below-noise",
      severity: "warning",
      pointer: "/labels/coverageGap",
      says: `with ${round(outcomes.challenger)} outcomes of the challenger, coverage differs by more than ${percent(gap)} by chance alone in ${percent(chance)} of the tests, and the look then waits`,
      fix: `allow a gap of ${percent(Math.ceil(200 * 2 * error) / 200)}`,
    },
  ];
}

function days(ms: number): string {
  return ms < 2 * DAY_MS ? `${Number((ms / 3_600_000).toPrecision(3))} h` : `${Number((ms / DAY_MS).toPrecision(3))} days`;
}
