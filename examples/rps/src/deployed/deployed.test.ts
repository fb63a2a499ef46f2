import { gauntlet } from "@gauntlet/client";
import { createVersion, ensureRegisteredModel, parseConfig, startServer, type RunningServer } from "@gauntlet/server";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { outcomesOf } from "../outbox/outcomes-of-games.ts";
import { beginWhenLet, createCycles } from "../platform/cycles.ts";
import { MODEL_NAMES, SLOTS } from "../serving/slots.ts";
import { serve, type Served } from "./serve.ts";
import { readServeSettings, readTrainSettings, type Environment } from "./settings.ts";
import { trainOnce } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "rps-deployed-"));
const TOKEN = "a-token-of-the-app-0123456789";
let server: RunningServer;
let env: Environment;
let app: Served;
const lines: string[] = [];
let aheadMs = 0;

beforeAll(async () => {
  server = await startServer({ ...parseConfig("listen: { port: 0 }", "test", {}), dataDir: join(folder, "gauntlet") }, { log: () => undefined, loop: false, clock: { now: () => Date.now() + aheadMs } });
  env = { GAUNTLET_URL: server.url ?? "", GAUNTLET_TOKEN: server.firstToken ?? "", DATA_PATH: join(folder, "app"), RPS_API_TOKEN: TOKEN, RPS_HOST: "127.0.0.1", RPS_PORT: "0", RPS_ALLOWED_HOSTS: "play.example, rps-app" };
  app = await serve(env, (line) => lines.push(line));
});
afterAll(async () => {
  await app.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, more: { readonly headers?: Readonly<Record<string, string>>; readonly method?: string; readonly body?: string } = {}) => fetch(`${app.url}${path}`, { ...more, headers: { "content-type": "application/json", ...more.headers } });
const withToken = { headers: { authorization: `Bearer ${TOKEN}` } };

test("the app serves over the network: a game is played without any model, and counted; what is internal needs the token", async () => {
  expect(await (await ask("/healthz")).json()).toEqual({ ok: true });
  const { game_id: id } = (await (await ask("/start_game", { method: "POST", body: JSON.stringify({ player_name: "Ada", policy: "forrest" }) })).json()) as { readonly game_id: string };
  for (let finished = false; !finished; ) ({ finished } = (await (await ask("/play", { method: "POST", body: JSON.stringify({ game_id: id, user_move: "rock" }) })).json()) as { readonly finished: boolean });
  await ask("/start_game", { method: "POST", body: "{}" });
  const page = await (await ask("/metrics")).text();
  expect(page).toMatch(/^rps_active_games 1$/m);
  expect(page).toMatch(/^rps_games_total\{[^}]*policy="forrest"[^}]*\} 1$/m);
  expect(page).toMatch(/^rps_promotion_ledger_up 1$/m);
  expect((await ask("/internal/promotion/history")).status).toBe(401);
  expect(await (await ask("/internal/promotion/history", withToken)).json()).toEqual([]);
  const line = JSON.stringify({ model_type: "xgboost", decision: "retain_production", created_ts_utc: "2025-10-19T22:37:44Z" });
  expect(await (await ask("/internal/promotion/backfill", { method: "POST", body: `${line}\n`, ...withToken })).json()).toEqual({ success: true, added: 1, known: 0 });
  expect(await (await ask("/internal/promotion/backfill", { method: "POST", body: "{}", ...withToken })).json()).toMatchObject({ status: 400, detail: expect.stringContaining("line 1, /model_type") });
  expect(await (await ask("/metrics")).text()).toMatch(/^rps_model_promotion_events_total\{model="xgboost",decision="retain_production"\} 1$/m);
});

test("the description names the promotion ledger's faces, which dashboards look for first", async () => {
  const { paths } = (await (await ask("/openapi.json")).json()) as { readonly paths: Readonly<Record<string, object>> };
  expect(Object.keys(paths).filter((path) => path.startsWith("/internal/promotion"))).toEqual(["report", "backfill", "history", "event_totals"].map((face) => `/internal/promotion/${face}`));
});

test("cycles that Gauntlet really decides are the history, and the gauges, of every replica that asks; a rollback is the exchange that it is", async () => {
  const { mlflow, controller } = server.composition;
  const model = MODEL_NAMES.multinomial_logistic;
  await ensureRegisteredModel(mlflow, model, "");
  for (const [index, slot] of SLOTS.entries()) {
    const version = await createVersion(mlflow, { model, source: `s3://models/${index}`, runId: null, tags: { "gauntlet.digest": `sha256:${String(index).repeat(64)}` }, description: null });
    await controller.registry.setAlias(model, slot, version);
  }
  const client = gauntlet({ url: server.url ?? "", token: server.firstToken ?? "" });
  const cycles = createCycles(client, "compat");
  await cycles.begin("multinomial_logistic");
  const { detail } = await cycles.look("multinomial_logistic");
  const epoch = detail.state.rollout?.allocation.epoch ?? 0;
  const winner = (slot: string, i: number) => ((slot === "B" ? i < 8 : i < 5) ? "bot" : "user") as "bot" | "user";
  // V10: Production won 5 of 10, B 8; of a hundred guesses 30, 40, 45 and 30 were right.
  const right = { Production: 30, B: 40, shadow1: 45, shadow2: 30 };
  const games = (["Production", "B"] as const).flatMap((slot, which) =>
    Array.from({ length: 10 }, (_, i) => ({
      id: `${slot}-${i}`, slot, version: String(which + 1), winner: winner(slot, i), finishedAt: Date.now() - 1000,
      rounds: Array.from({ length: 5 }, (__, k) => ({ number: k + 4, user: "rock" as const, guesses: SLOTS.map((guessing, n) => ({ slot: guessing, version: String(n + 1), move: which * 50 + i * 5 + k < right[guessing] ? ("rock" as const) : ("paper" as const) })) })),
    })),
  );
  const { rejected } = await client.outcomes.record(outcomesOf(model, { id: "batch", epoch, games }));
  expect(rejected).toEqual([]);
  await cycles.begin("multinomial_logistic");
  await cycles.look("multinomial_logistic");
  const history = async () => (await (await ask("/internal/promotion/history?model_type=multinomial_logistic", withToken)).json()) as readonly Record<string, unknown>[];
  const [swap, first] = await history();
  expect(first).toMatchObject({ decision: "insufficient_data", origin: "ledger", promotion_cycles_since_swap: 1 });
  expect(swap).toMatchObject({ decision: "swap_production_b", reorder_applied: true, production_wins: 5, production_total_games: 10, b_wins: 8, b_total_games: 10, step2_order: "B > shadow1 > shadow2", step2_sources: "B src=shadow1, shadow1 src=Production, shadow2 src=shadow2", source: "gauntlet" });
  expect((swap!["alias_assignments"] as readonly { readonly alias: string; readonly version: string }[]).map(({ alias, version }) => `${alias} ${version}`)).toEqual(["Production 2", "B 3", "shadow1 1", "shadow2 4"]);
  expect(await (await ask("/metrics")).text()).toMatch(/^rps_model_promotion_decision_state\{model="multinomial_logistic",decision="swap_production_b"\} 1$/m);
  await client.rollouts.rollback(model, "a trial");
  await client.rollouts.tick(model);
  const [back] = await history();
  expect(back).toMatchObject({ decision: "swap_production_b", promotion_cycles_since_swap: 0, reason: expect.stringContaining("a trial") });
  expect((back!["alias_assignments"] as readonly { readonly version: string }[]).map(({ version }) => version)).toEqual(["1", "2", "3", "4"]);
});

test("the trainer trains nothing without enough that is new, begins no cycle where nobody holds the slots, and after a rollback waits until it may, or is ended", async () => {
  const said: string[] = [];
  const ending = new AbortController();
  const say = (line: string): void => {
    said.push(line);
    if (line.includes("begins in")) ending.abort(new Error("enough"));
  };
  expect(await trainOnce({ ...env, RPS_APP_URL: app.url }, say, ending.signal)).toMatchObject({ training: { kind: "skipped", gate: { why: expect.stringContaining("300 are needed") } }, hasFailures: false, cycles: 0 });
  expect(said[0]).toMatch(/^nothing is trained: there are \d+ rounds/);
  expect(said.filter((line) => line.startsWith("no cycle of"))).toHaveLength(3);
  expect(said).toContainEqual(expect.stringMatching(/^the cycle of multinomial_logistic begins in \d\d s: the plan before the last one on rps_bot_mnlogit .* late write/));
  // Once so much time has gone by as was asked for, it begins.
  const client = gauntlet({ url: server.url ?? "", token: server.firstToken ?? "" });
  const cycles = createCycles(client, "strict");
  await beginWhenLet(cycles, "multinomial_logistic", { say: () => undefined, pause: async (ms) => void (aheadMs += ms) });
  expect(aheadMs).toBeGreaterThan(60_000);
  expect(await cycles.isRunning("multinomial_logistic")).toBe(true);
});

test.each([
  [{ GAUNTLET_URL: "gauntlet:4400" }, "GAUNTLET_URL"],
  [{ GAUNTLET_TOKEN: " " }, "GAUNTLET_TOKEN"],
  [{ RPS_API_TOKEN: undefined }, "RPS_API_TOKEN"],
  [{ RPS_PORT: "http" }, "RPS_PORT"],
  [{ METRICS_SINCE_DATE: "last week" }, "METRICS_SINCE_DATE"],
  [{ MLFLOW_TRACKING_URI: "http://mlflow:5000" }, "MLFLOW_TRACKING_TOKEN"],
  [{ RPS_GAMES_PER_MINUTE: "many" }, "RPS_GAMES_PER_MINUTE"],
  [{ RPS_TRUSTED_PROXIES: "10.0.0.0/8, the ingress" }, "RPS_TRUSTED_PROXIES"],
])("what the environment lacks or has wrong is named, and its value never shown: %j", (some, name) => {
  expect(() => readServeSettings({ ...env, ...some })).toThrow(`the variable ${name} `);
});

test("the documented variables are read", () => {
  const base = { ...env, DATABASE_URL: "postgres://rps@db/rps", METRICS_SINCE_DATE: "2025-10-10T08:00:00Z" };
  expect(readServeSettings(base)).toMatchObject({ database: { kind: "postgres" }, statsSince: Date.UTC(2025, 9, 10, 8), allowedHosts: ["play.example", "rps-app"], registry: { url: server.url } });
  expect(readServeSettings(base).limit?.gamesPerMinute).toBe(300);
  expect(readServeSettings({ ...base, RPS_GAMES_PER_MINUTE: "0" }).limit).toBeNull();
  expect(readServeSettings({ ...base, RPS_TRUSTED_PROXIES: "10.0.0.0/8" }).limit?.proxies.has("10.1.2.3")).toBe(true);
  expect(readTrainSettings({ ...base, FORCE_TRAINING: "true", DISABLE_AUTO_PROMOTION: "1", RPS_PROMOTION_MODE: "compat" })).toMatchObject({ app: null, mode: "compat", training: { gate: null, promotes: false } });
  for (const some of [{ RPS_PROMOTION_MODE: "fast" }, { FORCE_TRAINING: "maybe" }, { MIN_TOTAL_ROWS: "-1" }]) expect(() => readTrainSettings({ ...base, ...some })).toThrow(Object.keys(some)[0]);
});
