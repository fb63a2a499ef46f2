import { z } from "zod";

const whole = z.number().int();
const figures = {
  correct: whole.describe("predictions that were right"),
  predictions: whole,
  accuracy: z.number().nullable().describe("correct/predictions; null without any"),
};
const games = z.object({ games: whole, wins: whole, ties: whole });

/** Where a cycle of slots stands: while it runs what is seen now, afterwards what was decided on. */
export const slotsProgress = z
  .object({
    model: z.string(),
    rolloutId: z.string(),
    status: z.enum(["running", "promoted", "retained", "rolled_back"]),
    mode: z.enum(["strict", "compat"]),
    epoch: whole.describe("of this cycle: outcomes that leave their epoch out are of it"),
    at: z.number().int().describe("when it was looked at, milliseconds since the Unix epoch"),
    slots: z
      .array(
        z.object({
          slot: z.string(),
          role: z.enum(["champion", "challenger", "shadow"]),
          version: z.string().nullable().describe("who held it then; null: nobody"),
          total: games.extend({ predictions: whole, correct: whole }).describe("under the slot's name since ever, whoever held it"),
          games: games.describe("of this cycle, of that version in this slot"),
          ...figures,
        }),
      )
      .describe("in the policy's order; accuracies are those that the mode goes by"),
    counts: z.object({ champion: games, challenger: games }).describe("the games that the verdict goes by"),
    test: z
      .object({
        id: z.string(),
        status: z.enum(["pass", "warn", "unproven", "fail", "unavailable"]),
        share: z.number().nullable().describe("strict mode: of the games with a winner that speak for the challenger"),
        interval: z.object({ low: z.number(), high: z.number(), level: z.number() }).nullable(),
        says: z.string(),
      })
      .describe("the comparison of the first two"),
    verdict: z.enum(["advance", "promote", "hold", "retain", "rollback"]),
    reason: z.string(),
    compatLabel: z.string().nullable(),
    swap: z.boolean(),
    reorderApplied: z.boolean(),
    rankings: z.array(z.object({ slot: z.string(), rank: whole.describe("among the challengers, from 1"), sourceSlot: z.string().describe("where its version comes from"), version: z.string().nullable(), ...figures })),
    assignments: z.array(z.object({ slot: z.string(), version: z.string().nullable(), previousVersion: z.string().nullable(), sourceSlot: z.string(), changed: z.boolean() })).describe("who has each slot after the decision"),
    tickers: z.object({ championGames: whole, challengerGames: whole, cycles: whole }).describe("games of the first two slots and cycles since they changed holders last"),
    z: z.number().nullable().describe("telemetry, by which nothing goes"),
    p: z.number().nullable(),
  })
  .meta({ id: "SlotsProgress" });
export type SlotsProgress = z.infer<typeof slotsProgress>;
