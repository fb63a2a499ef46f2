import { expect, test } from "vitest";

import { figuresOf } from "./figures.ts";
import type { Promotion } from "./promotion.ts";

/** V10 of the platform's documents: B won, and the challengers changed places. */
const SWAP: Promotion = {
  id: 1,
  created_ts_utc: "2026-01-01T00:00:00.000Z",
  model_type: "xgboost",
  decision: "swap_production_b",
  z_statistic: null,
  p_value: null,
  production_wins: 5,
  production_total_games: 10,
  production_win_rate: 0.5,
  b_wins: 8,
  b_total_games: 10,
  b_win_rate: 0.8,
  reorder_applied: true,
  alias_accuracies: ["Production", "B", "shadow1", "shadow2"].map((alias, place) => ({ alias, accuracy: [0.3, 0.4, 0.45, 0.3][place]!, total_predictions: 100 })),
  alias_assignments: [
    { alias: "Production", version: "11", source_alias: "B", changed: true },
    { alias: "B", version: "12", source_alias: "shadow1", changed: true },
    { alias: "shadow1", version: "10", source_alias: "Production", changed: true },
    { alias: "shadow2", version: "13", source_alias: "shadow2", changed: false },
  ],
  reason: null,
};

test("figures follow the version into the slot it got", () => {
  expect(figuresOf(SWAP, { slot: "Production", version: "11" })).toEqual({ accuracy: 0.4, predictions: 100, games: { won: 8, of: 10 } });
  expect(figuresOf(SWAP, { slot: "B", version: "12" })).toEqual({ accuracy: 0.45, predictions: 100, games: null });
  expect(figuresOf(SWAP, { slot: "shadow1", version: "10" })).toEqual({ accuracy: 0.3, predictions: 100, games: { won: 5, of: 10 } });
});

test("a version that came later was never judged", () => {
  expect(figuresOf(SWAP, { slot: "Production", version: "14" })).toBeNull();
  expect(figuresOf(undefined, { slot: "Production", version: "11" })).toBeNull();
});
