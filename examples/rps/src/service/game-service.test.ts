import { randomStream } from "@gauntlet/core";
import { afterEach, expect, test } from "vitest";

import { MOVES, type Move } from "../rules/moves.ts";
import type { ServedModel } from "../serving/slots.ts";
import type { GameData } from "../store/game-data.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { createGameService, type GameServiceOptions } from "./game-service.ts";
import type { PlayedRound } from "./played-round.ts";
import { isMadeUp, playerNameOf } from "./player-names.ts";

let data: GameData;

afterEach(() => data.close());

function service(some: Partial<GameServiceOptions> = {}) {
  data = openSqliteGames(":memory:");
  let ids = 0;
  const random = randomStream(1, 1);
  return createGameService({ store: data.store, model: () => null, assign: () => "Production", now: () => 1_767_225_600_000, newId: () => `id-${++ids}`, random, metrics: null, ...some });
}

const START = { playerName: "Ada", policy: "brian", sessionId: "s1", isTest: false };

const move = (gameId: string, of: Move, round: number | null = null) => ({ gameId, move: of, round });

const refusal = (status: number) => expect.objectContaining({ status });

test("a game is played to its end, and then refuses moves", async () => {
  const games = service();
  const { game, policy } = await games.start(START);
  expect([game.alias, policy.model, game.openingMoves.length]).toEqual(["Production", "feedforward_nn", 3]);
  for (let number = 1; ; number++) {
    expect((await games.nextPoints(game.id)).round).toBe(number);
    const played = await games.play(move(game.id, MOVES[number % 3]!, number));
    expect(played.choice === null).toBe(number <= 3);
    if (number <= 3) expect(played.round.bot).toBe(game.openingMoves[number - 1]);
    if (played.winner !== null) break;
  }
  expect((await data.store.game(game.id))?.winner).not.toBeNull();
  await expect(games.play(move(game.id, "rock"))).rejects.toEqual(refusal(409));
  await expect(games.nextPoints(game.id)).rejects.toEqual(refusal(409));
  const rounds = await data.store.rounds(game.id);
  expect(rounds.map(({ number }) => number)).toEqual(rounds.map((_, i) => i + 1));
});

test("what can't be played is refused, and changes nothing", async () => {
  const games = service();
  const { game } = await games.start(START);
  await expect(games.play(move("nobody's", "rock"))).rejects.toEqual(refusal(404));
  await expect(games.play(move(game.id, "rock", 2))).rejects.toEqual(refusal(409));
  await expect(games.start({ ...START, policy: "bob" })).rejects.toEqual(refusal(400));
  expect(await data.store.rounds(game.id)).toEqual([]);
});

test("of moves at the same time one is played", async () => {
  const games = service();
  const { game } = await games.start(START);
  const settled = await Promise.allSettled(MOVES.map((of) => games.play(move(game.id, of))));
  expect(settled.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(await data.store.rounds(game.id)).toHaveLength(1);
  expect((await games.play(move(game.id, "rock"))).round.number).toBe(2);
});

test("two replicas of one store play a game in turns: each remembers it as it was, and none plays on from there", async () => {
  const one = service();
  const other = createGameService({ store: data.store, model: () => null, assign: () => "Production", now: () => 0, newId: () => "", random: () => 0, metrics: null });
  const { game } = await one.start(START);
  for (let number = 1; ; number++) {
    const [mover, late] = number % 2 === 0 ? [one, other] : [other, one];
    const played = await mover.play(move(game.id, MOVES[number % 3]!));
    expect([played.round.number, played.history.length]).toEqual([number, number - 1]);
    await expect(late.play(move(game.id, "rock", number))).rejects.toEqual(refusal(409));
    if (played.winner !== null) break;
  }
  for (const games of [one, other]) await expect(games.play(move(game.id, "rock"))).rejects.toEqual(refusal(409));
});

async function playFour(model: ServedModel | null): Promise<PlayedRound> {
  const games = service({ model: () => model, newId: (() => { let n = 0; return () => `game-${++n}`; })() });
  const { game } = await games.start({ ...START, sessionId: "s" });
  for (let i = 0; i < 3; i++) await games.play(move(game.id, "rock"));
  return games.play(move(game.id, "rock"));
}

test("from the fourth round the model is asked; without one all moves are alike; if it fails a player of habits steps in", async () => {
  const sure: ServedModel = { version: "7", runId: "r", predict: () => [2, 0, 0] };
  expect(await playFour(sure)).toMatchObject({ choice: { source: "model", told: [2, 0, 0], probabilities: [1, 0, 0], move: "paper" }, model: { version: "7" } });
  await data.close();
  expect((await playFour(null)).choice).toMatchObject({ source: "fallback", probabilities: [1 / 3, 1 / 3, 1 / 3] });
  await data.close();
  const broken: ServedModel = { ...sure, predict: () => { throw new Error("no weights"); } };
  const played = await playFour(broken);
  expect([played.choice?.source, played.guesses]).toEqual(["legacy_fallback", []]);
});

test("every slot with a model guesses the same round, and is counted", async () => {
  const versions: Readonly<Record<string, ServedModel>> = {
    Production: { version: "1", runId: "a", predict: () => [0.2, 0.7, 0.1] },
    B: { version: "2", runId: "b", predict: () => [0.6, 0.2, 0.2] },
    shadow2: { version: "4", runId: "d", predict: () => [0.1, 0.1, 0.8] },
  };
  const told: unknown[] = [];
  const note = (name: string) => (...what: readonly unknown[]) => void told.push([name, ...what.slice(1)]);
  const metrics = { assigned: note("assigned"), roundPlayed: note("roundPlayed"), botMoved: note("botMoved"), guessed: note("guessed"), gameFinished: note("gameFinished"), fallback: note("fallback") };
  const games = service({ model: (_, slot) => versions[slot] ?? null, metrics });
  const { game } = await games.start(START);
  for (let i = 0; i < 3; i++) await games.play(move(game.id, "rock"));
  told.length = 0;
  const { guesses, round } = await games.play(move(game.id, "paper"));
  expect(guesses).toEqual([
    { slot: "Production", version: "1", move: "paper", confidence: expect.closeTo(0.7) },
    { slot: "B", version: "2", move: "rock", confidence: expect.closeTo(0.6) },
    { slot: "shadow2", version: "4", move: "scissors", confidence: expect.closeTo(0.8) },
  ]);
  expect(told).toEqual([["roundPlayed", round.result], ["botMoved", { move: round.bot, source: "model" }], ["guessed", { user: "paper", guesses: guesses.map(({ slot: alias, ...guess }) => ({ alias, ...guess })) }]]);
});

const BROKEN: ServedModel = { version: "7", runId: "r", predict: () => { throw new Error("no weights"); } };

test.each([
  [null, "load_failed", "load_failed"],
  [null, "mlflow_error", "mlflow_error"],
  [null, null, "fallback"],
  [BROKEN, null, "legacy_fallback"],
] as const)("a move that no model led to is counted with the reason why (%#)", async (model, absence, reason) => {
  const reasons: string[] = [];
  const none = (): undefined => undefined;
  const games = service({ model: () => model, absence: () => absence, metrics: { assigned: none, roundPlayed: none, botMoved: none, guessed: none, gameFinished: none, fallback: (_, why) => void reasons.push(why) } });
  const { game } = await games.start(START);
  for (let i = 0; i < 4; i++) await games.play(move(game.id, "rock"));
  expect(reasons).toEqual([reason]);
});

test("V16: players who are made up are told from people", () => {
  data = openSqliteGames(":memory:");
  expect(["ace", "bob", "sim1", "sim[42]", "sim(003)", "simon2", "simp1", "SIM-7"].filter((name) => !isMadeUp(name))).toEqual([]);
  expect(["simon", "simp", "Player-A1"].filter(isMadeUp)).toEqual([]);
  expect([playerNameOf(null, "a-b1c2"), playerNameOf(" player ", "xy"), playerNameOf(" Ada ", "xy")]).toEqual(["Player-AB1", "Player-XY", "Ada"]);
});
