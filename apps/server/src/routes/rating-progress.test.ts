import { paths, ratingProgress } from "@gauntlet/contract";
import { afterAll, beforeAll, expect, test } from "vitest";

import { registerVersions, startTestServer, type TestServer } from "../testing/test-server.ts";

const MODEL = "square8_2p";
const POLICY = `
kind: rating
name: stronger search
model: ${MODEL}
promotion: production
board: square8
players: 2
baseline: champion
criteria: { minEloImprovement: 0, minGames: 40, confidence: 95% }
sprt: { width: 50, beta: 5% }
`;

let server: TestServer;
let games = 0;

/** Pairs of games with seats swapped; of every ten the challenger wins six, with either seat. */
async function play(pairs: number): Promise<void> {
  const matches = Array.from({ length: pairs * 2 }, () => {
    const i = games++;
    const [challenger, champion] = [`${MODEL}@2`, `${MODEL}@1`];
    return { id: `g${i}`, players: i % 2 === 0 ? [challenger, champion] : [champion, challenger], winner: Math.floor(i / 2) % 10 < 6 ? challenger : champion, board: "square8", tournament: `t${Math.floor(i / 2)}`, at: server.clock.at - 1000 + i };
  });
  const sent = await server.call("POST", paths.matchImport, { key: `games-${games}`, body: { matches } });
  expect(sent.status).toBe(200);
  server.clock.at += 60_000;
}

const progress = async () => ratingProgress.parse((await server.call("GET", paths.rating(MODEL))).json);

beforeAll(async () => {
  server = await startTestServer();
  await registerVersions(server, MODEL);
});
afterAll(() => server.close());

test("without a rollout that goes by matches there is nothing to show", async () => {
  expect((await server.call("GET", paths.rating(MODEL))).json.code).toBe("not_found");
});

test("the test of the two, game by game: its last point is what the check says", async () => {
  await play(10);
  const begun = await server.call("POST", paths.rollouts(MODEL), { key: "start", body: { policy: POLICY, challenger: "2" } });
  expect(begun.json.detail ?? begun.status).toBe(200);
  await server.call("POST", paths.tick(MODEL));
  const early = await progress();
  expect(early).toMatchObject({ config: MODEL, promotion: "production", games: 20, challenger: { version: "2", participant: `${MODEL}@2`, games: 20 }, baseline: { version: "1", participant: `${MODEL}@1` }, singles: { wins: 0, draws: 0, losses: 0 }, tiers: [] });
  expect(early.pairs).toEqual([4, 0, 0, 0, 6]);
  expect(early.test).toMatchObject({ elo0: 0, elo1: 50, minGames: 40, maxGames: null });
  expect(early.test?.path.map((point) => point.games)).toEqual(Array.from({ length: 10 }, (_, i) => 2 * (i + 1)));
  await play(300);
  await server.call("POST", paths.tick(MODEL));
  const { decision } = (await server.call("GET", paths.model(MODEL))).json;
  const check = decision.checks.find(({ id }: { id: string }) => id === "elo-sprt");
  const late = await progress();
  expect(late.test?.path.length).toBeLessThanOrEqual(200);
  const { llr, lower, upper } = check.reported;
  expect(late.test?.path.at(-1)).toEqual({ games: 620, llr, lower, upper });
  expect(late.difference?.elo).toBeGreaterThan(0);
});

test("of one that is over, the matches that it was decided by", async () => {
  for (let i = 0; i < 4; i++) await server.call("POST", paths.tick(MODEL));
  const { state } = (await server.call("GET", paths.model(MODEL))).json;
  expect(state.rollout.status).toBe("promoted");
  const { path } = (await progress()).test!;
  expect(path.at(-1)!.llr).toBeGreaterThanOrEqual(path.at(-1)!.upper);
  await play(20);
  expect((await progress()).games).toBe(620);
});
