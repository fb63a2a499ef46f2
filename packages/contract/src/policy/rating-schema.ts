import type { Rational } from "@gauntlet/core";
import { z } from "zod";

import { artifact } from "./artifact-schema.ts";
import { onForeignMove, signatures } from "./base-schema.ts";
import { margin } from "./check-schema.ts";
import { monitor } from "./monitor-schema.ts";
import { fraction, name, probability, share } from "./scalars.ts";

const games = z.number().int().min(0).max(10_000_000);
const score = z.string().regex(/^[\w./ :-]{1,250}$/, "the name of a score of the version's run").meta({ title: "name of a score" });

const baseline = z
  .union([z.literal("champion"), z.literal("none"), z.strictObject({ participant: z.string().min(1).max(200).describe("an id of the matches") })])
  .meta({ title: "`champion`, `none` or a participant" });

const criteria = z.strictObject({
  minEloImprovement: margin.optional().describe("Elo points over the baseline (25; of a rollback 0); strict mode asks for proof of more than that"),
  minGames: games.default(50).describe("games before anything is judged: in compat mode all that the challenger played, in strict mode those against the baseline"),
  minWinRate: share.optional().describe("points per game (52%; of a rollback 50%); strict mode asks for it of the exact lower bound, against the baseline"),
  maxValueMseDegradation: margin.nullable().optional().describe("how much larger the error of the value head of the challenger's run may be than that of the champion's; null or left out: not asked"),
  valueMse: score.default("value_mse").describe("under which name the runs have that error"),
  confidence: probability.prefault("95%").describe("1 − the chance that a version is promoted that is no more than minEloImprovement better"),
  maxGames: games.nullable().default(null).describe("strict mode: games after which a gain that is not proven is given up; null: it goes on"),
  wilson: z.boolean().default(false).describe("compat mode: also ask for a half of the lower end of Wilson's interval of the win rate (a later rule of the reference)"),
  minElo: fraction.nullable().default(null).describe("compat mode: Elo points that must be reached whatever the baseline has (a later rule of the reference)"),
  eloFall: fraction.prefault(-30).describe("compat mode, of a rollback: how far the champion's ratings fell over its latest games, as a negative number"),
});

const tier = z.strictObject({
  target: name.describe("the tier that is promoted to, one of the ladder"),
  minGames: games.default(100).describe("games of the version, against anybody"),
  ladder: z.record(name, fraction).describe("the Elo points from which a version belongs to each tier, ascending"),
});

const gate = z.strictObject({
  minGames: games.default(50).describe("games in tournaments"),
  minElo: fraction.prefault(1400).describe("Elo points"),
  minAccuracy: share.nullable().prefault("30%").describe("accuracy of the policy head; null: not asked"),
  accuracy: score.default("policy_accuracy").describe("under which name the challenger's run has that accuracy"),
});

/** A policy file of kind `rating`, as written by people. */
export const ratingFile = z.strictObject({
  kind: z.literal("rating").describe("the kind of policy"),
  name: name.describe("of the policy, for people"),
  model: name.describe("the registered model it is for"),
  mode: z.enum(["strict", "compat"]).default("strict").describe("strict: sound statistics; compat: points against thresholds, as the document has them that these promotions come from"),
  promotion: z
    .enum(["staging", "production", "tier", "champion", "rollback"])
    .describe("what the challenger becomes. staging: alias staging; production, champion: alias champion; tier: alias tier-<name>; rollback: a former version gets the champion's place back"),
  board: name.describe("only matches of this board are counted"),
  players: z.number().int().min(2).max(64).describe("only matches with so many seats are counted"),
  baseline: baseline.default("champion").describe("with whom the challenger is compared: the version that serves, a participant of the matches, or nobody (compat mode, and tiers)"),
  criteria: criteria.prefault({}).describe("what must be shown"),
  pairs: z.enum(["tournament", "none"]).default("tournament").describe("which games of the two are pairs with seats swapped, and count as one result; tournament: within a tournament the k-th game of either seating"),
  sprt: z
    .strictObject({
      width: fraction.refine((value) => value.parts > 0, "above 0").prefault(25).describe("Elo points above minEloImprovement at which a promotion is nearly sure; narrower takes more games"),
      beta: probability.prefault("5%").describe("the chance not to promote a version that is so much better"),
      scale: z.enum(["logistic", "normalized"]).default("logistic").describe("logistic: usual Elo; normalized: in units of the deviation of a game"),
    })
    .prefault({})
    .describe("strict mode: the sequential test of the difference"),
  spending: z.enum(["each", "across"]).default("each").describe("each: every challenger may err as often as confidence says; across: all challengers of the model together"),
  harm: z
    .strictObject({
      elo: fraction.refine((value) => value.parts > 0, "above 0").prefault(100).describe("Elo points below the baseline"),
      alpha: probability.prefault("0.1%").describe("chance of a false alarm over the whole rollout"),
    })
    .nullable()
    .prefault({})
    .describe("strict mode: a challenger that is surely so much weaker is put away at once; null: never"),
  tier: tier.nullable().default(null).describe("of a promotion to a tier"),
  gate: gate.nullable().default(null).describe("of a promotion to champion: the staging gate of the reference; null: what is asked of staging"),
  approval: z.strictObject(signatures).nullable().default(null).describe("who must sign before a promotion; null: nobody"),
  effects: z
    .array(z.enum(["registry.alias", "registry.tag", "registry.stage", "traffic", "document"]))
    .default(["registry.alias", "registry.tag", "document"])
    .describe("what a decision changes; with traffic, a promotion to champion also gives the version all of it"),
  monitor: monitor.optional(),
  artifact: artifact.optional(),
  onForeignMove,
});

export type RatingFile = z.output<typeof ratingFile>;

/** What a promotion asks for that its file leaves open: one that goes back asks for less. */
export function asked({ promotion, criteria: { minEloImprovement, minWinRate } }: RatingFile): { readonly minEloImprovement: Rational; readonly minWinRate: Rational } {
  const back = promotion === "rollback";
  return { minEloImprovement: minEloImprovement ?? { parts: back ? 0 : 25, of: 1 }, minWinRate: minWinRate ?? (back ? { parts: 1, of: 2 } : { parts: 13, of: 25 }) };
}
