import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";

import { addressLimit } from "../limit/address-limit.ts";
import { trustedProxies } from "../limit/client-address.ts";
import { MOVES } from "../rules/moves.ts";
import { store } from "../store/testing/game-data-suite.ts";
import { newGame, roundsOf } from "../store/testing/playing-games.ts";
import { csvLine } from "./csv-line.ts";
import { startHttp, TOKEN, type RunningHttp } from "./testing/start-http.ts";

let http: RunningHttp;

beforeAll(async () => void (http = await startHttp()));
afterAll(() => http.close());

async function begin(): Promise<string> {
  return (await http.call("POST", "/start_game", { body: { player_name: "Ada", policy: "forrest" } })).json.game_id as string;
}

const play = (game_id: string, some: object = {}, token: string | null = null) => http.call("POST", "/play", { body: { game_id, user_move: "rock", ...some }, token });

/** The status of whatever is sent as it is. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(http.url).port), "127.0.0.1", () => socket.write(request));
    socket.once("data", (chunk: Buffer) => {
      resolve(chunk.toString().slice(9, 12));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

test("I23: of twenty moves for one round, sent at once over sockets of their own, one is played", async () => {
  const game = await begin();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => play(game, { round: 1, user_move: MOVES[i % 3] })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  expect(await http.data.store.rounds(game)).toHaveLength(1);
});

test("moves that name no round are played one after another, each in a round of its own, and none after the end", async () => {
  const game = await begin();
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => play(game, { user_move: MOVES[i % 3] })));
  const played = answers.filter(({ status }) => status === 200).map(({ json }) => json);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  const rounds = await http.data.store.rounds(game);
  expect(played.map(({ round }) => round).toSorted((a, b) => a - b)).toEqual(rounds.map(({ number }) => number));
  expect(rounds.map(({ number }) => number)).toEqual(rounds.map((_, i) => i + 1));
  for (const { round, user_score, bot_score, user_move } of played) expect([user_score * 10, bot_score * 10, user_move]).toEqual([rounds[round - 1]!.userScore, rounds[round - 1]!.botScore, rounds[round - 1]!.user].map((value) => (typeof value === "number" ? expect.closeTo(value) : value)));
  expect(played.filter(({ finished }) => finished)).toHaveLength(1);
});

test("what the bot thought is told with the token alone; what it guessed is told to everybody, afterwards", async () => {
  const game = await begin();
  for (let round = 1; round <= 3; round++) expect((await play(game, {}, TOKEN)).json).toMatchObject({ guess: null, debug: { probabilities: null, features: null, feature_count: 0, round_no: round } });
  const { json: open } = await play(game);
  const version = open.model_info.model_alias === "B" ? "11" : "10";
  expect(open).toMatchObject({ debug: null, guess: { move: version === "11" ? "paper" : "rock" }, model_info: { model_version: version, probability_source: "model" } });
  expect(open.model_info.model_run_id).toHaveLength(8);
  const { json: told } = await play(game, {}, TOKEN);
  expect(told.debug).toMatchObject({ feature_count: 50, round_no: 5, selected_move: told.bot_move, effective_policy: "forrest" });
  expect(Object.values(told.debug.probabilities as Record<string, number>).reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1);
  expect(told.debug.features).toHaveLength(50);
});

test("a body that is too large, no JSON or of another kind is refused", async () => {
  const large = await http.call("POST", "/play", { body: { game_id: "x".repeat(100_000), user_move: "rock" } });
  expect([large.status, large.json.detail]).toEqual([413, "the body is larger than 65536 bytes"]);
  expect((await http.call("POST", "/play", { body: "{" })).status).toBe(400);
  expect((await http.call("POST", "/play", { body: "game_id=1", headers: { "content-type": "application/x-www-form-urlencoded" } })).status).toBe(415);
  const report = await http.call("POST", "/internal/promotion/report", { token: TOKEN, body: JSON.stringify("x".repeat(17_000_000)) });
  expect(report.status).toBe(413);
  // A body whose length nobody announced is cut off too.
  const chunk = `c350\r\n${" ".repeat(50_000)}\r\n`;
  expect(await raw(`POST /play HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(4)}0\r\n\r\n`)).toBe("413");
});

test("pages of other sites, and names that are not ours, get nothing", async () => {
  const game = await begin();
  const body = { game_id: game, user_move: "rock" };
  for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }]) expect((await http.call("POST", "/play", { body, headers })).status).toBe(403);
  const named = (host: string) => raw(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  expect([await named("games.example"), await named("localhost:1"), await named("evil.example"), await named("127.0.0.1.evil.example"), await named("10.0.0.1")]).toEqual(["200", "200", "403", "403", "403"]);
  expect((await http.call("POST", "/play", { body, headers: { origin: http.url, "sec-fetch-site": "same-origin" } })).status).toBe(200);
});

test("pages are served where there are any, and what isn't there says so", async () => {
  expect((await http.call("GET", "/ui/")).text).toBe("<p>a page</p>");
  for (const [method, path] of [["GET", "/move"], ["POST", "/ui/"], ["GET", "/models/xgboost/promote"], ["PUT", "/play"], ["GET", "/internal/promotion/nothing"]] as const) {
    const missing = await http.call(method, path, { token: TOKEN });
    expect([missing.status, missing.headers.get("content-type"), missing.json.detail]).toEqual([404, "application/problem+json", `there is no ${method} ${path}`]);
  }
});

test("a fault of ours is told to the log, and not to the caller", async () => {
  const broken = await startHttp({ metrics: { trainingCompleted: () => undefined, limited: () => undefined, page: async () => { throw new Error("the password is swordfish"); } } });
  const { status, text } = await broken.call("GET", "/metrics");
  expect([status, text.includes("swordfish"), broken.told]).toEqual([500, false, [["/metrics", "Error: the password is swordfish"]]]);
  await broken.close();
});

test("routes of others answer as ours do: guarded, with our headers, and refusing in one form", async () => {
  const history = await http.call("GET", "/internal/promotion/history", { token: TOKEN });
  expect([history.json, history.headers.get("content-security-policy"), history.headers.get("x-content-type-options")]).toEqual([[], expect.stringContaining("default-src 'none'"), "nosniff"]);
  const refused = await http.call("GET", "/internal/promotion/refused", { token: TOKEN });
  expect([refused.status, refused.headers.get("content-type"), refused.json]).toEqual([400, "application/problem+json", expect.objectContaining({ detail: "the query's since is no instant", fix: "leave it out", instance: "/internal/promotion/refused" })]);
  expect((await http.call("POST", "/internal/promotion/report", { token: TOKEN, body: {}, headers: { origin: "https://evil.example" } })).status).toBe(403);
});

test("models that can't be loaded are a fault that passes", async () => {
  http.models.fail("the registry is away");
  for (const path of ["/models/reload/xgboost/B", "/models/xgboost/load?force_reload=true"]) {
    const refused = await http.call("POST", path, { token: TOKEN });
    expect([refused.status, refused.headers.get("retry-after"), refused.json.detail]).toEqual([503, "1", expect.stringContaining("the registry is away")]);
  }
  expect((await http.call("POST", "/models/reload", { token: TOKEN })).json).toMatchObject({ success: false, failed: expect.arrayContaining(["xgboost@B"]), message: expect.stringContaining("the registry is away") });
  http.models.fail(null);
});

test("an export goes through every page, holds nothing twice, and no name becomes a formula", async () => {
  const own = await startHttp();
  const formula = '=HYPERLINK("https://evil.example")';
  for (let i = 0; i < 130; i++) await store(own.data, newGame(`g-${i}`, { playerName: i === 7 ? formula : "Ada, \"the\" first" }), roundsOf(`g-${i}`, { wins: true }));
  const { json, headers } = await own.call("GET", "/export?format=json", { token: TOKEN });
  expect([json.count, json.data.length, new Set(json.data.map((row: { game_id: string; event_ts: string }) => `${row.game_id} ${row.event_ts}`)).size]).toEqual([json.count, json.count, json.count]);
  expect([json.count > 1000, headers.get("content-disposition"), headers.has("content-length")]).toEqual([true, 'attachment; filename="rounds.json"', false]);
  const csv = (await own.call("GET", "/export?format=csv", { token: TOKEN })).text;
  const lines = csv.split("\r\n");
  expect([lines.length, lines[0]]).toEqual([json.count + 2, "game_id,player_move,bot_move,result,bot_policy,model_alias,easy_mode,session_id,player_name,event_ts"]);
  expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
  expect(csv).toContain('"Ada, ""the"" first"');
  expect((await own.call("GET", "/export?format=csv&limit=3", { token: TOKEN })).text.split("\r\n")).toHaveLength(5);
  const pages: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = (await own.call("GET", `/games?limit=50${cursor === "" ? "" : `&cursor=${cursor}`}`)).json;
    pages.push(...page.games.map((game: { game_id: string; session_id: string | null }) => game.session_id ?? game.game_id));
    cursor = page.next_cursor as string | null;
  }
  expect([pages.length, new Set(pages).size]).toEqual([130, 130]);
  expect((await own.call("GET", "/leaderboard")).json.leaderboard).toEqual([{ rank: 1, player_name: 'Ada, "the" first', total_games: 129, wins: 129, losses: 0, ties: 0, win_rate: 100 }]);
  await own.close();
});

test("an address begins so many games and no more; with the token any number; nobody becomes another by a header that he made up", async () => {
  const own = await startHttp({ limit: { calls: addressLimit({ perMinute: 3, stopwatch: () => 0 }), proxies: trustedProxies("127.0.0.1") } });
  const start = (forwarded: string, token: string | null = null) => own.call("POST", "/start_game", { body: {}, token, headers: { "x-forwarded-for": forwarded } });
  // The proxy, which is this test, writes the last one; what stands before it came from the caller.
  const statuses = [];
  for (const forged of ["", "1.1.1.1, ", "2.2.2.2, ", "3.3.3.3, "]) statuses.push((await start(`${forged}203.0.113.9`)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const refused = await start("127.0.0.1, 203.0.113.9");
  expect([refused.headers.get("retry-after"), refused.headers.get("content-type"), refused.json]).toEqual(["20", "application/problem+json", expect.objectContaining({ status: 429, type: "urn:gauntlet:problem:rate_limited", fix: "begin the next one in 20 s, or send the token" })]);
  expect([(await start("203.0.113.10")).status, (await start("203.0.113.9", TOKEN)).status, (await start("203.0.113.9", "not-the-token")).status]).toEqual([200, 200, 429]);
  expect(own.told).toEqual(Array.from({ length: 3 }, () => "limited /start_game"));
  await own.close();
  // Without a proxy of ours everybody writes that header, and it says nothing.
  const plain = await startHttp({ limit: { calls: addressLimit({ perMinute: 1, stopwatch: () => 0 }), proxies: trustedProxies("") } });
  expect([(await plain.call("POST", "/start_game", { body: {}, headers: { "x-forwarded-for": "1.1.1.1" } })).status, (await plain.call("POST", "/start_game", { body: {}, headers: { "x-forwarded-for": "2.2.2.2" } })).status]).toEqual([200, 429]);
  await plain.close();
});

test("no text of a table is a formula", () => {
  for (const text of ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r=1"]) expect(csvLine([text])).toMatch(/^"'/);
  expect(csvLine(["a", true, "b,c", 'd"e'])).toBe('a,true,"b,c","d""e"\r\n');
});
