import { randomStream } from "@gauntlet/core";
import { afterEach, expect, test } from "vitest";

import { MOVES } from "../rules/moves.ts";
import { openGameStore, type GameStore } from "../store/game-store.ts";
import type { ServedModel } from "../serving/slots.ts";
import { createGameService, type GameServiceOptions } from "./game-service.ts";
import { isMadeUp, playerNameOf } from "./player-names.ts";

let store: GameStore;

afterEach(() => store.close());

function service(some: Partial<GameServiceOptions> = {}) {
  store = openGameStore(":memory:");
  let ids = 0;
  const random = randomStream(1, 1);
  return createGameService({ store, model: () => null, assign: () => "Production", now: () => 1_767_225_600_000, newId: () => `id-${++ids}`, random, ...some });
}

const START = { playerName: "Ada", policy: "brian", sessionId: "s1", isTest: false };

const refusal = (status: number) => expect.objectContaining({ status });

test("a game is played to its end, and then refuses moves", () => {
  const games = service();
  const { game, policy } = games.start(START);
  expect([game.alias, policy.model, game.openingMoves.length]).toEqual(["Production", "feedforward_nn", 3]);
  for (let number = 1; ; number++) {
    expect(games.nextPoints(game.id).round).toBe(number);
    const played = games.play(game.id, MOVES[number % 3]!);
    expect(played.choice === null).toBe(number <= 3);
    if (number <= 3) expect(played.round.bot).toBe(game.openingMoves[number - 1]);
    if (played.winner !== null) break;
  }
  expect(store.game(game.id)?.winner).not.toBeNull();
  expect(() => games.play(game.id, "rock")).toThrow(refusal(409));
  const rounds = store.rounds(game.id);
  expect(rounds.map(({ number }) => number)).toEqual(rounds.map((_, i) => i + 1));
});

test("what can't be played is refused, and changes nothing", () => {
  const games = service();
  const { game } = games.start(START);
  expect(() => games.play(game.id, "lizard")).toThrow(refusal(400));
  expect(() => games.play("nobody's", "rock")).toThrow(refusal(404));
  expect(() => games.start({ ...START, policy: "bob" })).toThrow(refusal(400));
  expect(store.rounds(game.id)).toEqual([]);
});

test("of two moves for one round the second is refused", () => {
  const games = service();
  const { game } = games.start(START);
  const { round } = games.play(game.id, "rock");
  expect(store.addRound(game.id, { ...round, user: "paper" }, { at: 0, winner: null, version: null })).toBe(false);
  expect(store.rounds(game.id)).toEqual([round]);
});

function playFour(model: ServedModel | null) {
  const games = service({ model: () => model, newId: (() => { let n = 0; return () => `game-${++n}`; })() });
  const { game } = games.start({ ...START, sessionId: "s" });
  for (let i = 0; i < 3; i++) games.play(game.id, "rock");
  return games.play(game.id, "rock");
}

test("from the fourth round the model is asked; without one all moves are alike; if it fails a player of habits steps in", () => {
  const sure: ServedModel = { version: "7", runId: "r", predict: () => [1, 0, 0] };
  expect(playFour(sure)).toMatchObject({ choice: { source: "model", probabilities: [1, 0, 0], move: "paper" }, model: { version: "7" } });
  store.close();
  expect(playFour(null).choice).toMatchObject({ source: "fallback", probabilities: [1 / 3, 1 / 3, 1 / 3] });
  store.close();
  const broken: ServedModel = { ...sure, predict: () => { throw new Error("no weights"); } };
  expect(playFour(broken).choice?.source).toBe("legacy_fallback");
});

test("V16: players who are made up are told from people", () => {
  store = openGameStore(":memory:");
  expect(["ace", "bob", "sim1", "sim[42]", "sim(003)", "simon2", "simp1", "SIM-7"].filter((name) => !isMadeUp(name))).toEqual([]);
  expect(["simon", "simp", "Player-A1"].filter(isMadeUp)).toEqual([]);
  expect([playerNameOf(null, "a-b1c2"), playerNameOf(" player ", "xy"), playerNameOf(" Ada ", "xy")]).toEqual(["Player-AB1", "Player-XY", "Ada"]);
});
