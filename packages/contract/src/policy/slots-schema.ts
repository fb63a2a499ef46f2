import { z } from "zod";

import { artifact } from "./artifact-schema.ts";
import { signatures } from "./base-schema.ts";
import { basisPoints, duration, name, probability } from "./scalars.ts";

const games = z.number().int().min(0).max(100_000_000);
const metricName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "a metric: lower-case letters, digits and '_'").meta({ title: "name of a metric" });

/** A policy file of kind `slots`, as written by people. */
export const slotsFile = z.strictObject({
  kind: z.literal("slots").describe("the kind of policy"),
  name: name.describe("of the policy, for people"),
  model: name.describe("the registered model it is for"),
  mode: z.enum(["strict", "compat"]).default("strict").describe("strict: sound statistics, of this cycle's versions alone; compat: rates compared as they are, counted under the slots' names since ever, as the document has them that slots come from"),
  slots: z.array(name).min(2).max(20).describe("aliases of the registry: the champion's, the challenger's, and those of shadows, which predict and never play"),
  win: metricName.default("game_score").describe("metric of finished games, for the version that played: 1 for a win, 0.5 for a tie, 0 for a loss"),
  accuracy: metricName.nullable().default("correct").describe("metric of predictions, of every slot's version: 1 for a right one, 0 for a wrong one; null: there is none, and challengers keep their order"),
  split: z
    .strictObject({ champion: basisPoints.describe("share of the games that the first slot gets"), challenger: basisPoints.describe("share of the second") })
    .prefault({ champion: "50%", challenger: "50%" })
    .describe("how the product gives games to the first two slots, each by a chance of its own; strict mode needs an even split"),
  minGames: games.optional().describe("games that each of the two needs before anything is judged (strict mode: 50; compat mode: 3)"),
  maxGames: games.min(1).nullable().default(null).describe("strict mode: games of both together after which a gain that is not proven is given up; null: it goes on"),
  alpha: probability.optional().describe("strict mode: the chance that a challenger is ever promoted that is no better (5 %); compat mode: what p is annotated against, and nothing goes by it (20 %)"),
  spending: z.enum(["each", "across"]).default("each").describe("each: every cycle may err as often as alpha says; across: all cycles of the model together"),
  srmAlpha: probability.prefault("0.1%").describe("strict mode: level of the test that games were split as planned (sample ratio mismatch)"),
  reorder: z
    .strictObject({
      minPredictions: z.number().int().min(1).max(100_000_000).default(200).describe("predictions that each of two challengers needs in this cycle"),
      alpha: probability.prefault("5%").describe("the chance that a cycle gives any slot to a challenger that is no more accurate than the one that had it"),
    })
    .nullable()
    .default(null)
    .describe("strict mode: challengers that are surely more accurate get the slots of those that are not, when a cycle ends; null: they keep theirs. Compat mode goes by accuracies as they are"),
  approval: z.strictObject(signatures).nullable().default(null).describe("strict mode: who must sign before the first two are exchanged; null: nobody"),
  bucket: duration.prefault("1h").describe("width of a time bucket of evidence"),
  effects: z
    .array(z.enum(["registry.alias", "registry.tag", "document"]))
    .default(["registry.alias", "registry.tag", "document"])
    .describe("what a decision changes; the product splits its own traffic"),
  artifact: artifact.optional(),
});

export type SlotsFile = z.output<typeof slotsFile>;
