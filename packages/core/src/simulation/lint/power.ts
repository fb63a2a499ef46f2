import type { CheckRule } from "../../policy/check-rule.ts";
import { toNumber } from "../../policy/rational.ts";
import { pairsNeeded } from "../../statistics/mcnemar-sample-size.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { proportionsNeeded } from "../../statistics/proportions-sample-size.ts";
import { jointChances } from "../world.ts";
import { percent, round, type Facts } from "./facts.ts";
import type { PolicyWarning } from "./warning.ts";

const POWER = 0.8;

type Rule = Extract<CheckRule, { kind: "superiority" }>;

/** Is the window long enough to prove the improvement, and is there a version that could? */
export function lintPower(facts: Facts): readonly PolicyWarning[] {
  const { policy } = facts;
  const found: PolicyWarning[] = [...tooFew(facts)];
  for (const [index, rule] of policy.checks.entries()) {
    if (rule.kind === "superiority") found.push(...ofRule(facts, rule, `/checks/${index}`));
  }
  for (const [index, rule] of policy.harm.entries()) {
    if (rule.kind === "recall" && !policy.shadow) {
      found.push({ code: "harm-blind", severity: "warning", pointer: `/harm/${index}`, says: "harm to recall is seen on pairs only, and without a shadow there are none: this rule can never act", fix: "set shadow: true, or leave the rule out" });
    }
  }
  return found;
}

function tooFew(facts: Facts): readonly PolicyWarning[] {
  const { policy, requests, outcomes, share } = facts;
  const smaller = Math.min(outcomes.champion, outcomes.challenger);
  if (requests === null || smaller >= policy.minSamples) return [];
  const factor = policy.minSamples / smaller;
  const days = daysFor(facts, factor);
  return [
    {
      code: "samples-out-of-reach",
      severity: "warning",
      pointer: "/minSamples",
      says: `by the last look the smaller arm has about ${round(smaller)} outcomes and needs ${round(policy.minSamples)}, so every challenger ends unproven`,
      fix: `let window.max be at least ${days}d, give the smaller arm more than ${percent(Math.min(share.champion, share.challenger))} of the traffic, or ask for fewer`,
    },
  ];
}

/** The whole days of a window that is `factor` times as long. */
function daysFor({ policy }: Facts, factor: number): number {
  return Math.ceil((Math.max(policy.window.minMs, policy.window.maxMs) / 86_400_000) * factor - 1e-6);
}

function ofRule(facts: Facts, rule: Rule, pointer: string): readonly PolicyWarning[] {
  const { policy, world, known, strict } = facts;
  const recall = world.champion.recall;
  const margin = rule.basis === "relative" ? toNumber(rule.improveBy) : toNumber(rule.improveBy) / recall;
  const hoped = Math.min(known.challenger?.recallChange ?? 2 * margin, 1 / recall - 1);
  if (margin > 1 / recall - 1 || (strict && known.challenger?.recallChange !== undefined && hoped <= margin)) {
    const most = margin > 1 / recall - 1 ? `the champion finds ${percent(recall)} of the positives, so at most ${percent(1 / recall - 1)} more can be found` : `the world says that the challenger finds ${percent(hoped)} more`;
    return [{ code: "improvement-out-of-reach", severity: "warning", pointer: `${pointer}/improveBy`, says: `${percent(margin)} more is asked for, but ${most}: no promotion is possible`, fix: "ask for less" }];
  }
  if (hoped <= margin && strict) return [];
  const needs = neededPositives(facts, { margin, hoped });
  const found: PolicyWarning[] = [];
  if (!policy.shadow) found.push(withoutShadow(facts, { margin, hoped, pointer: "/shadow" }));
  if (facts.requests !== null && needs.have < needs.need) {
    const factor = needs.need / needs.have;
    const days = daysFor(facts, factor);
    found.push({
      code: "window-too-short",
      severity: "warning",
      pointer: "/window/max",
      says: `to prove ${percent(margin)} more recall when the truth is ${percent(hoped)} takes about ${round(needs.need)} labelled positives${policy.shadow ? "" : " of the challenger"} (power 80 %), that is ${round(facts.requests * factor)} requests; by the last look there are about ${round(needs.have)}`,
      fix: `let window.max be at least ${days}d${policy.shadow ? "" : ", or set shadow: true"}, or ask for a smaller improvement than ${percent(margin)}`,
    });
  }
  return found;
}

interface Hope {
  readonly margin: number;
  readonly hoped: number;
}

/** Positives that the test needs, and that the last look has; pairs under a shadow, otherwise the challenger's own. */
function neededPositives(facts: Facts, hope: Hope): { readonly need: number; readonly have: number } {
  const { policy, world, requests, share } = facts;
  const labelled = (requests ?? 0) * world.prevalence * world.labels.coverage;
  return policy.shadow ? { need: pairs(facts, hope), have: labelled } : { need: unpaired(facts, hope), have: labelled * share.challenger };
}

/**
 * Compat mode tests for any difference (Connor 1987). Strict mode asks that the interval of the ratio lies above the
 * margin: n = (z_{1−α/2} + z_{power})²·ψ/(p₁p₂·ln²((1+e)/(1+m))), as the log of the ratio has variance ψ/(n·p₁p₂).
 */
function pairs({ world, alpha, strict }: Facts, { margin, hoped }: Hope): number {
  const joint = jointChances({ ...world, challenger: { recallChange: hoped, precisionChange: 0 } });
  const [up, down] = [joint[5], joint[6]].map((chance) => (chance as number) / world.prevalence) as [number, number];
  const any = pairsNeeded({ discordantUp: up, discordantDown: down, alpha, power: POWER }) ?? Number.POSITIVE_INFINITY;
  if (!strict) return any;
  const { recall } = world.champion;
  const gain = Math.log((1 + hoped) / (1 + margin));
  return Math.max(any, Math.ceil((zSum(alpha) ** 2 * (up + down)) / (recall * recall * (1 + hoped) * gain * gain)));
}

function unpaired({ world, alpha, strict, share }: Facts, { margin, hoped }: Hope): number {
  const first = world.champion.recall;
  const second = first * (1 + hoped);
  const ratio = share.champion / share.challenger;
  const any = proportionsNeeded({ first, second, ratio, alpha, power: POWER })?.second ?? Number.POSITIVE_INFINITY;
  if (!strict) return any;
  const gain = second - first * (1 + margin);
  return Math.max(any, Math.ceil((zSum(alpha) ** 2 * ((first * (1 - first)) / ratio + second * (1 - second))) / (gain * gain)));
}

function zSum(alpha: number): number {
  return -normalQuantile(alpha / 2) + normalQuantile(POWER);
}

function withoutShadow(facts: Facts, { pointer, ...hope }: Hope & { readonly pointer: string }): PolicyWarning {
  const { world, share } = facts;
  const alone = unpaired(facts, hope) / share.challenger / world.prevalence;
  const together = pairs(facts, hope) / world.prevalence;
  return {
    code: "unpaired",
    severity: "note",
    pointer,
    says: `without a shadow the versions answer different requests: to prove ${percent(hope.margin)} when the truth is ${percent(hope.hoped)} takes about ${round(alone)} requests (${round(unpaired(facts, hope))} positives of the challenger), in pairs about ${round(together)} (${round(pairs(facts, hope))} positives)`,
    fix: "set shadow: true, so that both versions answer each request",
  };
}
