import type { RampCheck, RampPolicy, RampStage } from "../../policy/ramp-policy.ts";
import { isWatch } from "../../policy/watch.ts";
import { toNumber } from "../../policy/rational.ts";
import { candidatesForMargin, falseAlarmChance } from "../../statistics/margin-noise.ts";
import type { KnownWorld } from "../default-world.ts";
import { percent, round } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

const DAY_MS = 86_400_000;

/** A ramp that waits for what its stages can't bring, or that chance sends back. */
export function lintRamp(policy: RampPolicy, known: KnownWorld): readonly PolicyWarning[] {
  const found = [...policy.checks.flatMap((check, index) => lintCheck(policy, known, { check, index })), ...policy.stages.flatMap((stage, index) => lintStage(policy, known, { stage, index }))];
  return found.toSorted((a, b) => Number(a.severity === "note") - Number(b.severity === "note"));
}

function lintCheck(policy: RampPolicy, known: KnownWorld, { check, index }: { readonly check: RampCheck; readonly index: number }): readonly PolicyWarning[] {
  if (check.kind !== "noWorseThan") return [];
  const pointer = `/checks/${index}/noWorseThan`;
  if (check.margin.parts === 0) {
    return [{ code: "margin-zero", severity: "warning", pointer, says: `no number of outcomes shows that ${check.metric} is not worse at all${policy.mode === "strict" ? ", so that the ramp never goes on" : ", and an equal version is sent back half of the time"}`, fix: "allow a small part of the champion's figure, such as 2%" }];
  }
  const rate = known.rates?.[check.metric]?.champion;
  if (check.figure.kind !== "rate" || rate === undefined || !(rate > 0 && rate < 1)) return [];
  return noisyMargin(policy, known, { check, rate, pointer });
}

interface Noisy {
  readonly check: Extract<RampCheck, { kind: "noWorseThan" }>;
  readonly rate: number;
  readonly pointer: string;
}

/** At the stage that brings the fewest; as many as `minSamples` where nobody knows the traffic. */
function noisyMargin(policy: RampPolicy, known: KnownWorld, { check, rate, pointer }: Noisy): readonly PolicyWarning[] {
  const relativeMargin = toNumber(check.margin);
  const wanted = toNumber(policy.alpha);
  const stages = policy.stages.slice(0, -1).map((stage) => {
    const candidates = Math.max(policy.minSamples, known.trafficPerDay === undefined ? 0 : maturePlans(policy, stage, known.trafficPerDay));
    const ratio = ratioOf(policy, stage);
    return { stage, candidates, ratio, chance: falseAlarmChance({ share: rate, relativeMargin, candidates, baselines: Math.max(1, candidates * ratio) }) };
  });
  const worst = stages.toSorted((a, b) => b.chance - a.chance)[0];
  if (worst === undefined || worst.chance <= wanted) return [];
  const needed = candidatesForMargin({ share: rate, relativeMargin, ratio: worst.ratio, chance: wanted });
  const effect = policy.mode === "strict" ? "is finer than the noise, and the stage waits" : `is broken by chance alone ${percent(worst.chance)} of the time, and sends an equal version back`;
  return [
    {
      code: "margin-below-noise",
      severity: "warning",
      pointer,
      says: `at stage ${worst.stage.name}, with ${round(worst.candidates)} outcomes of the challenger, a margin of ${percent(relativeMargin)} of ${check.metric} (${percent(rate)}) ${effect}`,
      fix: `widen the margin, or let the stage bring about ${needed === null ? "more than can be counted" : round(needed)} outcomes of the challenger`,
    },
  ];
}

function lintStage(policy: RampPolicy, { trafficPerDay }: KnownWorld, { stage, index }: { readonly stage: RampStage; readonly index: number }): readonly PolicyWarning[] {
  const { dwellMs, name, basisPoints } = stage;
  if (dwellMs === null) return [];
  const pointer = `/stages/${index}/${isWatch(policy, index) ? "watch" : "dwell"}`;
  if (trafficPerDay === undefined) {
    return policy.maturityMs < dwellMs ? [] : [{ code: "stage-immature", severity: "note", pointer, says: `when stage ${name} has lasted its time nothing of it is mature yet`, fix: "let it last longer than maturity" }];
  }
  const plans = maturePlans(policy, stage, trafficPerDay);
  if (plans >= policy.minSamples) return [];
  const days = (policy.minSamples * 10_000) / (trafficPerDay * basisPoints) + policy.maturityMs / DAY_MS;
  return [{ code: "stage-too-short", severity: "note", pointer, says: `in its time stage ${name} brings ${round(plans)} mature outcomes of the challenger, and ${policy.minSamples} are asked for: it takes ${round(Math.ceil(days))} days`, fix: "lower minSamples, or let the stage last longer" }];
}

function maturePlans({ maturityMs }: RampPolicy, { basisPoints, dwellMs }: RampStage, trafficPerDay: number): number {
  return (trafficPerDay * (basisPoints / 10_000) * Math.max(0, (dwellMs ?? 0) - maturityMs)) / DAY_MS;
}

/** Outcomes of the compared arm for each of the challenger's. */
function ratioOf({ control }: RampPolicy, { basisPoints }: RampStage): number {
  return control === "equal" && basisPoints < 5000 ? 1 : (10_000 - basisPoints) / basisPoints;
}
