import { randomStream } from "@gauntlet/core";
import { expect, test } from "vitest";

import { createGameService } from "../service/game-service.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { openArena } from "./arena.ts";
import { chancesOf } from "./habit.ts";
import { drifted, FASHIONS, makePeople } from "./people.ts";
import { serviceTable } from "./service-table.ts";

test("habits by hand: what somebody is drawn to has e to the pull of the weight", () => {
  const view = { history: [{ points: [10, 14, 19], user: "rock", bot: "scissors", result: "win" }], points: [10, 14, 19], score: { user: 10, bot: 0 } } as const;
  const chances = (...habits: Parameters<typeof chancesOf>[0]) => chancesOf(habits, view).map((chance) => Math.round(chance * 1000) / 1000);
  expect(chances()).toEqual([0.333, 0.333, 0.333]);
  expect(chances({ kind: "favourite", move: "paper", pull: Math.log(2) })).toEqual([0.25, 0.5, 0.25]);
  // Scissors is worth most, rock beats it, paper beats rock.
  expect([0, 1, 2].map((step) => chances({ kind: "value", step: step as 0 | 1 | 2, pull: Math.log(2) }).indexOf(0.5))).toEqual([2, 0, 1]);
  expect(chances({ kind: "again", after: "win", pull: -Math.log(2) })).toEqual([0.2, 0.4, 0.4]);
  expect(chances({ kind: "again", after: "lose", pull: 9 })).toEqual([0.333, 0.333, 0.333]);
  expect(chances({ kind: "answer", pull: Math.log(2) })).toEqual([0.5, 0.25, 0.25]);
  expect(chances({ kind: "pattern", moves: ["rock", "scissors", "paper"], pull: Math.log(2) })).toEqual([0.25, 0.25, 0.5]);
});

test("the same seed makes the same people; a drift takes some to the new fashion, and the others stay almost as they were", () => {
  const people = makePeople(randomStream(1, 1), FASHIONS[0]!);
  expect(makePeople(randomStream(1, 1), FASHIONS[0]!)).toEqual(people);
  const later = drifted(people, { fashion: FASHIONS[1]!, share: 0.5, random: randomStream(1, 2) });
  const steps = later.flatMap(({ habits }) => habits.flatMap((habit) => (habit.kind === "value" ? [habit.step] : [])));
  expect(new Set(steps)).toEqual(new Set([FASHIONS[0]!.step, FASHIONS[1]!.step]));
  expect(drifted(people, { fashion: FASHIONS[1]!, share: 0, random: randomStream(1, 2) }).map(({ habits }) => habits.map(({ kind }) => kind))).toEqual(people.map(({ habits }) => habits.map(({ kind }) => kind)));
});

test("games in the arena are games of the platform, the same again for the same seed", async () => {
  const played = async () => {
    const data = openSqliteGames(":memory:");
    let ids = 0;
    const random = randomStream(7, 2);
    const games = createGameService({ store: data.store, model: () => null, assign: () => "Production", now: () => 1_767_225_600_000 + ids, newId: () => `game-${++ids}`, random, metrics: null });
    const arena = openArena({ random: randomStream(7, 1) });
    await arena.play(serviceTable(games), 12);
    const kept = await data.store.trainingRounds(null, { playerNameLike: null, policies: null, roundsMax: null });
    expect([kept.length, kept.reduce((sum, { rounds }) => sum + rounds.length, 0)]).toEqual([arena.games, arena.rounds]);
    await data.close();
    return kept;
  };
  const first = await played();
  expect(new Set(first.map(({ policy }) => policy))).toEqual(new Set(["brian", "forrest", "logan"]));
  expect(await played()).toEqual(first);
});
