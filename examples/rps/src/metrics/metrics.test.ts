import { expect, test } from "vitest";

import type { Slot } from "../serving/slots.ts";
import type { StoredPromotion } from "../promotion/promotion-event.ts";
import type { GuessCounts } from "../store/guess-counts.ts";
import { createRpsMetrics } from "./create-rps-metrics.ts";
import { parityOf } from "./parity.ts";
import type { FamilyPromotions } from "./promotion-gauges.ts";
import type { CountedGame } from "./rps-metrics.ts";

type Families = (() => Promise<readonly FamilyPromotions[]>) | null;

function counted(some: { readonly promotions?: Families; readonly activeGames?: () => Promise<number>; readonly guessCounts?: GuessCounts["of"] } = {}) {
  const metrics = createRpsMetrics({ splitRatio: (type) => (type === "xgboost" ? 0.3 : 0.5), promotions: some.promotions ?? null, guessCounts: some.guessCounts ?? (async () => []), activeGames: some.activeGames ?? null });
  return { metrics, series: async (): Promise<ReadonlyMap<string, number>> => seriesOf((await metrics.page()).body) };
}

/** `name{a="b"}` with its labels in order of name → value. */
function seriesOf(page: string): ReadonlyMap<string, number> {
  const lines = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const [, name = "", labels = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return [`${name}{${labels.split(",").toSorted().join(",")}}`.replace("{}", ""), Number(value)];
  }));
}

const game = (some: Partial<CountedGame> = {}): CountedGame => ({ policy: "forrest", modelType: "xgboost", alias: "B", isTest: false, ...some });
const GAME = '{difficulty="standard",model_type="xgboost",policy="forrest"}';
const SLOT = '{alias="B",difficulty="standard",model="xgboost"}';
const guess = (alias: Slot, move: "rock" | "paper", confidence = 0.6) => ({ alias, version: { Production: "10", B: "11", shadow1: "12", shadow2: "13" }[alias], move, confidence });

test("every series that can be known beforehand is there at 0, so that rate() sees the first of each", async () => {
  const { series } = counted();
  const page = await series();
  for (const name of [`rps_games_total${GAME}`, `rps_game_ties_total${GAME}`, `rps_model_games_by_alias_total${SLOT}`, 'rps_model_correct_predictions_by_alias_total{alias="shadow2",model="multinomial_logistic"}', 'rps_model_fallback_total{model="xgboost",reason="load_failed"}', 'rps_ab_exposure_total{variant="Production"}', 'rps_training_completed_total{model_type="feedforward_nn",status="failure"}', 'rps_model_games_won_total{model="xgboost@B"}']) expect(page.get(name), name).toBe(0);
  expect(page.get('rps_ab_split_ratio{model="xgboost"}')).toBe(0.3);
  expect(page.get("rps_ab_enabled")).toBe(1);
  // A ratio of nothing is absent, never 0; so is what nobody measures.
  expect([...page.keys()].filter((name) => /^rps_(ab_action_accuracy|ab_game_win_rate|model_fallback_ratio|active_games|promotion_ledger_up|model_promotion_z_statistic|data_drift_score|model_win_rate)/.test(name))).toEqual([]);
});

test("games and rounds are counted on the bot's side, a tie as a tie", async () => {
  const { metrics, series } = counted();
  for (const result of ["win", "lose", "lose", "draw"] as const) metrics.roundPlayed(game(), result);
  for (const winner of ["bot", "user", "tie", "bot"] as const) metrics.gameFinished(game(), winner);
  metrics.assigned(game());
  const page = await series();
  expect(["wins", "losses", "ties"].map((what) => page.get(`rps_action_${what}_total${GAME}`))).toEqual([2, 1, 1]);
  expect(["games", "game_wins", "game_losses", "game_ties"].map((what) => page.get(`rps_${what}_total${GAME}`))).toEqual([4, 2, 1, 1]);
  expect(["games", "game_wins", "game_losses", "game_ties"].map((what) => page.get(`rps_model_${what}_by_alias_total${SLOT}`))).toEqual([4, 2, 1, 1]);
  expect([page.get('rps_model_games_total{model="xgboost@B"}'), page.get('rps_model_games_won_total{model="xgboost@B"}'), page.get('rps_ab_games_won{model="xgboost@B"}')]).toEqual([4, 2, 2]);
  expect([page.get('rps_ab_game_win_rate{model="xgboost@B"}'), page.get('rps_ab_exposure_total{variant="B"}')]).toEqual([0.625, 1]);
});

test("what happens in a test game changes nothing", async () => {
  const { metrics, series } = counted();
  const before = await series();
  const trial = game({ isTest: true });
  metrics.assigned(trial);
  metrics.roundPlayed(trial, "win");
  metrics.botMoved(trial, { move: "rock", source: "model" });
  metrics.guessed(trial, { user: "rock", guesses: [guess("Production", "rock")] });
  metrics.gameFinished(trial, "bot");
  const stable = (page: ReadonlyMap<string, number>) => [...page].filter(([name]) => !name.startsWith("process_"));
  expect(stable(await series())).toEqual(stable(before));
});

test("guesses are counted for all four slots, by version for those that serve, and for the slot that plays", async () => {
  const { metrics, series } = counted({ guessCounts: async (versions) => versions.filter(({ version }) => version === "11").map((one) => ({ ...one, guesses: 2, right: 1 })) });
  for (const alias of ["Production", "B", "shadow1"] as const) metrics.modelLoaded({ modelType: "xgboost", alias }, { version: guess(alias, "rock").version, source: "cache", seconds: 0.2, trained: null });
  metrics.guessed(game(), { user: "rock", guesses: [guess("Production", "rock"), guess("B", "paper", 0.8), guess("shadow1", "rock", 1)] });
  metrics.guessed(game(), { user: "rock", guesses: [guess("Production", "rock"), guess("B", "rock", 0.8), guess("shadow1", "rock", 1)] });
  metrics.botMoved(game(), { move: "paper", source: "model" });
  metrics.botMoved(game(), { move: "paper", source: "fallback" });
  metrics.fallback("xgboost", "fallback");
  const page = await series();
  const by = (name: string, alias: string) => page.get(`${name}{alias="${alias}",model="xgboost"}`);
  expect(["Production", "B", "shadow1", "shadow2"].map((alias) => [by("rps_model_predictions_by_alias_total", alias), by("rps_model_correct_predictions_by_alias_total", alias)])).toEqual([[2, 2], [2, 1], [2, 2], [0, 0]]);
  expect(page.get('rps_model_predictions_correct_total{alias="B",model="xgboost",version="11"}')).toBe(1);
  expect(page.get('rps_model_prediction_accuracy{alias="B",model="xgboost",version="11"}')).toBe(0.5);
  expect(["rps_ab_actions_total", "rps_ab_actions_correct_total", "rps_ab_action_accuracy"].map((name) => page.get(`${name}{model="xgboost@B"}`))).toEqual([2, 1, 0.5]);
  expect(page.get('rps_ab_disagree_ratio{model="xgboost"}')).toBe(0.5);
  expect(page.get('rps_ab_calibration_error{model="xgboost@B"}')).toBeCloseTo(0.3);
  expect(page.get('rps_ab_calibration_error{model="xgboost@shadow1"}')).toBe(0);
  expect(page.get('rps_action_predictions_total{difficulty="standard",model_type="xgboost",move="paper",policy="forrest"}')).toBe(1);
  expect(page.get('rps_model_fallback_ratio{model="xgboost"}')).toBe(0.5);
  expect(page.get('rps_model_prediction_sources_total{model="xgboost",source="fallback"}')).toBe(1);
});

test("a slot shows the one version that it serves; a swap moves what is known of a version, and a later one begins anew", async () => {
  let isAway = false;
  const { metrics, series } = counted({ guessCounts: async (versions) => { if (isAway) throw new Error("away"); return versions.map(({ policy, version }) => ({ policy, version, guesses: 40, right: version === "10" && policy === "forrest" ? 40 : 0 })); } });
  const trained = { accuracy: 0.9, rows: 500, trainedAt: 1_767_225_600_000 };
  const load = (alias: Slot, version: string) => metrics.modelLoaded({ modelType: "xgboost", alias }, { version, source: "registry", seconds: 0.02, trained });
  load("Production", "10");
  load("B", "11");
  metrics.guessed(game(), { user: "rock", guesses: [guess("Production", "rock"), guess("B", "paper")] });
  load("Production", "11");
  load("B", "10");
  const page = await series();
  expect([...page.keys()].filter((name) => name.startsWith("rps_model_loaded_info")).toSorted()).toEqual(['rps_model_loaded_info{alias="B",model="xgboost",stage="None",version="10"}', 'rps_model_loaded_info{alias="Production",model="xgboost",stage="None",version="11"}']);
  expect(page.get('rps_model_prediction_accuracy{alias="B",model="xgboost",version="10"}')).toBe(1);
  expect(page.get('rps_model_predictions_total{alias="B",model="xgboost",version="10"}')).toBe(0);
  expect(page.has('rps_model_predictions_total{alias="Production",model="xgboost",version="10"}')).toBe(false);
  expect(page.get('rps_model_trained_timestamp_seconds{alias="B",model="xgboost",version="10"}')).toBe(1_767_225_600);
  expect(page.get('rps_model_load_seconds_count{model="xgboost",source="registry"}')).toBe(4);
  expect(["10", "11"].map((version) => page.get(`rps_model_parity_broken{alias="${version === "10" ? "B" : "Production"}",model="xgboost",version="${version}"}`))).toEqual([0, 1]);
  // What can't be read is no 0 of 0.
  isAway = true;
  expect([...(await series()).keys()].filter((name) => /^rps_model_(prediction_accuracy|parity)/.test(name))).toEqual([]);
  metrics.modelUnloaded({ modelType: "xgboost", alias: "B" });
  // A round that began before.
  metrics.guessed(game(), { user: "rock", guesses: [{ alias: "B", version: "10", move: "rock", confidence: 1 }] });
  const after = await series();
  expect([...after.keys()].filter((name) => name.includes('version="10"'))).toEqual([]);
  expect(after.get('rps_model_predictions_by_alias_total{alias="B",model="xgboost"}')).toBe(2);
});

test("parity: a third where nearly all was promised alarms after a hundred guesses, and what chance explains never does", () => {
  const promised = { accuracy: 1, rows: 600, trainedAt: 0 };
  expect(parityOf({ hits: 4, of: 12 }, promised).isBroken).toBe(false);
  expect(parityOf({ hits: 33, of: 100 }, promised).isBroken).toBe(true);
  const usual = { accuracy: 0.45, rows: 600, trainedAt: 0 };
  expect(parityOf({ hits: 390, of: 1000 }, usual).isBroken).toBe(false);
  expect(parityOf({ hits: 33_000, of: 100_000 }, usual).isBroken).toBe(false);
  expect(parityOf({ hits: 30_000, of: 100_000 }, usual).isBroken).toBe(true);
  expect(parityOf({ hits: 0, of: 0 }, usual)).toEqual({ low: 0, high: 1, isBroken: false });
});

const CYCLE: StoredPromotion = {
  id: 1, at: 1_767_225_600_000, modelType: "xgboost", decision: "retain_production", zStatistic: -0.4, pValue: null, production: { wins: 5, ties: 1, games: 10 }, b: { wins: 2, ties: 0, games: 8 }, reorderApplied: true,
  rankings: [{ alias: "B", rank: 1, sourceAlias: "shadow1", accuracy: 0.4, totalPredictions: 100 }, { alias: "shadow1", rank: 2, sourceAlias: "B", accuracy: 0.3, totalPredictions: 100 }], accuracies: [], assignments: [], tickers: { productionGames: 7, bGames: 9, cycles: 3 }, reason: null, source: "gauntlet", origin: "ledger",
};
const FAMILIES: readonly FamilyPromotions[] = [
  { modelType: "xgboost", newest: CYCLE, decisions: { swap_production_b: 2, retain_production: 5, insufficient_data: 1, alias_reorder: 0 }, reorders: 4 },
  { modelType: "feedforward_nn", newest: null, decisions: { swap_production_b: 0, retain_production: 0, insufficient_data: 0, alias_reorder: 0 }, reorders: 0 },
];

test("promotions are shown as the ledger says, and nothing of them while it can't be read", async () => {
  let isAway = false;
  const { series } = counted({ promotions: async () => { if (isAway) throw new Error("away"); return FAMILIES; }, activeGames: async () => 3 });
  const page = await series();
  const of = (name: string, more = "") => page.get(`${name}{${more}model="xgboost"}`);
  expect([of("rps_model_promotion_z_statistic"), of("rps_model_promotion_p_value"), of("rps_model_alias_reorders_total"), of("rps_model_promotion_cycles_since_swap"), of("rps_model_promotion_timestamp_seconds")]).toEqual([-0.4, undefined, 4, 3, 1_767_225_600]);
  expect([of("rps_model_promotion_events_total", 'decision="swap_production_b",'), of("rps_model_promotion_decision_state", 'decision="retain_production",'), of("rps_model_promotion_decision_state", 'decision="swap_production_b",')]).toEqual([2, 1, 0]);
  expect([of("rps_model_alias_rank", 'alias="shadow1",'), of("rps_model_games_since_production_swap", 'alias="Production",'), of("rps_model_games_since_production_swap", 'alias="B",')]).toEqual([2, 7, 9]);
  expect(of("rps_ab_win_lift")).toBeCloseTo(-0.25);
  expect(page.get('rps_model_promotion_events_total{decision="swap_production_b",model="feedforward_nn"}')).toBe(0);
  expect([page.get("rps_active_games"), page.get("rps_promotion_ledger_up")]).toEqual([3, 1]);
  // Asked twice at once, it is one page, and counters of the ledger don't add up.
  const [one, other] = await Promise.all([series(), series()]);
  expect(one.get('rps_model_promotion_events_total{decision="swap_production_b",model="xgboost"}')).toBe(2);
  expect(other).toEqual(one);
  isAway = true;
  const without = await series();
  expect([...without.keys()].filter((name) => name.startsWith("rps_model_promotion") || name.startsWith("rps_model_alias") || name.startsWith("rps_ab_win_lift"))).toEqual([]);
  expect(without.get("rps_promotion_ledger_up")).toBe(0);
});
