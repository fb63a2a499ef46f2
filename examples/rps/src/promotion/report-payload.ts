import { Failure } from "@gauntlet/core";
import { z } from "zod";

import { MODEL_NAMES, SLOTS } from "../serving/slots.ts";
import { parseInstant } from "./parse-instant.ts";
import { PROMOTION_DECISIONS, type PromotionEvent } from "./promotion-event.ts";

/** What a report may say, under the names that the platform documents. What it says beside that is not kept. */

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const slot = z.string().trim().pipe(z.enum(SLOTS));
const challenger = z.string().trim().pipe(z.enum(["B", "shadow1", "shadow2"]));
const text = z.string().max(2000);
const version = z.union([z.string().max(64), z.int().nonnegative().transform(String)]);

const instant = z.string().transform((value, context) => {
  const at = parseInstant(value);
  if (at === null) context.addIssue({ code: "custom", message: "is no instant in ISO 8601" });
  return at ?? z.NEVER;
});

const ranking = z
  .object({ alias: challenger, rank: z.int().min(1).max(3), source_alias: slot.nullish(), accuracy: share.nullish(), total_predictions: count.nullish() })
  .transform((told) => ({ alias: told.alias, rank: told.rank, sourceAlias: told.source_alias ?? null, accuracy: told.accuracy ?? null, totalPredictions: told.total_predictions ?? null }));

const accuracy = z
  .object({ alias: slot, source_alias: slot.nullish(), accuracy: share.nullish(), total_predictions: count.nullish() })
  .transform((told) => ({ alias: told.alias, sourceAlias: told.source_alias ?? null, accuracy: told.accuracy ?? null, totalPredictions: told.total_predictions ?? null }));

const assignment = z
  .object({ alias: slot, version: version.nullish(), source_alias: slot.nullish(), previous_version: version.nullish(), changed: z.boolean().default(false) })
  .transform((told) => ({ alias: told.alias, version: told.version ?? null, sourceAlias: told.source_alias ?? null, previousVersion: told.previous_version ?? null, changed: told.changed }));

export const reportPayload = z
  .object({
    model_type: z.string().trim().toLowerCase().regex(/^[a-z0-9_]{1,64}$/, "a family is 1 to 64 letters, digits and _"),
    decision: z.string().trim().toLowerCase().pipe(z.enum(PROMOTION_DECISIONS)),
    z_statistic: z.number().nullish(),
    p_value: share.nullish(),
    production_wins: count.nullish(),
    production_ties: count.nullish(),
    production_total_games: count.nullish(),
    b_wins: count.nullish(),
    b_ties: count.nullish(),
    b_total_games: count.nullish(),
    production_games_since_swap: count.nullish(),
    b_games_since_swap: count.nullish(),
    promotion_cycles_since_swap: count.nullish(),
    reorder_applied: z.boolean().default(false),
    alias_rankings: z.array(ranking).max(3).default([]),
    alias_accuracies: z.array(accuracy).max(4).default([]),
    alias_assignments: z.array(assignment).max(4).default([]),
    reason: text.nullish(),
    source: z.string().trim().min(1).max(64).default("auto_promotion"),
    created_ts_utc: instant.nullish(),
  })
  .superRefine((told, context) => {
    for (const side of ["production", "b"] as const) {
      const [wins, games] = [told[`${side}_wins`], told[`${side}_total_games`]];
      if ((wins ?? 0) + (told[`${side}_ties`] ?? 0) > (games ?? Number.POSITIVE_INFINITY)) context.addIssue({ code: "custom", path: [`${side}_wins`], message: "are more than the games that were played" });
    }
    for (const list of ["alias_rankings", "alias_accuracies", "alias_assignments"] as const) {
      const aliases = told[list].map(({ alias }) => alias);
      if (new Set(aliases).size < aliases.length) context.addIssue({ code: "custom", path: [list], message: "names an alias more than once" });
    }
    const ranks = told.alias_rankings.map(({ rank }) => rank);
    if (new Set(ranks).size < ranks.length) context.addIssue({ code: "custom", path: ["alias_rankings"], message: "gives a rank more than once" });
  });

/** What may differ between a report as it happens and a line of an export. */
export interface ReportRules {
  readonly now: number;
  /** An export may speak of families that are gone, and must say when; a report may not, and need not. */
  readonly origin: "report" | "backfill";
}

/** A clock may be so far ahead of ours. */
const AHEAD_MS = 300_000;

/** @throws Failure `invalid_input` that names every place. */
export function parseReport(json: unknown, { now, origin }: ReportRules): PromotionEvent {
  const parsed = reportPayload.safeParse(json);
  if (!parsed.success) throw refusal(parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.join("/")}`, detail: message })));
  const told = parsed.data;
  if (origin === "report" && !Object.hasOwn(MODEL_NAMES, told.model_type)) throw refusal([{ pointer: "/model_type", detail: `is none of ${Object.keys(MODEL_NAMES).join(", ")}` }]);
  if (origin === "backfill" && told.created_ts_utc == null) throw refusal([{ pointer: "/created_ts_utc", detail: "is missing: without it a line could not be told from another" }]);
  const at = told.created_ts_utc ?? now;
  if (at > now + AHEAD_MS) throw refusal([{ pointer: "/created_ts_utc", detail: "lies in the future" }]);
  return eventOf(told, at);
}

function eventOf(told: z.output<typeof reportPayload>, at: number): PromotionEvent {
  const tickers = [told.production_games_since_swap, told.b_games_since_swap, told.promotion_cycles_since_swap];
  const [productionGames, bGames, cycles] = tickers;
  return {
    at,
    modelType: told.model_type,
    decision: told.decision,
    zStatistic: told.z_statistic ?? null,
    pValue: told.p_value ?? null,
    production: { wins: told.production_wins ?? null, ties: told.production_ties ?? null, games: told.production_total_games ?? null },
    b: { wins: told.b_wins ?? null, ties: told.b_ties ?? null, games: told.b_total_games ?? null },
    reorderApplied: told.reorder_applied,
    rankings: told.alias_rankings.toSorted((one, other) => one.rank - other.rank),
    accuracies: told.alias_accuracies,
    assignments: told.alias_assignments,
    // All three or none: two of them are no account of a swap.
    tickers: productionGames == null || bGames == null || cycles == null ? null : { productionGames, bGames, cycles },
    reason: told.reason ?? null,
    source: told.source,
  };
}

function refusal(problems: readonly { readonly pointer: string; readonly detail: string }[]): Failure {
  return new Failure("invalid_input", `the report is not valid: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ")}`, { fix: "mend what is named, and send it again: nothing was recorded", problems });
}
