import { expect, test } from "vitest";

import { playedGames } from "../testing/played-games.ts";
import type { TrainingGame } from "../training-game.ts";
import { gameDataset } from "./game-dataset.ts";
import { GATE, gateOf, SCHEDULED_GATE } from "./gate.ts";
import { isLegacy, SELECTION, selectRounds } from "./select-rounds.ts";

const people = playedGames(40, { seed: 21, name: () => "Ada" });
const legacy = playedGames(12, { seed: 22, players: ["cal"] });
const idsOf = (games: readonly TrainingGame[], change: Partial<typeof SELECTION> = {}) => selectRounds(games, { ...SELECTION, ...change }).games.map(({ game }) => game.id);

test("games of fixed habits are thinned to one in five, counted back from the last in time, whatever their order", () => {
  expect(idsOf(legacy)).toEqual([1, 6, 11].map((i) => `game-22-${i}`));
  expect(idsOf(legacy.toReversed())).toEqual(idsOf(legacy));
  expect(idsOf([...people, ...legacy]).filter((id) => id.startsWith("game-21"))).toHaveLength(40);
  expect(idsOf(legacy, { legacyStride: 1 })).toHaveLength(12);
});

test("who is a player of fixed habits", () => {
  expect(["cal", "CAL", "sim_cal-7", "bob[3]", "the hal"].map((playerName) => isLegacy({ playerName }))).toEqual([true, true, true, true, true]);
  expect(["calvin", "Ada", "ace2b", "", "__proto__"].map((playerName) => isLegacy({ playerName }))).toEqual([false, false, true, false, false]);
});

test("test games, games before the date, other names and other policies are left out; games of an unknown time stay", () => {
  const [first, second, third] = people as readonly [TrainingGame, TrainingGame, TrainingGame];
  expect(idsOf([{ ...first, isTest: true }, second])).toEqual([second.id]);
  expect(idsOf([first, second, { ...third, startedAt: null }], { since: second.startedAt })).toEqual([third.id, second.id]);
  expect(idsOf([{ ...first, playerName: "Ada_1" }, { ...second, playerName: "AdaX1" }, third], { playerNameLike: "a%1" })).toEqual([first.id, second.id]);
  expect(idsOf([{ ...first, playerName: "a.b" }, { ...second, playerName: "axb" }], { playerNameLike: "A.B" })).toEqual([first.id]);
  expect(idsOf([first, { ...second, policy: "logan" }], { policies: ["logan"] })).toEqual([second.id]);
});

test("the newest rounds are kept, to the number; the oldest game that remains still has all its history", () => {
  const all = selectRounds(people, SELECTION);
  expect(all.rounds).toBe(all.candidates.length);
  const some = selectRounds(people, { ...SELECTION, roundsMax: 100 });
  expect(some.rounds).toBe(100);
  const [whole, part] = [gameDataset(all, "whole"), gameDataset(some, "whole")];
  expect(part.data.rows).toBe(100);
  expect(part.data.features).toEqual(whole.data.features.subarray((whole.data.rows - 100) * 50));
  expect(some.games.at(-1)!.game.id).toBe(people.at(-1)!.id);
});

test("the gate counts before thinning: enough in all, enough that is new, enough that is left", () => {
  const now = people.at(-1)!.startedAt! + 60_000;
  const selected = selectRounds(people, SELECTION);
  const rule = { ...GATE, totalMin: 100, selectedMin: 50 };
  expect(gateOf(selected, rule, now)).toMatchObject({ isOpen: true, why: null, total: selected.candidates.length });
  expect(gateOf(selected, rule, now + 3 * 3_600_000)).toMatchObject({ isOpen: false, newRounds: 0, why: expect.stringContaining("0 rounds are new") });
  expect(gateOf(selected, { ...rule, lookbackMs: SCHEDULED_GATE.lookbackMs }, now + 3 * 3_600_000).isOpen).toBe(true);
  expect(gateOf(selected, { ...rule, totalMin: 1e6 }, now).why).toContain("1000000 are needed");
  const thin = selectRounds(legacy, SELECTION);
  expect(thin.rounds).toBeLessThan(thin.candidates.length);
  expect(gateOf(thin, { ...rule, newRoundsMin: 0, selectedMin: 50 }, now).why).toContain(`${thin.rounds} rounds can be learned from`);
  expect(gateOf({ rounds: 500, candidates: Array.from({ length: 500 }, () => ({ playedAt: null })) }, rule, now).newRounds).toBe(0);
});
