import type { LadderEntry, MatchView } from "@gauntlet/contract";
import { expect, test } from "vitest";

import { elo, eloInterval, fieldRows, ladderGroups, pairWords, placeOn, resultWords, scaleOf, shadeOf, shortened, spread, superiorityWords, trajectoryFrame } from "./ratings.ts";

const MATCH: MatchView = { id: "m1", players: ["v7", "v3"], places: [1, 2], board: "square8", numPlayers: 2, length: 41, durationMs: 12_500, at: Date.parse("2026-03-01T10:00:00.250Z"), origin: "east", tournament: null };

test("Elo points are signed against a mean, and plain on a scale of anchors", () => {
  expect([elo(34.6, false), elo(-1234.4, false), elo(0.2, false), elo(1523.4, true)]).toEqual(["+35", "−1,234", "±0", "1,523"]);
  expect([eloInterval({ low: -12.2, high: 48 }, false), eloInterval({ low: null, high: null }, false)]).toEqual(["−12 to +48", "nothing known"]);
});

test("groups that can't be compared stand apart, and those of one are named alone", () => {
  const row = (participant: string, group: number, rating: number | null): LadderEntry => ({ participant, elo: rating, standardError: rating === null ? null : 10, low: rating === null ? null : rating - 20, high: rating === null ? null : rating + 20, group, anchored: false, games: 1, wins: 0, losses: 0, draws: 1, serviceElo: null });
  const page = { config: "square8_2p", digest: "", level: 0.95, participants: 5, groups: [{ group: 0, participants: 2, anchored: false }, { group: 1, participants: 2, anchored: true }, { group: 2, participants: 1, anchored: false }], rows: [row("a", 0, 50), row("b", 0, -50), row("c", 1, 1500), row("d", 1, 1400), row("e", 2, null)], problem: null, nextOffset: null };
  const { groups, alone } = ladderGroups([page]);
  expect(groups.map(({ group, anchored, rows }) => [group, anchored, rows.map(({ participant }) => participant)])).toEqual([[0, false, ["a", "b"]], [1, true, ["c", "d"]]]);
  expect(alone.map(({ participant }) => participant)).toEqual(["e"]);
  expect(groups[0]?.scale.low).toBeLessThan(-70);
  expect(groups[0]?.scale.high).toBeGreaterThan(70);
});

test("a scale has few round ticks and holds its values", () => {
  const scale = scaleOf([-130, 212, null]);
  expect(scale.ticks).toEqual([-100, 0, 100, 200]);
  expect([placeOn({ low: 0, high: 200, ticks: [] }, 50), scaleOf([]).ticks, scaleOf([7, 7]).ticks.length]).toEqual(["25.00%", [0], 3]);
});

test("a long id keeps its end", () => {
  expect([shortened("search@12", 20), shortened("a-very-long-family-name@version-371", 20)]).toEqual(["search@12", "a-very…e@version-371"]);
  expect(shortened("a-very-long-family-name@version-371", 20)).toHaveLength(20);
});

test("superiority is a shade and a number that is never surer than it is", () => {
  expect([0, 0.04, 0.5, 0.96, 1].map(shadeOf)).toEqual([0, 0, 5, 10, 10]);
  expect([0.999, 1, 0.001, 0, 0.734].map(superiorityWords)).toEqual([">99", ">99", "<1", "<1", "73"]);
  expect(pairWords("v7", "v3", { kind: "comparable", difference: 34.6, standardError: 11.2, superiority: 0.999, games: 40, ahead: 25, tied: 3 })).toBe("v7 is stronger than v3 with a likelihood of 99.9\u00A0%: +35 Elo, standard error 11. They met in 40 matches: v7 was ahead in 25, behind in 12, level in 3.");
  expect(pairWords("v7", "v3", { kind: "incomparable", games: 0, ahead: 0, tied: 0 })).toMatch(/can't be compared.*never met/);
});

test("the fields in which two versions differ come first", () => {
  const version = (match: MatchView, contentId: string) => ({ contentId, match, counts: false, takenOut: false });
  const rows = fieldRows([version(MATCH, "a"), version({ ...MATCH, places: [2, 1], at: MATCH.at + 1, origin: "west" }, "b")]);
  expect(rows.filter((row) => row.differs).map((row) => [row.name, row.values])).toEqual([
    ["Result", ["v7 won", "v3 won"]],
    ["Ended", ["2026-03-01 10:00:00.250 UTC", "2026-03-01 10:00:00.251 UTC"]],
    ["Recorded by", ["east", "west"]],
  ]);
  expect(rows).toHaveLength(8);
});

test("results of two and of more", () => {
  expect(resultWords({ players: ["a", "b"], places: [1, 1] })).toBe("draw of a and b");
  expect(resultWords({ players: ["a", "b", "c", "d"], places: [2, 1, 2, 4] })).toBe("1st b, 2nd a and c, 4th d");
});

test("labels are moved apart within their frame", () => {
  expect(spread([10, 11, 50], 12, [0, 60])).toEqual([10, 22, 50]);
  expect(spread([58, 59], 12, [0, 60])).toEqual([48, 60]);
});

test("the frame of trajectories holds what is settled", () => {
  const points = (values: readonly (number | null)[]) => values.map((value, i) => ({ at: i, games: 1, elo: value, low: value === null ? null : value - (i === 0 ? 900 : 10), high: value === null ? null : value + 10 }));
  const frame = trajectoryFrame({ config: "c", digest: "", level: 0.95, against: null, trajectories: [{ participant: "a", points: points([0, 20, 30, 40]) }, { participant: "b", points: points([null]) }] });
  expect(frame?.span).toEqual([0, 3]);
  expect(frame?.scale.low).toBeGreaterThan(-20);
  expect(trajectoryFrame({ config: "c", digest: "", level: 0.95, against: null, trajectories: [] })).toBe(null);
});
