import { z } from "zod";

const whole = z.number().int();

const side = z.object({
  version: z.string().nullable().describe("null: the policy names a participant, and no version of the model"),
  participant: z.string(),
  games: whole.describe("all of its matches"),
  winRate: z.number().nullable(),
  serviceElo: z.number().nullable().describe("incremental Elo; null without a match"),
  elo: z.number().nullable().describe("by the fit of all matches; null when nobody is comparable with it"),
  standardError: z.number().nullable(),
  anchored: z.boolean().describe("whether the points are on the scale of anchors"),
});

/** How far a promotion by matches is. */
export const ratingProgress = z
  .object({
    model: z.string(),
    rolloutId: z.string(),
    config: z.string(),
    promotion: z.enum(["staging", "production", "tier", "champion", "rollback"]),
    challenger: side,
    baseline: side.nullable(),
    difference: z.object({ elo: z.number(), low: z.number(), high: z.number(), superiority: z.number() }).nullable().describe("challenger less baseline, by the fit of all matches; 95 %. null where they are not comparable, or there is no baseline"),
    games: whole.describe("of the two against each other"),
    singles: z.object({ wins: whole, draws: whole, losses: whole }).describe("of the challenger, in games that are in no pair"),
    pairs: z.array(whole).length(5).describe("pairs of games with seats swapped, by the challenger's points: 0, ½, 1, 1½, 2"),
    /** The sequential test of strict mode; null where points are compared, or there is nobody to compare with. */
    test: z
      .object({
        elo0: z.number().describe("no more than this is not to be promoted, but with chance alpha"),
        elo1: z.number().describe("so much more is not missed, but with chance beta"),
        alpha: z.number(),
        beta: z.number(),
        minGames: whole,
        maxGames: whole.nullable(),
        path: z.array(z.object({ games: whole, llr: z.number(), lower: z.number(), upper: z.number() })).describe("log-likelihood ratio after so many games, and the bounds that end the test; at most 200 points, the last one always"),
      })
      .nullable(),
    tiers: z.array(z.object({ name: z.string(), elo: z.number(), target: z.boolean() })).describe("of a promotion to a tier: from which points a version belongs to each"),
  })
  .meta({ id: "RatingProgress" });
export type RatingProgress = z.infer<typeof ratingProgress>;
