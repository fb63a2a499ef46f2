import { startPostgres, type RunningPostgres } from "@gauntlet/adapters/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { serve } from "../../../examples/rps/src/deployed/serve.ts";
import { openPool } from "../../../examples/rps/src/store/postgres/open-pool.ts";
import { openPostgresGames } from "../../../examples/rps/src/store/postgres/open-postgres-games.ts";
import { openPromotionStore } from "../../../examples/rps/src/promotion/promotion-store.ts";
import { parseReport } from "../../../examples/rps/src/promotion/report-payload.ts";
import { postgresSession } from "../../../examples/rps/src/promotion/sql-session.ts";
import { gameDataSuite, GUESSED, playGuessed } from "../../../examples/rps/src/store/testing/game-data-suite.ts";
import { newGame, roundsOf } from "../../../examples/rps/src/store/testing/playing-games.ts";

let postgres: RunningPostgres;
let databases = 0;

beforeAll(async () => void (postgres = await startPostgres()));
afterAll(() => postgres.stop());

/** A schema of its own for each test: a database costs a hundred times as much. What is promised of a crash is not what is tried here, so that nothing waits for the disk. */
async function openEmpty() {
  const schema = `games_${++databases}`;
  const admin = openPool(postgres.url);
  await admin.query(`CREATE SCHEMA ${schema}`);
  await admin.end();
  return { pool: openPool(`${postgres.url}?options=-c%20search_path%3D${schema}%20-c%20synchronous_commit%3Doff`) };
}

gameDataSuite(async () => {
  const { pool } = await openEmpty();
  return { ...(await openPostgresGames(pool)), close: () => pool.end() };
});

test("I23: of two replicas that play the same round at once, one does", async () => {
  const { pool } = await openEmpty();
  try {
    const [one, other] = await Promise.all([openPostgresGames(pool), openPostgresGames(pool)]);
    await one.store.addGame(newGame("g-1"));
    const [round] = roundsOf("g-1", { wins: true, rounds: 1 });
    const context = { at: 0, winner: null, version: null, history: [], guesses: [] };
    const added = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? one : other).store.addRound("g-1", { ...round!, user: i % 2 === 0 ? "rock" : "paper" }, context)));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect((await other.lists.standing("g-1"))?.results).toEqual({ win: 1, lose: 0, draw: 0 });
  } finally {
    await pool.end();
  }
});

test("tables of before guesses were counted: those of their rounds are, once, whichever of two replicas begins first", async () => {
  const { pool } = await openEmpty();
  try {
    await playGuessed(await openPostgresGames(pool));
    await pool.query("DROP TABLE version_guesses; DROP TABLE uncounted_rounds");
    const replicas = await Promise.all([openPostgresGames(pool), openPostgresGames(pool)]);
    await Promise.all(replicas.map(({ guesses }) => guesses.of(GUESSED)));
    for (const { guesses } of replicas) expect(await guesses.of(GUESSED)).toEqual([{ ...GUESSED[0], guesses: 2, right: 2 }]);
  } finally {
    await pool.end();
  }
});

test("a database that is away is a fault that passes", async () => {
  await expect(openPostgresGames(openPool("postgres://nobody:x@127.0.0.1:9/none"))).rejects.toMatchObject({ code: "store_unavailable", status: 503, retryable: true });
  expect(() => openPool("mysql://127.0.0.1")).toThrow(/can't be read/);
});

// I24.
test("promotions in PostgreSQL: two replicas that begin at once, the same event of both is one, tickers, order and totals", async () => {
  const { pool } = await openEmpty();
  try {
    const [one, other] = await Promise.all([openPromotionStore(postgresSession(pool)), openPromotionStore(postgresSession(pool))]);
    const told = (minute: number, decision: string, games: number) => parseReport({ model_type: "xgboost", decision, production_wins: 0, production_total_games: games, b_wins: 0, b_total_games: games, reorder_applied: true, created_ts_utc: `2026-01-01T00:0${minute}:00.5Z`, p_value: 0.125 }, { now: Date.UTC(2026, 1, 1), origin: "report" });
    const cycles = [told(1, "swap_production_b", 10), told(2, "retain_production", 12), told(3, "insufficient_data", 15)];
    const added = await Promise.all([one.add(cycles, "backfill"), other.add(cycles, "backfill")]);
    expect(added.flat().filter(({ isNew }) => isNew)).toHaveLength(3);
    const rows = await other.list({ limit: 2, modelType: "xgboost", decision: null, since: Date.UTC(2026, 0, 1, 0, 2) });
    expect(rows.map(({ decision, tickers, pValue, origin }) => [decision, tickers.productionGames, tickers.cycles, pValue, origin])).toEqual([["insufficient_data", 5, 2, 0.125, "backfill"], ["retain_production", 2, 1, 0.125, "backfill"]]);
    expect(await one.count({ from: 0, until: Date.UTC(2026, 0, 1, 0, 2) })).toEqual([{ modelType: "xgboost", decision: "swap_production_b", events: 1, reorders: 1 }]);
    await one.follow({ chain: "rps_bot_xgboost", seq: 7, hash: "a" }, [told(4, "retain_production", 20)]);
    await other.follow({ chain: "rps_bot_xgboost", seq: 3, hash: "b" }, []);
    expect(await other.mark("rps_bot_xgboost")).toEqual({ chain: "rps_bot_xgboost", seq: 7, hash: "a" });
    await other.forget("rps_bot_xgboost");
    expect([await one.mark("rps_bot_xgboost"), (await one.list({ limit: 9, modelType: null, decision: null, since: null })).length]).toEqual([null, 3]);
    // Nothing of what fails halfway is there, and the connection is fit for others.
    await expect(one.add([told(5, "retain_production", 1), { ...told(6, "retain_production", 1), modelType: null as never }], "backfill")).rejects.toThrow(/null value/);
    expect((await one.list({ limit: 9, modelType: null, decision: null, since: null })).length).toBe(3);
  } finally {
    await pool.end();
  }
});

test("two replicas of the app over one database, while Gauntlet is away: a game goes on wherever it is asked for, and nothing stale is shown of promotions", async () => {
  const schema = `served_${++databases}`;
  const admin = openPool(postgres.url);
  await admin.query(`CREATE SCHEMA ${schema}`);
  await admin.end();
  const folder = mkdtempSync(join(tmpdir(), "rps-served-"));
  const said: string[] = [];
  const env = { GAUNTLET_URL: "http://127.0.0.1:9", GAUNTLET_TOKEN: "none", RPS_API_TOKEN: "a-token-of-the-app-0123456789", RPS_HOST: "127.0.0.1", RPS_PORT: "0", DATABASE_URL: `${postgres.url}?options=-c%20search_path%3D${schema}` };
  const replicas = await Promise.all(["a", "b"].map((name) => serve({ ...env, DATA_PATH: join(folder, name) }, (line) => said.push(line))));
  try {
    const post = async (replica: number, path: string, body: unknown) => (await (await fetch(`${replicas[replica]?.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).json()) as { readonly game_id: string; readonly finished: boolean; readonly round: number };
    const { game_id: id } = await post(0, "/start_game", { player_name: "Ada", policy: "logan" });
    let rounds = 0;
    for (let finished = false; !finished; rounds++) ({ finished } = await post(rounds % 2, "/play", { game_id: id, user_move: "paper" }));
    const pages = await Promise.all(replicas.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    const counted = (name: string) => pages.map((page) => [...page.matchAll(new RegExp(`^${name}\\{[^}]*policy="logan"[^}]*\\} (\\d+)$`, "gm"))].reduce((sum, [, count]) => sum + Number(count), 0)).reduce((sum, count) => sum + count, 0);
    expect([counted("rps_games_total"), counted("rps_action_wins_total") + counted("rps_action_losses_total") + counted("rps_action_ties_total")]).toEqual([1, rounds]);
    for (const page of pages) expect(page).toMatch(/^rps_promotion_ledger_up 0$/m);
    const history = await fetch(`${replicas[0]?.url}/internal/promotion/history`, { headers: { authorization: `Bearer ${env.RPS_API_TOKEN}` } });
    expect(history.status).toBe(503);
  } finally {
    await Promise.all(replicas.map((replica) => replica.close()));
    rmSync(folder, { recursive: true, force: true });
  }
  expect(said.filter((line) => line.startsWith("games wait"))).toHaveLength(2);
});
