import { z } from "zod";

const share = z.number().nullable();
const amount = z.number().nullable();

/** What these pages read of a row of /internal/promotion/history, the newest first. */
const promotion = z.object({
  id: z.number(),
  created_ts_utc: z.string(),
  model_type: z.string(),
  decision: z.enum(["swap_production_b", "retain_production", "insufficient_data", "alias_reorder"]),
  z_statistic: z.number().nullable(),
  p_value: z.number().nullable(),
  production_wins: amount,
  production_total_games: amount,
  production_win_rate: share,
  b_wins: amount,
  b_total_games: amount,
  b_win_rate: share,
  reorder_applied: z.boolean(),
  alias_accuracies: z.array(z.object({ alias: z.string(), accuracy: share, total_predictions: amount })),
  alias_assignments: z.array(z.object({ alias: z.string(), version: z.string().nullable(), source_alias: z.string().nullable(), changed: z.boolean() })),
  reason: z.string().nullable(),
});
export type Promotion = z.output<typeof promotion>;

export const promotions = z.array(promotion);
