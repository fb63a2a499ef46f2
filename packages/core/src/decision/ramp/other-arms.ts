import type { Evidence } from "../../evidence/evidence.ts";
import type { RampCheck, RampPolicy } from "../../policy/ramp-policy.ts";
import type { Rollout } from "../../policy/rollout.ts";
import { armFigures, type ArmFigures } from "../arms.ts";
import { rampCheckIdOf } from "./check-id.ts";
import { measure, measureQuantile, type Measured } from "./figure.ts";

/** A figure of an arm that nobody is judged by. */
export interface OtherFigure {
  readonly slot: string;
  readonly version: string;
  readonly value: number;
  /** Observations; units, of a ratio. */
  readonly n: number;
}

/**
 * What the other arms of an experiment showed, by the id of each check: for those who look on. The challenger is judged
 * against the champion, whatever they show.
 */
export function otherFigures(policy: RampPolicy, rollout: Rollout, evidence: Evidence): Readonly<Record<string, readonly OtherFigure[]>> {
  const { slots, allocation } = rollout;
  const compared: ReadonlySet<string | null> = new Set(slots === undefined ? ["champion", "challenger"] : [slots.champion, slots.challenger, slots.control]);
  const others = allocation.arms.filter(({ slot, ranges }) => !compared.has(slot) && ranges.length > 0);
  const figures = others.map(({ slot, version }) => ({ slot, version, arm: armFigures(evidence, { slot, version }) }));
  return Object.fromEntries(
    policy.checks.map((rule) => [
      rampCheckIdOf(rule),
      figures.flatMap(({ slot, version, arm }) => {
        const measured = figureOf(rule, arm);
        return measured === null ? [] : [{ slot, version, value: measured.value, n: measured.n }];
      }),
    ]),
  );
}

function figureOf(rule: RampCheck, arm: ArmFigures): Measured | null {
  switch (rule.kind) {
    case "noWorseThan":
    case "improveBy":
      return measure(arm, rule.metric, rule.figure);
    case "cap":
      return measureQuantile(arm.histogram(rule.metric), rule.quantile);
    case "never":
      return measure(arm, rule.metric, { kind: "rate" });
  }
}
