import { paths } from "@gauntlet/contract";
import { countMatches, fitRatings, parseMatch, recordOfMatch, uncertaintyOf, type Match } from "@gauntlet/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gzipSync } from "node:zlib";

import { playedMatches, type SentMatch } from "../testing/matches.ts";
import { START, startTestServer, type TestServer } from "../testing/test-server.ts";

const PLAYERS = ["v1", "v2", "v3", "v4"];
const SENT = playedMatches({ board: "square8", players: PLAYERS, count: 240, from: START - 240 * 60_000 });
const CONFIG = "square8_2p";

let server: TestServer;
let shapes: Ajv2020;
// oxlint-disable-next-line typescript/no-explicit-any
let document: any;

beforeAll(async () => {
  server = await startTestServer();
  document = (await server.call("GET", "/openapi.json")).json;
  shapes = new Ajv2020({ strict: true, allowUnionTypes: true, keywords: ["components"] });
  shapes.addSchema({ $id: "doc:", components: document.components });
});
afterAll(() => server.close());

/** An answer of the shape that /openapi.json names. */
async function get(path: string, documented: string) {
  const answer = await server.call("GET", path, { token: server.tokens.viewer });
  expect([path, answer.status, answer.text.slice(0, 300)]).toEqual([path, 200, expect.anything()]);
  const shape = document.paths[documented].get.responses[200].content["application/json"].schema.$ref.split("/").at(-1) as string;
  const valid = shapes.validate({ $ref: `doc:#/components/schemas/${shape}` }, answer.json);
  expect(valid, `${shape}: ${shapes.errorsText()}`).toBe(true);
  return answer.json;
}

const send = (matches: readonly unknown[], key: string) => server.call("POST", paths.matchImport, { token: server.tokens.ingest, key, body: { matches } });
const lines = (values: readonly unknown[]) => values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join("\n");

function matchOf(sent: SentMatch): Match {
  const match = parseMatch({ ...sent, players: [...sent.players] }, { now: START, origin: "x" });
  if (!("id" in match)) throw new Error(JSON.stringify(match));
  return match;
}

test("before the first match there is nothing, and it says so", async () => {
  const empty = await get(paths.ratings, "/v1/ratings");
  expect(empty.configs).toEqual([]);
  const unknown = await server.call("GET", paths.ratingConfig(CONFIG, "ladder"));
  expect([unknown.status, unknown.json.code]).toEqual([404, "not_found"]);
});

test("a batch is reported row by row, and its key gives the same report again", async () => {
  const bad = { ...SENT[0], id: "bad", players: ["v1", "v1"] };
  const answer = await send([...SENT, bad, SENT[0]], "batch-1");
  expect([answer.status, answer.json]).toEqual([207, { added: 240, skipped: 1, conflicts: 0, resolved: 0, participantsAdded: 4, rejected: 1, rejectedRows: [{ index: 240, problems: [{ pointer: "/players/1", detail: expect.stringContaining("plays already") }] }] }]);
  expect((await send([...SENT, bad, SENT[0]], "batch-1")).json).toEqual(answer.json);
  expect((await send(SENT, "batch-1")).json.code).toBe("idempotency_mismatch");
  expect((await send(SENT, "batch-2")).json).toMatchObject({ added: 0, skipped: 240, participantsAdded: 0 });
});

test("the same as lines, also compressed; a line that is no JSON is named", async () => {
  const [one, two] = playedMatches({ board: "hex8", players: ["a", "b"], count: 2, from: START - 3_600_000 });
  const text = `${lines([one, "{nonsense", two])}\n\n`;
  const headers = { "content-type": "application/x-ndjson", "idempotency-key": "lines" };
  const { json, status } = await server.call("POST", paths.matchImport, { text, headers });
  expect([status, json.added, json.rejectedRows]).toEqual([207, 2, [{ index: 1, problems: [{ pointer: "", detail: expect.stringMatching(/^the line is not JSON/) }] }]]);
  const compressed = await server.fetch(new Request(`http://127.0.0.1${paths.matchImport}`, { method: "POST", body: gzipSync(lines([one])), headers: { ...headers, "idempotency-key": "gzip", "content-encoding": "gzip", authorization: `Bearer ${server.tokens.ingest}` } }));
  expect(await compressed.json()).toMatchObject({ added: 0, skipped: 1 });
});

test("what is wrong with the whole is refused as a whole", async () => {
  const refused = async (options: Parameters<TestServer["call"]>[2]) => {
    const { status, json } = await server.call("POST", paths.matchImport, { token: server.tokens.ingest, key: "refused", ...options });
    return [status, json.code];
  };
  expect(await refused({ body: [] })).toEqual([400, "invalid_input"]);
  expect(await refused({ body: { matches: [], more: 1 } })).toEqual([400, "invalid_input"]);
  expect(await refused({ text: "{" })).toEqual([400, "invalid_input"]);
  expect(await refused({ body: { matches: Array.from({ length: 50_001 }, () => 0) } })).toEqual([413, "too_large"]);
  expect(await refused({ body: { matches: [] }, token: server.tokens.viewer })).toEqual([403, "forbidden"]);
  expect((await server.call("POST", paths.matchImport, { body: { matches: [] } })).json.detail).toMatch(/Idempotency-Key is missing/);
});

test("the configurations, with the digest that nodes compare", async () => {
  const { configs, strategy } = await get(paths.ratings, "/v1/ratings");
  expect(strategy).toBe("last_write_wins");
  expect(configs).toMatchObject([{ config: "hex8_2p", matches: 2 }, { config: CONFIG, matches: 240, participants: 4, conflicts: 0, records: 240, latestAt: SENT.at(-1)?.at }]);
  expect(configs[1].digest).toMatch(/^[0-9a-f]{32}$/);
});

test("the ladder is the fit, in pages, with games that add up", async () => {
  const fit = fitRatings(countMatches(SENT.map(matchOf)));
  const errors = uncertaintyOf(fit).standardErrors();
  const all = await get(`${paths.ratingConfig(CONFIG, "ladder")}?limit=500`, "/v1/ratings/configs/{config}/ladder");
  expect(all.rows.map((row: { participant: string }) => row.participant)).toEqual(["v4", "v3", "v2", "v1"]);
  for (const row of all.rows) {
    const i = fit.participants.indexOf(row.participant);
    expect([row.elo, row.standardError]).toEqual([fit.elo[i], errors[i]]);
    expect(row.high - row.elo).toBeCloseTo(1.959964 * errors[i]!, 4);
    expect(row.wins + row.losses + row.draws).toBe(row.games);
  }
  expect(all.rows.reduce((sum: number, row: { games: number }) => sum + row.games, 0)).toBe(480);
  expect([all.participants, all.groups, all.problem, all.nextOffset]).toEqual([4, [{ group: 0, participants: 4, anchored: false }], null, null]);
  const first = await get(`${paths.ratingConfig(CONFIG, "ladder")}?limit=3`, "/v1/ratings/configs/{config}/ladder");
  const second = await get(`${paths.ratingConfig(CONFIG, "ladder")}?limit=3&offset=${first.nextOffset}`, "/v1/ratings/configs/{config}/ladder");
  expect([...first.rows, ...second.rows]).toEqual(all.rows);
  expect((await server.call("GET", `${paths.ratingConfig(CONFIG, "ladder")}?limit=501`)).status).toBe(400);
});

test("who never lost is comparable with nobody; matches that are all ties rate nobody", async () => {
  await send([{ id: "u1", players: ["strong", "weak"], places: [1, 2], board: "open", at: START }], "open");
  const open = await get(paths.ratingConfig("open_2p", "ladder"), "/v1/ratings/configs/{config}/ladder");
  expect(open.rows.map((row: { elo: number | null; low: number | null }) => [row.elo, row.low])).toEqual([[null, null], [null, null]]);
  const pairs = await get(paths.ratingConfig("open_2p", "matrix"), "/v1/ratings/configs/{config}/matrix");
  expect(pairs.cells[0][1]).toEqual({ kind: "incomparable", games: 1, ahead: 1, tied: 0 });
  await send([{ id: "t1", players: ["p", "q"], places: [1, 1], board: "tied", at: START }], "tied");
  const tied = await get(paths.ratingConfig("tied_2p", "ladder"), "/v1/ratings/configs/{config}/ladder");
  expect([tied.rows.length, tied.problem]).toEqual([2, expect.any(String)]);
});

test("the matrix says what the fit says, both ways round", async () => {
  const uncertainty = uncertaintyOf(fitRatings(countMatches(SENT.map(matchOf))));
  const matrix = await get(`${paths.ratingConfig(CONFIG, "matrix")}?participant=v1&participant=v4`, "/v1/ratings/configs/{config}/matrix");
  expect(matrix.participants).toEqual(["v4", "v1"]);
  const [[self, cell], [back]] = matrix.cells;
  expect(self).toEqual({ kind: "self" });
  expect(cell).toMatchObject(uncertainty.compare("v4", "v1"));
  expect(cell.superiority + back.superiority).toBeCloseTo(1, 12);
  const met = SENT.filter(({ players }) => players.includes("v1") && players.includes("v4"));
  const ahead = met.filter(({ players, places }) => places[players.indexOf("v4")]! < places[players.indexOf("v1")]!).length;
  expect([cell.games, cell.ahead, back.ahead + cell.ahead + cell.tied]).toEqual([met.length, ahead, met.length]);
  const unknown = await server.call("GET", `${paths.ratingConfig(CONFIG, "matrix")}?participant=v1&participant=v44`);
  expect([unknown.status, unknown.json.fix]).toEqual([404, 'did you mean "v4"?']);
  const many = Array.from({ length: 31 }, (_, i) => `participant=v${i}`).join("&");
  expect((await server.call("GET", `${paths.ratingConfig(CONFIG, "matrix")}?${many}`)).status).toBe(413);
});

test("a trajectory is what the ladder said at each instant, and ends at the ladder", async () => {
  const path = `${paths.ratingConfig(CONFIG, "trajectories")}?participant=v4&participant=v1&cuts=6`;
  const { trajectories, against } = await get(path, "/v1/ratings/configs/{config}/trajectories");
  expect(against).toBe(null);
  const [{ participant, points }] = trajectories;
  expect([participant, points.length, points.at(-1).at]).toEqual(["v4", 6, SENT.at(-1)?.at]);
  for (const point of [points[2], points.at(-1)]) {
    const until = SENT.filter(({ at }) => at <= point.at);
    const fit = fitRatings(countMatches(until.map(matchOf)));
    expect(point.elo).toBe(fit.elo[fit.participants.indexOf("v4")]);
    expect(point.games).toBe(until.filter(({ players }) => players.includes("v4")).length);
  }
  expect((await get(path, "/v1/ratings/configs/{config}/trajectories")).trajectories).toEqual(trajectories);
  const relative = await get(`${path}&against=v1`, "/v1/ratings/configs/{config}/trajectories");
  expect(relative.trajectories[1].points.at(-1)).toMatchObject({ elo: 0, low: 0, high: 0 });
  expect(relative.trajectories[0].points.at(-1).elo).toBeCloseTo(points.at(-1).elo - trajectories[1].points.at(-1).elo, 9);
  for (const wrong of ["", "?cuts=41&participant=v1", "?cuts=6&participant=nobody", `?${Array.from({ length: 9 }, (_, i) => `participant=v${i}`).join("&")}`]) {
    expect((await server.call("GET", `${paths.ratingConfig(CONFIG, "trajectories")}${wrong}`)).status).toBeGreaterThanOrEqual(400);
  }
});

test("matches are paged from the newest, of everybody or of one, each once", async () => {
  const read = async (query: string) => {
    const ids: string[] = [];
    let before: string | null = "";
    while (before !== null) {
      const page: { matches: { id: string }[]; nextBefore: string | null } = await get(`${paths.ratingConfig(CONFIG, "matches")}?limit=50${query}${before === "" ? "" : `&before=${encodeURIComponent(before)}`}`, "/v1/ratings/configs/{config}/matches");
      ids.push(...page.matches.map(({ id }) => id));
      before = page.nextBefore;
    }
    return ids;
  };
  expect(await read("")).toEqual(SENT.map(({ id }) => id).toReversed());
  expect(await read("&participant=v2")).toEqual(SENT.filter(({ players }) => players.includes("v2")).map(({ id }) => id).toReversed());
  expect((await server.call("GET", `${paths.ratingConfig(CONFIG, "matches")}?before=never`)).status).toBe(400);
});

test("a conflict is shown with every version, and a person settles it", async () => {
  const [sent] = SENT as [SentMatch];
  const other = { ...sent, places: [2, 1], at: sent.at + 1000, origin: "west" };
  expect((await send([other], "other-version")).json).toMatchObject({ added: 0, resolved: 1 });
  const page = await get(`${paths.conflicts}?config=${CONFIG}`, "/v1/ratings/conflicts");
  expect([page.total, page.nextAfter]).toEqual([1, null]);
  const [conflict] = page.conflicts;
  expect([conflict.matchId, conflict.state, conflict.resolvedBy]).toEqual([sent.id, "kept", "last_write_wins"]);
  expect(conflict.versions.map((version: { match: Match; counts: boolean }) => [version.match.origin, version.counts])).toEqual([[expect.any(String), false], ["west", true]]);
  const keep = conflict.versions[0].contentId as string;
  const resolve = (body: object, key: string, token = server.tokens.operator) => server.call("POST", paths.matchAct(sent.id, "resolve"), { token, key, body });
  expect((await resolve({ keep, reason: "the referee's sheet" }, "k0", server.tokens.ingest)).status).toBe(403);
  expect((await resolve({ keep: recordOfMatch(matchOf(SENT[1]!)).contentId, reason: "x" }, "k1")).json.code).toBe("invalid_input");
  expect((await resolve({ keep, reason: "" }, "k2")).json.errors[0].pointer).toBe("/reason");
  const settled = await resolve({ keep, reason: "the referee's sheet" }, "k3");
  expect([settled.status, settled.json.state, settled.json.resolvedBy]).toEqual([200, "kept", "person"]);
  expect((await resolve({ keep, reason: "the referee's sheet" }, "k3")).json).toEqual(settled.json);
  expect((await get(paths.conflicts, "/v1/ratings/conflicts")).total).toBe(0);
  const held = await get(paths.match(sent.id), "/v1/ratings/matches/{match}");
  expect(held.versions.map((version: { counts: boolean; takenOut: boolean }) => [version.counts, version.takenOut])).toEqual([[true, false], [false, true]]);
  expect(held.tombstones[0].reason).toContain("the referee's sheet");
});

test("a purge takes a match out, for ever", async () => {
  const [, sent] = SENT as [SentMatch, SentMatch];
  const purged = await server.call("POST", paths.matchAct(sent.id, "purge"), { key: "purge", body: { reason: "a bug of the board" } });
  expect([purged.status, purged.json.state]).toEqual([200, "purged"]);
  expect((await send([sent], "again")).json).toMatchObject({ added: 0, skipped: 1 });
  expect((await get(paths.ratings, "/v1/ratings")).configs.find((one: { config: string }) => one.config === CONFIG)).toMatchObject({ matches: 239, conflicts: 0 });
  const unknown = await server.call("POST", paths.matchAct("nothing", "purge"), { key: "purge-2", body: { reason: "x" } });
  expect(unknown.status).toBe(404);
  expect((await server.call("GET", paths.match("nothing"))).json.code).toBe("not_found");
});

test("a board whose matches are all purged is listed, and has nobody", async () => {
  await send([{ id: "only", players: ["a", "b"], places: [1, 2], board: "empty", at: START }], "empty");
  await server.call("POST", paths.matchAct("only", "purge"), { key: "purge-3", body: { reason: "a test of the board" } });
  expect((await get(paths.ratings, "/v1/ratings")).configs.find((one: { config: string }) => one.config === "empty_2p")).toMatchObject({ matches: 0, participants: 0, records: 2, latestAt: null });
  expect(await get(paths.ratingConfig("empty_2p", "ladder"), "/v1/ratings/configs/{config}/ladder")).toMatchObject({ rows: [], groups: [], participants: 0, nextOffset: null });
  expect((await get(paths.ratingConfig("empty_2p", "matrix"), "/v1/ratings/configs/{config}/matrix")).cells).toEqual([]);
  expect((await get(paths.ratingConfig("empty_2p", "matches"), "/v1/ratings/configs/{config}/matches")).matches).toEqual([]);
});

test("three and more players: ladder, pairs and trajectories", async () => {
  const matches = Array.from({ length: 60 }, (_, i) => {
    const turn = i % 3;
    return { id: `n${i}`, players: ["a", "b", "c"], places: i % 4 === 0 ? [2, 1, 2] : turn === 0 ? [1, 2, 3] : turn === 1 ? [2, 3, 1] : [2, 1, 3], board: "hex", at: START - (60 - i) * 1000 };
  });
  await send(matches, "three");
  const ladder = await get(paths.ratingConfig("hex_3p", "ladder"), "/v1/ratings/configs/{config}/ladder");
  expect(ladder.rows.map((row: { games: number }) => row.games)).toEqual([60, 60, 60]);
  expect(ladder.rows.reduce((sum: number, row: { wins: number }) => sum + row.wins, 0)).toBe(60);
  const { cells } = await get(paths.ratingConfig("hex_3p", "matrix"), "/v1/ratings/configs/{config}/matrix");
  expect(cells[0][1].games).toBe(60);
  expect(cells[0][1].ahead + cells[1][0].ahead + cells[0][1].tied).toBe(60);
  await get(`${paths.ratingConfig("hex_3p", "trajectories")}?participant=a`, "/v1/ratings/configs/{config}/trajectories");
});
