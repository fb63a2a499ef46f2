import { Failure, type LedgerEntry } from "@gauntlet/core";
import { Hono } from "hono";
import { expect, test } from "vitest";

import { decidedEvent } from "./decided-event.ts";
import { createPromotionLedger } from "./promotion-ledger.ts";
import { promotionOperations } from "./promotion-operations.ts";
import { promotionRoutes } from "./promotion-routes.ts";
import { openPromotionStore } from "./promotion-store.ts";
import { parseInstant } from "./parse-instant.ts";
import { sqliteSession } from "./sql-session.ts";

// I24.
const NOW = Date.UTC(2026, 0, 31, 12);
const MINUTE_MS = 60_000;

type Row = Readonly<Record<string, unknown>>;

/** The routes over a real database, and over chains that a test writes. */
async function served(chains: Readonly<Record<string, readonly LedgerEntry[]>> = {}) {
  const written: Record<string, readonly LedgerEntry[]> = { ...chains };
  const reads: string[] = [];
  let isAway = false;
  const store = await openPromotionStore(sqliteSession(":memory:"));
  const ledger = createPromotionLedger({
    store,
    async *readChain(model, after) {
      reads.push(`${model}>${after}`);
      if (isAway) throw new Failure("store_unavailable", "away");
      yield* (written[model] ?? []).filter(({ seq }) => seq > after);
    },
  });
  const app = new Hono().route("/internal/promotion", promotionRoutes({ ledger, now: () => NOW }));
  app.onError((error, c) => c.json({ detail: error.message }, error instanceof Failure ? (error.status as 400) : 500));
  const ask = async (path: string, body?: string): Promise<{ readonly status: number; readonly json: never }> => {
    const answer = await app.request(`/internal/promotion${path}`, body === undefined ? {} : { method: "POST", body });
    return { status: answer.status, json: (await answer.json()) as never };
  };
  return {
    ask,
    ledger,
    written,
    reads,
    leave: () => {
      isAway = true;
    },
    report: (payload: Row) => ask("/report", JSON.stringify(payload)),
    history: async (query = ""): Promise<readonly Row[]> => (await ask(`/history${query}`)).json,
  };
}

const report = (some: Row = {}): Row => ({ model_type: "xgboost", decision: "retain_production", production_wins: 5, production_total_games: 10, b_wins: 3, b_total_games: 10, ...some });
const at = (minutes: number): string => new Date(NOW + minutes * MINUTE_MS).toISOString();

const RANKED = {
  reorder_applied: true,
  alias_rankings: [
    { alias: "shadow1", rank: 2, source_alias: "Production", accuracy: 0.3, total_predictions: 100 },
    { alias: "B", rank: 1, source_alias: "shadow1", accuracy: 0.45, total_predictions: 1 },
    { alias: "shadow2", rank: 3, source_alias: "shadow2", accuracy: null, total_predictions: 0 },
  ],
  alias_accuracies: [{ alias: "Production", accuracy: 0.3, total_predictions: 100 }],
  alias_assignments: [{ alias: "B", version: "12", source_alias: "shadow1", previous_version: "11", changed: true }],
};

test("a report is answered with what was recorded, and history shows it flat, ranks and rates made for tables", async () => {
  const { report: send, history } = await served();
  const answer = await send(report({ decision: "swap_production_b", b_wins: 8, z_statistic: 1.387, p_value: 0.0827, reason: "B leads", ...RANKED }));
  expect(answer).toMatchObject({ status: 200, json: { success: true, model_type: "xgboost", decision: "swap_production_b", reorder_applied: true, event_id: 1, production_games_since_swap: 0, b_games_since_swap: 0, promotion_cycles_since_swap: 0 } });
  const [row] = await history();
  expect(row).toMatchObject({
    id: 1, created_ts_utc: "2026-01-31T12:00:00.000Z", decision: "swap_production_b", z_statistic: 1.387, p_value: 0.0827, production_win_rate: 0.5, b_win_rate: 0.8, source: "auto_promotion", origin: "report",
    rank1_summary: "B <- shadow1 (1 pred, 45.0%)", rank2_summary: "shadow1 <- Production (100 preds, 30.0%)", rank3_summary: "shadow2",
    step2_order: "B > shadow1 > shadow2", step2_accuracy: "B: 45.0%, shadow1: 30.0%, shadow2: n/a", step2_sources: "B src=shadow1, shadow1 src=Production, shadow2 src=shadow2",
  });
  // A table reads scalars; the three documented lists are beside them.
  expect(Object.entries(row ?? {}).filter(([, value]) => typeof value === "object" && value !== null).map(([name]) => name)).toEqual(["alias_rankings", "alias_accuracies", "alias_assignments"]);
});

test("what is not known is null, and dashes stand where a table would be empty", async () => {
  const { report: send, history } = await served();
  await send({ model_type: "xgboost", decision: "insufficient_data", production_wins: 0, production_total_games: 0 });
  expect((await history())[0]).toMatchObject({ production_win_rate: null, b_win_rate: null, b_wins: null, z_statistic: null, rank1_summary: "-", rank2_summary: "-", rank3_summary: "-", step2_order: "-", step2_accuracy: "-", step2_sources: "-", alias_rankings: [] });
});

test.each([
  [{ decision: "promote" }, "/decision"],
  [{ model_type: "random_forest" }, "/model_type"],
  [{ model_type: undefined }, "/model_type"],
  [{ alias_rankings: [{ alias: "Production", rank: 1 }] }, "/alias_rankings/0/alias"],
  [{ alias_rankings: [{ alias: "B", rank: 1 }, { alias: "B", rank: 2 }] }, "more than once"],
  [{ alias_rankings: [{ alias: "B", rank: 4 }] }, "/alias_rankings/0/rank"],
  [{ alias_assignments: [{ alias: "C" }] }, "/alias_assignments/0/alias"],
  [{ production_wins: 11 }, "/production_wins"],
  [{ b_total_games: -1 }, "/b_total_games"],
  [{ p_value: 1.5 }, "/p_value"],
  [{ created_ts_utc: "yesterday" }, "/created_ts_utc"],
  [{ created_ts_utc: "2027-01-01T00:00:00Z" }, "in the future"],
])("a report with %j is refused, and leaves no trace in history or figures", async (wrong, named) => {
  const { report: send, history, ledger } = await served();
  const { status, json } = await send(report(wrong));
  expect([status, JSON.stringify(json)]).toEqual([400, expect.stringContaining(named)]);
  expect(await history()).toEqual([]);
  expect((await ledger.figures()).every(({ newest, reorders }) => newest === null && reorders === 0)).toBe(true);
});

test("history is in the order of instants, whatever the text of their fractions or offsets", async () => {
  const { report: send, history } = await served();
  for (const [reason, created] of [["third", "2026-01-31T10:00:00.25Z"], ["first", "2026-01-31T10:00:00Z"], ["fourth", "2026-01-31T11:00:01+01:00"], ["second", "2026-01-31T10:00:00.1Z"]]) await send(report({ reason, created_ts_utc: created }));
  expect((await history()).map(({ reason }) => reason)).toEqual(["fourth", "third", "second", "first"]);
  expect((await history("?since=2026-01-31T12:00:00.250%2B02:00")).map(({ reason }) => reason)).toEqual(["fourth", "third"]);
  expect((await history("?since=2026-01-31T12:00:00.250+02:00&limit=1")).map(({ reason }) => reason)).toEqual(["fourth"]);
  expect((await history("?since=2026-01-31T05:00:00.101-0500")).length).toBe(2);
});

test("history can be asked for a family and a decision, and refuses what makes no sense", async () => {
  const { report: send, history, ask } = await served();
  await send(report({ reason: "a" }));
  await send(report({ reason: "b", decision: "insufficient_data" }));
  await send(report({ reason: "c", model_type: "feedforward_nn" }));
  expect((await history("?model_type=xgboost&decision=RETAIN_PRODUCTION")).map(({ reason }) => reason)).toEqual(["a"]);
  expect(await history("?model_type=")).toHaveLength(3);
  for (const query of ["limit=0", "limit=201", "limit=ten", "limit=-1", "since=yesterday", "since=2026-02-30T00:00:00Z", "decision=promote"]) expect((await ask(`/history?${query}`)).status, query).toBe(400);
  for (const days of [0, 91, "x"]) expect((await ask(`/event_totals?days=${days}`)).status).toBe(400);
});

test("V12: games and cycles since the swap, where a report doesn't tell all three", async () => {
  const { report: send } = await served();
  const tickers = async (decision: string, games: readonly [number, number], minutes: number) => {
    const { json } = await send(report({ decision, production_wins: 0, b_wins: 0, production_total_games: games[0], b_total_games: games[1], created_ts_utc: at(minutes) }));
    const { production_games_since_swap: production, b_games_since_swap: b, promotion_cycles_since_swap: cycles } = json as Row;
    return [production, b, cycles];
  };
  expect(await tickers("retain_production", [7, 9], -9)).toEqual([7, 9, 1]);
  expect(await tickers("swap_production_b", [16, 30], -8)).toEqual([0, 0, 0]);
  expect(await tickers("retain_production", [16, 31], -7)).toEqual([0, 1, 1]);
  await send(report({ model_type: "feedforward_nn", created_ts_utc: at(-6.5) }));
  expect(await tickers("insufficient_data", [16, 31], -6)).toEqual([0, 1, 2]);
  expect(await tickers("retain_production", [2, 5], -5)).toEqual([2, 5, 3]);
  const told = await send(report({ production_games_since_swap: 40, b_games_since_swap: 41, promotion_cycles_since_swap: 42 }));
  expect(told.json).toMatchObject({ production_games_since_swap: 40, promotion_cycles_since_swap: 42 });
});

test("event totals have a row for each family, strangers of old exports, and all of them, with zeros", async () => {
  const { report: send, ask } = await served();
  await send(report({ decision: "swap_production_b", reorder_applied: true, created_ts_utc: at(-10) }));
  await send(report({ created_ts_utc: at(-11) }));
  await send(report({ created_ts_utc: at(-60 * 24 * 8) }));
  await ask("/backfill", JSON.stringify(report({ model_type: "naive_bayes", decision: "alias_reorder", created_ts_utc: at(-5) })));
  const rows: readonly Row[] = (await ask("/event_totals")).json;
  expect(rows.map(({ model, swap_production_b, retain_production, insufficient_data, alias_reorder, total_events, reorders_applied }) => [model, swap_production_b, retain_production, insufficient_data, alias_reorder, total_events, reorders_applied])).toEqual([
    ["xgboost", 1, 1, 0, 0, 2, 1],
    ["feedforward_nn", 0, 0, 0, 0, 0, 0],
    ["multinomial_logistic", 0, 0, 0, 0, 0, 0],
    ["naive_bayes", 0, 0, 0, 1, 1, 0],
    ["ALL", 1, 1, 0, 1, 3, 1],
  ]);
  expect(rows[0]).toMatchObject({ period_start: "2026-01-24T12:00:00.000Z", period_end: "2026-01-31T12:00:00.000Z" });
  expect(((await ask("/event_totals?days=90")).json as readonly Row[]).at(-1)).toMatchObject({ total_events: 4 });
});

test("a backfill is all or nothing, names bad lines by number, and is known when it comes again", async () => {
  const { ask, history } = await served();
  const lines = [report({ created_ts_utc: at(-3), ...RANKED }), report({ created_ts_utc: at(-2) }), report({ created_ts_utc: at(-1), decision: "swap_production_b" })].map((line) => JSON.stringify(line));
  const bad = await ask("/backfill", [lines[0], "", "{", JSON.stringify(report()), lines[1]].join("\n"));
  expect([bad.status, JSON.stringify(bad.json)]).toEqual([400, expect.stringMatching(/line 3 is no JSON; line 4, \/created_ts_utc is missing/)]);
  expect(await history()).toEqual([]);
  expect((await ask("/backfill", `${lines.toReversed().join("\r\n")}\r\n`)).json).toEqual({ success: true, added: 3, known: 0 });
  expect((await ask("/backfill", lines.join("\n"))).json).toEqual({ success: true, added: 0, known: 3 });
  const rows = await history();
  expect(rows.map(({ decision, promotion_cycles_since_swap: cycles, origin }) => [decision, cycles, origin])).toEqual([["swap_production_b", 0, "backfill"], ["retain_production", 2, "backfill"], ["retain_production", 1, "backfill"]]);
  // What history shows can be filled in elsewhere, and is known here.
  const exported = rows.map((row) => JSON.stringify(row)).join("\n");
  expect((await ask("/backfill", exported)).json).toEqual({ success: true, added: 0, known: 3 });
  const elsewhere = await served();
  expect((await elsewhere.ask("/backfill", exported)).json).toEqual({ success: true, added: 3, known: 0 });
  expect((await elsewhere.history()).map((row) => ({ ...row, id: 0 }))).toEqual(rows.map((row) => ({ ...row, id: 0 })));
});

const ACCURACY = (slot: string, version: string, correct: number) => ({ slot, version, correct, predictions: 100, accuracy: correct / 100 });

/** V10, as the decision of a cycle says it. */
function cycle(seq: number, some: { readonly becomes?: string; readonly verdict?: string; readonly swap?: boolean; readonly kind?: string; readonly minutes?: number; readonly plan?: object } = {}): LedgerEntry {
  const { becomes = "promoted", verdict = "promote", swap = true, kind = "decision", minutes = seq - 100 } = some;
  const slots = {
    swap,
    reorderApplied: true,
    rankings: [{ slot: "B", rank: 1, sourceSlot: "shadow1", version: "12", correct: 45, predictions: 100, accuracy: 0.45 }, { slot: "shadow1", rank: 2, sourceSlot: "Production", version: "10", correct: 30, predictions: 100, accuracy: 0.3 }, { slot: "shadow2", rank: 3, sourceSlot: "shadow2", version: "13", correct: 30, predictions: 100, accuracy: 0.3 }],
    accuracies: [ACCURACY("Production", "10", 30), ACCURACY("B", "11", 40), ACCURACY("shadow1", "12", 45), ACCURACY("shadow2", "13", 30)],
    assignments: [["Production", "B", "11", "10"], ["B", "shadow1", "12", "11"], ["shadow1", "Production", "10", "12"], ["shadow2", "shadow2", "13", "13"]].map(([slot, sourceSlot, version, previousVersion]) => ({ slot, sourceSlot, version, previousVersion, changed: version !== previousVersion })),
    counts: { champion: { games: 10, wins: 5, ties: 1 }, challenger: { games: 10, wins: 8, ties: 0 } },
    z: 1.4,
    p: 0.08,
    tickers: { championGames: 0, challengerGames: 0, cycles: 0 },
  };
  const decision = { id: `d-${seq}`, at: NOW + minutes * MINUTE_MS, verdict, sentence: "B won more of its games.", slots };
  return { chain: "rps_bot_xgboost", seq, at: decision.at, prev: "", hash: `hash-${seq}`, event: { kind, decision, plan: { becomes, effects: [], ...some.plan } } } as unknown as LedgerEntry;
}

test("V10: the decision that ends a cycle is an event, its verdict apart from the reorder; what precedes it is none", () => {
  expect(decidedEvent("xgboost", cycle(4))).toMatchObject({
    modelType: "xgboost", decision: "swap_production_b", reorderApplied: true, zStatistic: 1.4, source: "gauntlet", production: { games: 10, wins: 5, ties: 1 },
    assignments: [{ alias: "Production", version: "11", sourceAlias: "B", previousVersion: "10", changed: true }, { alias: "B", version: "12", sourceAlias: "shadow1" }, { alias: "shadow1", version: "10", sourceAlias: "Production" }, { alias: "shadow2", changed: false }],
  });
  expect(decidedEvent("xgboost", cycle(4, { verdict: "retain", becomes: "retained", swap: false }))).toMatchObject({ decision: "retain_production", reorderApplied: true });
  expect(decidedEvent("xgboost", cycle(4, { verdict: "hold", becomes: "retained", swap: false }))).toMatchObject({ decision: "insufficient_data", reorderApplied: true });
  expect(decidedEvent("xgboost", cycle(4, { verdict: "hold", becomes: "running", swap: false }))).toBeNull();
  expect(decidedEvent("xgboost", cycle(4, { verdict: "hold", becomes: "running", swap: false, plan: { closes: true } }))).toMatchObject({ decision: "insufficient_data" });
  expect(decidedEvent("xgboost", cycle(4, { kind: "plan.applied" }))).toBeNull();
});

test("a promotion that is taken back is an exchange too, with the versions that it puts back", () => {
  const effects = [["Production", "11"], ["B", "10"], ["shadow1", "12"]].map(([alias, version]) => ({ kind: "registry.alias", alias, version }));
  const entry = cycle(5, { verdict: "rollback", becomes: "rolled_back", swap: false, plan: { effects, after: { baseline: { decisionId: "d-5" } } } });
  expect(decidedEvent("xgboost", entry)).toMatchObject({
    decision: "swap_production_b",
    tickers: { productionGames: 0, bGames: 0, cycles: 0 },
    assignments: [{ alias: "Production", version: "11", sourceAlias: "B", previousVersion: "10", changed: true }, { alias: "B", version: "10", sourceAlias: "Production", changed: true }, { alias: "shadow1", version: "12", sourceAlias: "shadow1", changed: false }, { alias: "shadow2", version: "13", changed: false }],
  });
  // While a cycle runs, a rollback leaves Production where it is.
  expect(decidedEvent("xgboost", cycle(6, { verdict: "rollback", becomes: "rolled_back", swap: false }))).toMatchObject({ decision: "retain_production" });
});

test("Gauntlet's ledger and reports are one history; what was read is not read again, and a ledger that is another one replaces its copy", async () => {
  const { history, report: send, written, reads, ask } = await served({ rps_bot_xgboost: [cycle(1, { kind: "rollout.started" }), cycle(2)] });
  await send(report({ reason: "reported", created_ts_utc: at(-97.5) }));
  written["rps_bot_xgboost"] = [...(written["rps_bot_xgboost"] ?? []), cycle(3, { verdict: "retain", becomes: "retained", swap: false })];
  expect((await history()).map(({ decision, origin }) => [decision, origin])).toEqual([["retain_production", "ledger"], ["retain_production", "report"], ["swap_production_b", "ledger"]]);
  reads.length = 0;
  await history();
  expect(reads.filter((read) => read.startsWith("rps_bot_xgboost"))).toEqual(["rps_bot_xgboost>2"]);
  // An export of the ledger's own rows is known.
  expect((await ask("/backfill", (await history()).map((row) => JSON.stringify(row)).join("\n"))).json).toEqual({ success: true, added: 0, known: 3 });
  written["rps_bot_xgboost"] = [{ ...cycle(3, { verdict: "hold", becomes: "retained", swap: false }), hash: "of another ledger" }];
  expect((await history()).map(({ decision, origin }) => [decision, origin])).toEqual([["insufficient_data", "ledger"], ["retain_production", "report"]]);
});

test("while the ledger can't be read, nothing stale is answered and nothing is recorded", async () => {
  const { history, report: send, leave, ask, ledger } = await served({ rps_bot_xgboost: [cycle(1)] });
  expect(await history()).toHaveLength(1);
  leave();
  expect((await ask("/history")).status).toBe(503);
  expect((await send(report())).status).toBe(503);
  await expect(ledger.figures()).rejects.toThrow("away");
});

test("every answer has the shape that the description gives it", async () => {
  const { ask, report: send } = await served({ rps_bot_xgboost: [cycle(1)] });
  const shapes = new Map(promotionOperations("").map(({ path, answer }) => [path, answer!]));
  const answers = { "/report": await send(report(RANKED)), "/backfill": await ask("/backfill", JSON.stringify(report({ created_ts_utc: at(-4) }))), "/history": await ask("/history"), "/event_totals": await ask("/event_totals") };
  expect([...shapes.keys()]).toEqual(Object.keys(answers));
  for (const [path, { status, json }] of Object.entries(answers)) expect([status, shapes.get(path)?.safeParse(json).error?.message], path).toEqual([200, undefined]);
});

test("instants of every offset are read, and what is none is refused", () => {
  const noon = Date.UTC(2026, 0, 31, 12);
  for (const text of ["2026-01-31T12:00:00Z", "2026-01-31T14:00:00+02:00", "2026-01-31T06:30:00-05:30", "2026-01-31 12:00", "2026-01-31T12:00:00.000999999+0000", "2026-01-31T14:00:00 02:00", "2026-01-31t12:00:00z"]) expect(parseInstant(text), text).toBe(noon);
  expect(parseInstant("2026-01-31")).toBe(noon - 12 * 60 * MINUTE_MS);
  for (const text of ["", "noon", "2026-13-01", "2026-02-29", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:00+24:00", "1769860800000"]) expect(parseInstant(text), text).toBeNull();
});
