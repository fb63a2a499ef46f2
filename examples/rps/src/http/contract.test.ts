import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Operation } from "./operation.ts";
import { operations } from "./rps-http.ts";
import { problem } from "./shapes.ts";
import { startHttp, TOKEN, type RunningHttp } from "./testing/start-http.ts";

let http: RunningHttp;
/** A game that goes on, and one that is over. */
let running = "";
let finished = "";
const SESSION = "session-1";

beforeAll(async () => {
  http = await startHttp();
  running = await begin();
  finished = await begin();
  while (!(await http.call("POST", "/play", { body: { game_id: finished, user_move: "rock" } })).json.finished);
});
afterAll(() => http.close());

async function begin(): Promise<string> {
  return (await http.call("POST", "/start_game", { body: { player_name: "Ada", policy: "forrest", session_id: SESSION } })).json.game_id as string;
}

interface Row {
  readonly call: `${"GET" | "POST" | "DELETE"} ${string}`;
  readonly body?: unknown;
  /** Of the request; "$running" and "$finished" are the games'. */
  readonly wants: number;
  /** Some of the answer. */
  readonly shows?: unknown;
}

const ROUNDS = { player_history: ["rock", "paper"], bot_history: ["paper", "rock"], result_history: ["lose", "win"] };
const MATRIX = { rock: 1.2, paper: 1.7, scissors: 1 };

/** Every documented call: as it is meant, and as it is refused. The shape of each answer is checked beside. */
const CASES: readonly Row[] = [
  { call: "POST /start_game", body: {}, wants: 200, shows: { policy: "brian", bot_policy: "brian", model_type: "feedforward_nn", status: "active", difficulty_mode: "normal", player_name: expect.stringMatching(/^Player-[0-9A-F]{3}$/) } },
  { call: "POST /start_game", body: { player_name: " player ", policy: "logan_easy", difficulty_mode: "EASY", session_id: "x-9z", is_test: true }, wants: 200, shows: { player_name: "Player-X9Z", policy: "logan", session_id: "x-9z", message: expect.stringContaining("no easy games") } },
  { call: "POST /start_game", body: { policy: "ace" }, wants: 400, shows: { detail: 'there is no policy "ace"', fix: "choose one of brian, forrest, logan" } },
  { call: "POST /start_game", body: { player_name: "a\u0007b", session_id: "../etc", colour: 1 }, wants: 400, shows: { errors: expect.arrayContaining([expect.objectContaining({ pointer: "/player_name" }), expect.objectContaining({ pointer: "/session_id" })]) } },
  { call: "POST /start_game", body: { difficulty_mode: "hard" }, wants: 400 },
  { call: "POST /play", body: { game_id: "$running", user_move: "Rock", round: 1 }, wants: 200, shows: { round: 1, user_move: "rock", player_move: "rock", finished: false, winner: null, policy: "forrest", guess: null, debug: null, model_info: { model_type: "xgboost", probability_source: "opening", model_version: null }, ab_assignment: { model_key: expect.stringMatching(/^xgboost@(?:Production|B)$/) } } },
  { call: "POST /play", body: { game_id: "$running", user_move: "rock", round: 1 }, wants: 409, shows: { detail: expect.stringContaining("round 2") } },
  { call: "POST /play", body: { game_id: "$running", user_move: "lizard" }, wants: 400, shows: { errors: [{ pointer: "/user_move" }] } },
  { call: "POST /play", body: { game_id: "nobody's", user_move: "rock" }, wants: 404 },
  { call: "POST /play", body: { game_id: "$finished", user_move: "rock" }, wants: 409, shows: { detail: expect.stringContaining("is over") } },
  { call: "GET /round_points?game_id=$running", wants: 200, shows: { round_no: 2 } },
  { call: "GET /round_points?game_id=$finished", wants: 409 },
  { call: "GET /round_points?game_id=nobody's", wants: 404 },
  { call: "GET /round_points", wants: 400 },
  { call: "GET /policies", wants: 200, shows: ["brian", "forrest", "logan"] },
  { call: "POST /predict", body: { policy: "brian", ...ROUNDS, round_values: MATRIX }, wants: 200, shows: { prediction: "rock", policy: "brian", model_info: { model_type: "feedforward_nn", alias: "Production", version: "10", probability_source: "model" }, features_used: 50 } },
  { call: "POST /predict", body: { policy: "forrest", ...ROUNDS, points_history: [MATRIX, MATRIX], user_score: 1.7, bot_score: 1.7, ab_assignment: "B" }, wants: 200, shows: { prediction: "paper", model_info: { alias: "B", version: "11" } } },
  { call: "POST /predict", body: { policy: "forrest", ab_assignment: "shadow2" }, wants: 200, shows: { prediction: "rock", probabilities: { rock: 1 / 3 }, model_info: { version: null, probability_source: "fallback" } } },
  { call: "POST /predict", body: { policy: "hal" }, wants: 400, shows: { detail: 'there is no policy "hal"' } },
  { call: "POST /predict", body: { policy: "brian", player_history: ["rock"] }, wants: 400, shows: { errors: [{ pointer: "/bot_history" }] } },
  { call: "POST /predict", body: { policy: "brian", ...ROUNDS, user_score: 1 }, wants: 400 },
  { call: "POST /predict", body: { policy: "brian", round_values: { ...MATRIX, rock: 1.25 } }, wants: 400, shows: { errors: [{ pointer: "/round_values/rock", detail: "points have one decimal" }] } },
  { call: "POST /predict", body: { policy: "brian", ab_assignment: "C" }, wants: 400 },
  { call: "POST /predict/batch", body: [{ policy: "brian", ...ROUNDS }, { policy: "hal" }], wants: 200, shows: { results: [{ success: true, prediction: "rock" }, { success: false, policy: "hal", error: 'there is no policy "hal"' }] } },
  { call: "POST /predict/batch", body: [], wants: 400 },
  { call: "POST /predict/context", body: { player_move: "paper", opponent_history: ["rock"], context: { policy: "logan", player_history: ["scissors"] } }, wants: 200, shows: { context_policy: "logan", context_difficulty: "normal", player_move: "paper", features_extracted: 50 } },
  { call: "POST /predict/context", body: { player_move: "rock" }, wants: 200, shows: { context_policy: "brian" } },
  { call: "POST /predict/context", body: { context: {} }, wants: 400 },
  { call: "GET /predict/policies", wants: 200, shows: { policies: ["brian", "forrest", "logan"], difficulty_modes: ["normal"] } },
  { call: "GET /predict/features/example", wants: 200, shows: { feature_count: 50, example_player_history: ["rock", "paper", "scissors", "rock"] } },
  { call: "GET /models", wants: 200, shows: { xgboost: { name: "rps_bot_xgboost", loaded: false, info: { Production: { model: { version: "10" }, absence: null }, shadow2: { model: null, absence: { reason: "fallback" } } } } } },
  { call: "POST /models/xgboost/load?force_reload=true", wants: 200, shows: { success: true, model_type: "xgboost", info: { B: { model: { version: "11" } } } } },
  { call: "POST /models/forest/load", wants: 400, shows: { detail: 'there is no model type "forest"' } },
  { call: "DELETE /models/multinomial_logistic", wants: 200, shows: { success: true, model_type: "multinomial_logistic" } },
  { call: "DELETE /models/multinomial_logistic", wants: 404 },
  { call: "POST /models/reload?sync_minio=true", wants: 200, shows: { success: true, minio_sync_success: true, minio_synced: 1, minio_skipped: 2, minio_errors: 0, failed: [], reloaded: expect.arrayContaining(["xgboost@Production"]) } },
  { call: "POST /models/reload?sync_minio=maybe", wants: 400 },
  { call: "POST /models/reload/xgboost/B", wants: 200, shows: { success: true, alias: "B", info: { version: "11" } } },
  { call: "POST /models/reload/xgboost/C", wants: 400 },
  { call: "POST /internal/training/complete", body: { model_type: "xgboost", status: "success", duration_seconds: 3.5, alias: "B" }, wants: 200, shows: { success: true, status: "success", source: "trainer" } },
  { call: "POST /internal/training/complete", body: { model_type: "xgboost", status: "done" }, wants: 400 },
  { call: "GET /leaderboard?limit=5", wants: 200, shows: { leaderboard: [], limit: 5, since: null } },
  { call: "GET /leaderboard?limit=0", wants: 400 },
  { call: "GET /leaderboard?limit=5&limit=6", wants: 400 },
  { call: "GET /games?policy=forrest&limit=1", wants: 200, shows: { count: 1, next_cursor: null, games: [{ game_id: "$finished", session_id: SESSION }] } },
  { call: "GET /games?cursor=xyz", wants: 400 },
  { call: "GET /stats?game_id=$finished", wants: 200, shows: { scope: "game", winner: expect.stringMatching(/^(?:user|bot|tie)$/) } },
  { call: "GET /stats?session_id=session-1", wants: 200, shows: { scope: "session", games: 2 } },
  { call: "GET /stats", wants: 400 },
  { call: "GET /stats?game_id=nobody", wants: 404 },
  { call: "GET /stats/global", wants: 200, shows: { total_games: 3, policy_performance: [{ policy: "forrest", total_games: 1 }] } },
  { call: "GET /stats/policy/forrest", wants: 200, shows: { policy: "forrest", total_games: 2 } },
  { call: "GET /stats/policy/hal", wants: 404 },
  { call: "GET /stats/player/Ada", wants: 200, shows: { player_name: "Ada", total_games: 2 } },
  { call: "GET /stats/player/Nobody%20at%20all", wants: 404 },
  { call: "GET /bot_win_rates?human_only=false", wants: 200, shows: { human_only: false, bot_rates: { forrest: { human_games: 1 }, brian: { bot_win_rate: null, human_games: 0 } } } },
  { call: "GET /win_streaks?opponent=brian", wants: 200, shows: { players: [], filters: { opponent: "brian", limit: 10 } } },
  { call: "GET /win_streaks?opponent=hal", wants: 400 },
  { call: "GET /export", wants: 200, shows: { format: "json", data: expect.arrayContaining([expect.objectContaining({ player_name: "Ada", easy_mode: false })]) } },
  { call: "GET /export?format=xml", wants: 400 },
  { call: "GET /healthz", wants: 200, shows: { ok: true } },
  { call: "GET /metrics", wants: 200 },
  { call: "GET /openapi.json", wants: 200, shows: { openapi: "3.1.0" } },
];

const isOf = (operation: Operation, { call }: Row): boolean => {
  const [method, path] = call.split(" ") as [string, string];
  const pattern = new RegExp(`^${operation.path.replaceAll(/:\w+/g, "[^/]+")}$`);
  return method === operation.method && pattern.test(path.replace(/\?.*/, ""));
};
const operationOf = (row: Row): Operation => operations().find((operation) => isOf(operation, row))!;
const withGames = (text: string): string => text.replaceAll("$running", running).replaceAll("$finished", finished);
const filledIn = (value: unknown): unknown => {
  if (typeof value === "string") return withGames(value);
  if (Array.isArray(value)) return value.map(filledIn);
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype ? Object.fromEntries(Object.entries(value).map(([key, of]) => [key, filledIn(of)])) : value;
};

test.each(CASES)("$call: $wants", async (row) => {
  const [method, path] = row.call.split(" ") as [string, string];
  const operation = operationOf(row);
  const token = operation.access === "internal" || path.startsWith("/games") ? TOKEN : null;
  const { status, headers, json } = await http.call(method, withGames(path), { body: filledIn(row.body), token });
  expect([status, json]).toEqual([row.wants, json]);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect([headers.get("x-content-type-options"), headers.get("cache-control")]).toEqual(["nosniff", "no-store"]);
  if (row.shows !== undefined) expect(json).toMatchObject(filledIn(row.shows) as object);
  if (status === 200) operation.answer?.parse(json);
  else {
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(problem.parse(json)).toMatchObject({ status, instance: decodeURI(new URL(withGames(path), http.url).pathname), fix: expect.any(String) });
  }
});

test("every call of the router is one of these, and each is refused once at least, or can't be", () => {
  const harmless = ["/policies", "/predict/policies", "/predict/features/example", "/models", "/stats/global", "/bot_win_rates", "/healthz", "/metrics", "/openapi.json"];
  for (const operation of operations()) {
    const rows = CASES.filter((row) => isOf(operation, row));
    expect(rows.some(({ wants }) => wants === 200), `${operation.method} ${operation.path}`).toBe(true);
    if (!harmless.includes(operation.path)) expect(rows.some(({ wants }) => wants !== 200) || operation.path === "/models/:type/load", `${operation.method} ${operation.path}`).toBe(true);
  }
});

test("what is internal wants the token, before anything else is looked at", async () => {
  const internal = operations().filter(({ access }) => access === "internal");
  expect(internal.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /models/reload", "POST /models/reload/:type/:alias", "POST /models/:type/load", "DELETE /models/:type", "POST /internal/training/complete", "GET /export"]);
  const paths = [...internal.map(({ method, path }) => [method, path.replace(":type", "xgboost").replace(":alias", "B")] as const), ["GET", "/internal/promotion/history"], ["POST", "/internal/promotion/report"]] as const;
  for (const [method, path] of paths) {
    for (const token of [null, "", `${TOKEN}x`, TOKEN.slice(1)]) {
      const refused = await http.call(method, path, { token, ...(method === "POST" ? { body: "not even JSON" } : {}) });
      expect([refused.status, refused.headers.get("www-authenticate")], `${method} ${path} ${token}`).toEqual([401, "Bearer"]);
    }
  }
  expect((await http.call("GET", "/internal/promotion/history", { token: TOKEN })).json).toEqual([]);
});

test("the description is OpenAPI 3.1, and names every call once", async () => {
  const { json } = await http.call("GET", "/openapi.json");
  const checked = await new Validator().validate(structuredClone(json));
  expect([checked.errors ?? [], checked.valid]).toEqual([[], true]);
  const described = Object.values(json.paths as Record<string, Record<string, { operationId: string }>>).flatMap((path) => Object.values(path));
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(operations().length);
  expect(json.paths["/models/{type}/load"].post.security).toEqual([{ token: [] }]);
  expect(json.paths["/round_points"].get.parameters).toEqual([{ name: "game_id", in: "query", required: true, schema: { type: "string", minLength: 1, maxLength: 64 } }]);
});
