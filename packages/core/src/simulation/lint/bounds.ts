import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber } from "../../policy/rational.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { logNormalQuantile } from "../log-normal.ts";
import { percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

type Rule = Extract<CheckRule, { kind: "bound" }>;

/** Can a cap or a floor be kept, and shown to be kept? */
export function lintBounds(facts: Facts): readonly PolicyWarning[] {
  return facts.policy.checks.flatMap((rule, index) => (rule.kind === "bound" ? [...outOfReach(facts, rule, `/checks/${index}`), ...tooFew(facts, rule, `/checks/${index}`)] : []));
}

/** A challenger of which the world says that it breaks the bound. */
function outOfReach({ known }: Facts, rule: Rule, pointer: string): readonly PolicyWarning[] {
  const values = known.values?.[rule.metric]?.challenger;
  const figure = rule.figure.kind === "rate" ? known.rates?.[rule.metric]?.challenger : rule.figure.kind === "quantile" && values !== undefined ? logNormalQuantile(values, toNumber(rule.figure.quantile)) : undefined;
  if (figure === undefined) return [];
  const shown = (value: number) => (rule.figure.kind === "rate" ? percent(value) : round(value));
  const side = rule.atMost !== null && figure > toNumber(rule.atMost) ? "atMost" : rule.atLeast !== null && figure < toNumber(rule.atLeast) ? "atLeast" : null;
  if (side === null) return [];
  const bound = toNumber(rule[side] as NonNullable<Rule["atMost"]>);
  return [{ code: "bound-out-of-reach", severity: "warning", pointer: `${pointer}/${side}`, says: `the world says that the challenger's ${rule.metric} is ${shown(figure)}, and ${side === "atMost" ? "at most" : "at least"} ${shown(bound)} is allowed: no promotion is possible`, fix: "change the bound, or mend the challenger first" }];
}

/**
 * With too few outcomes even the best that can be seen shows nothing: without a single hit Wilson's upper bound is
 * z²/(n + z²), and a quantile needs order statistics around it.
 */
function tooFew({ policy, outcomes, strict, alpha, requests }: Facts, rule: Rule, pointer: string): readonly PolicyWarning[] {
  if (!strict || policy.monitoring !== "looks") return [];
  const z = -normalQuantile(alpha);
  const least = Math.max(rule.atMost === null ? 0 : leastFor(rule, toNumber(rule.atMost), z), rule.atLeast === null ? 0 : leastFor(rule, 1 - toNumber(rule.atLeast), z));
  if (!Number.isFinite(least) || outcomes.challenger >= least) return [];
  const when = requests === null ? "minSamples is" : "by the last look there are about";
  return [
    {
      code: "bound-too-few",
      severity: "warning",
      pointer,
      says: `${when} ${round(outcomes.challenger)} outcomes of the challenger; even the best that can be seen shows that ${rule.metric} keeps this bound from ${round(Math.ceil(least))} on`,
      fix: requests === null ? `let minSamples be such that the challenger has ${round(Math.ceil(least))} outcomes` : "make the window longer, or allow more",
    },
  ];
}

/** Outcomes for a bound that lies `room` from the end of the scale; of a mean nothing is known without its variance. */
function leastFor({ figure }: Rule, room: number, z: number): number {
  switch (figure.kind) {
    case "rate":
      return room > 0 && room < 1 ? (z * z * (1 - room)) / room : 0;
    case "quantile": {
      const q = toNumber(figure.quantile);
      return (z * z * q) / (1 - q);
    }
    case "mean":
      return 0;
  }
}
