import type { MonitorRules } from "@gauntlet/core";
import { z } from "zod";

import { duration, fraction, probability, share } from "./scalars.ts";

const points = fraction.refine((value) => value.parts > 0, "a number above 0").meta({ title: "Elo points, above 0" });

/** The section `monitor` of a policy file: it may be left out, and each of its keys may. */
export const monitor = z
  .strictObject({
    mode: z.enum(["rollback", "notify"]).default("rollback").describe("rollback: takes the version back, as a person would; notify: only tells"),
    watch: duration.nullable().default(null).describe("how long after the promotion; null: as long as the version serves"),
    every: duration.prefault("5m").describe("checks are at least so far apart; one without new evidence is none"),
    window: duration.prefault("1h").describe("a check that is older no longer counts"),
    consecutive: z.number().int().min(1).max(100).default(3).describe("so many checks in a row must show a regression"),
    minSamples: z.number().int().min(1).optional().describe("matches or outcomes since the promotion before anything is judged; left out: 20 matches, or minSamples of the policy"),
    alpha: probability.prefault("1%").describe("chance that a figure that is no worse is ever called so, however often it is looked at"),
    severe: fraction
      .refine((value) => value.parts > value.of, "a number above 1")
      .prefault(2)
      .describe("so many times what is allowed, and surely worse: taken back at once"),
    drop: points.prefault(30).describe("of kind rating: Elo points that it may lose"),
    winRate: share.nullable().prefault("40%").describe("of kind rating: a share of the points below this takes it back at once; in strict mode, of those against what served before. null: not asked"),
    adaptive: z.boolean().default(false).describe("of kind rating: what it may lose follows the board and the strength"),
    cooldown: duration.prefault("1h").describe("after a rollback of the model, the next is withheld so long"),
    perDay: z.number().int().min(1).max(1000).nullable().default(3).describe("rollbacks of the model within 24 hours; the next is withheld. null: any number"),
    escalation: z.boolean().default(false).describe("instead of the cap: answers that grow with the rollbacks of 24 hours, from a longer cooldown to calling a person"),
  })
  .check(({ value, issues }) => {
    if (value.every * (value.consecutive - 1) > value.window) issues.push({ code: "custom", path: ["window"], input: value, message: `is too short for ${value.consecutive} checks that are ${value.every / 1000} s apart` });
  })
  .describe("how the version is watched after its promotion; left out: nobody looks");

/** The rules that the section means. `minSamples`: of the policy. */
export function monitorRulesOf(file: z.output<typeof monitor>, { minSamples }: { readonly minSamples: number }): MonitorRules {
  return {
    mode: file.mode,
    watchMs: file.watch,
    everyMs: file.every,
    windowMs: file.window,
    consecutive: file.consecutive,
    minSamples: file.minSamples ?? minSamples,
    alpha: file.alpha,
    severeTimes: file.severe,
    rating: { dropMax: file.drop, winRateMin: file.winRate, adaptive: file.adaptive },
    cooldownMs: file.cooldown,
    perDayMax: file.perDay,
    escalation: file.escalation,
  };
}
