import { z } from "zod";

import type { DescribedOperation } from "../http/operation.ts";
import { PROMOTION_DECISIONS } from "./promotion-event.ts";
import { reportPayload } from "./report-payload.ts";

const count = z.int().nonnegative();
const aliases = z.array(z.looseObject({ alias: z.string() }));
const decision = z.enum(PROMOTION_DECISIONS);

const historyAnswer = z.array(
  z.strictObject({
    id: count,
    created_ts_utc: z.string(),
    model_type: z.string(),
    decision,
    z_statistic: z.number().nullable(),
    p_value: z.number().nullable(),
    ...sideOf("production"),
    ...sideOf("b"),
    production_games_since_swap: count,
    b_games_since_swap: count,
    promotion_cycles_since_swap: count,
    reorder_applied: z.boolean(),
    alias_rankings: aliases,
    alias_accuracies: aliases,
    alias_assignments: aliases,
    reason: z.string().nullable(),
    source: z.string(),
    origin: z.enum(["ledger", "report", "backfill"]),
    rank1_summary: z.string(),
    rank2_summary: z.string(),
    rank3_summary: z.string(),
    step2_order: z.string(),
    step2_accuracy: z.string(),
    step2_sources: z.string(),
  }),
);

const totalsAnswer = z.array(z.strictObject({ model: z.string(), period_start: z.string(), period_end: z.string(), swap_production_b: count, retain_production: count, insufficient_data: count, alias_reorder: count, total_events: count, reorders_applied: count }));

const reportAnswer = z.strictObject({ success: z.literal(true), model_type: z.string(), decision, reorder_applied: z.boolean(), alias_rankings: aliases, alias_accuracies: aliases, alias_assignments: aliases, reason: z.string().nullable(), production_games_since_swap: count, b_games_since_swap: count, promotion_cycles_since_swap: count, event_id: count });

/** Of one playing slot, null where it was not told. */
function sideOf<Side extends "production" | "b">(side: Side) {
  const known = count.nullable();
  return { [`${side}_wins`]: known, [`${side}_ties`]: known, [`${side}_total_games`]: known, [`${side}_win_rate`]: z.number().nullable() } as Record<`${Side}_${"wins" | "ties" | "total_games"}`, typeof known> & Record<`${Side}_win_rate`, z.ZodNullable<z.ZodNumber>>;
}

/** The routes for /openapi.json, under `path`; a test holds their answers against these shapes. */
export function promotionOperations(path: string): readonly DescribedOperation[] {
  const question = z.object({ limit: z.int().min(1).max(200).default(20), model_type: z.string().optional(), decision: decision.optional(), since: z.string().optional().describe("ISO 8601 with any offset") });
  return [
    { method: "POST", path: `${path}/report`, access: "internal", summary: "Records a promotion cycle that somebody else decided", body: reportPayload, answer: reportAnswer },
    { method: "POST", path: `${path}/backfill`, access: "internal", summary: "Records reports from NDJSON, one a line, all or none; known ones again are known", answer: z.strictObject({ success: z.literal(true), added: count, known: count }) },
    { method: "GET", path: `${path}/history`, access: "internal", summary: "Promotion cycles of Gauntlet's ledger and of reports, newest first", query: question, answer: historyAnswer },
    { method: "GET", path: `${path}/event_totals`, access: "internal", summary: "Cycles by decision: each family, strangers, ALL", query: z.object({ days: z.int().min(1).max(90).default(7) }), answer: totalsAnswer },
  ];
}
