import type { ExperimentJournal, ExperimentView } from "@gauntlet/contract";
import { BUCKETS, movedShares } from "@gauntlet/core";

import { basisPoints } from "./number.ts";

export type Variant = ExperimentView["variants"][number];
export type Change = ExperimentJournal["changes"][number];

export const ROLE_WORDS: Readonly<Record<Variant["role"], string>> = {
  baseline: "baseline",
  control: "cohort of the baseline",
  candidate: "candidate",
  arm: "arm",
};

export const STATUS_MEANING: Readonly<Record<ExperimentView["experiment"]["status"], string>> = {
  draft: "nobody is assigned yet",
  active: "units are assigned",
  paused: "who was assigned stays, nobody new is",
  completed: "nobody is assigned any more",
};

/** Variants that may serve, the largest share first; archived ones are apart. */
export function liveVariants({ variants }: { readonly variants: readonly Variant[] }): readonly Variant[] {
  return variants.filter((variant) => variant.archivedAt === null).toSorted((a, b) => b.basisPoints - a.basisPoints || a.position - b.position);
}

/** Where a variant's buckets lie on a bar of all of them, as parts of 1. */
export function pieces({ ranges }: Pick<Variant, "ranges">): readonly { readonly left: number; readonly width: number }[] {
  return ranges.map(({ from, to }) => ({ left: from / BUCKETS, width: (to - from) / BUCKETS }));
}

/** "control 100 % → 90 %, candidate_v7 0 % → 10 %"; shares that stayed are left out. */
export function changeWords(change: Pick<Change, "before" | "after">): string {
  const moved = movedShares(change).map(({ name, from, to }) => `${name} ${basisPoints(from)} → ${basisPoints(to)}`);
  return moved.length === 0 ? "no share moved" : moved.join(", ");
}

/** What a variant runs, in a few words. */
export function configWords({ config, configError }: Pick<Variant, "config" | "configError">): string {
  if (config === null) return configError === null ? "no configuration" : `invalid: ${configError}`;
  const strategy = typeof config["execution_strategy"] === "string" ? config["execution_strategy"] : "unknown";
  return strategy.replaceAll("_", " ");
}
