import { randomStream, ratingReading, type MonitorRules } from "@gauntlet/core";
import { describe, expect, test } from "vitest";

import { openMatchLedger } from "../matches/open-match-ledger.ts";
import { openMemoryStore } from "../testing/memory-store/open-memory-store.ts";
import { ratingFactsOf } from "./rating-facts-of.ts";

const PROMOTED_AT = 1_767_225_600_000;

interface Game {
  readonly players: readonly string[];
  readonly places: readonly number[];
  /** Minutes after the promotion. */
  readonly minute: number;
  readonly board?: string;
}

async function ledgerOf(games: readonly Game[]) {
  const ledger = await openMatchLedger({ store: openMemoryStore().matches, node: "here", strategy: "last_write_wins", clock: { now: () => PROMOTED_AT + 1e9 } });
  const rows = games.map(({ players, places, minute, board = "square8" }, i) => ({ id: `m${i}`, players, places, board, numPlayers: players.length, length: null, durationMs: null, at: PROMOTED_AT + minute * 60_000, origin: "here", tournament: null }));
  const report = await ledger.importMatches(rows);
  expect(report.rejectedCount).toBe(0);
  return ledger;
}

const query = { board: "square8", numPlayers: 2, participant: "new", previous: "old", baselineElo: null, since: PROMOTED_AT };

/** Wins of the first with this chance; the seed is fixed. */
function series(count: number, chance: number, { from, pair }: { readonly from: number; readonly pair: readonly [string, string] }): readonly Game[] {
  const random = randomStream(42, from + 60);
  return Array.from({ length: count }, (_, i) => ({ players: i % 2 === 0 ? pair : pair.toReversed(), places: random() < chance === (i % 2 === 0) ? [1, 2] : [2, 1], minute: from + i / 100 }));
}

describe("what matches say of a promoted participant", () => {
  test("counts matches since the promotion, and points against what served before, whatever the seats", async () => {
    const two = await ledgerOf([
      { players: ["new", "old"], places: [1, 2], minute: -5 },
      { players: ["new", "old"], places: [2, 1], minute: 0 },
      { players: ["old", "new"], places: [1, 1], minute: 1 },
      { players: ["new", "old"], places: [1, 2], minute: 2 },
      { players: ["old", "third"], places: [1, 2], minute: 3 },
      { players: ["new", "old"], places: [1, 2], minute: 4, board: "hex8" },
    ]);
    expect(ratingFactsOf(two, query)).toMatchObject({ service: { games: 4, winRate: 0.625 }, since: { games: 2, against: { games: 2, points: 1.5 } }, difference: { games: 5, before: 2 } });
    const four = await ledgerOf([
      { players: ["new", "a", "old", "c"], places: [2, 1, 2, 3], minute: 1 },
      { players: ["new", "a", "b", "c"], places: [4, 1, 2, 3], minute: 2 },
      { players: ["old", "a", "b", "new"], places: [4, 1, 2, 3], minute: 3 },
    ]);
    expect(ratingFactsOf(four, { ...query, numPlayers: 4 }).since).toEqual({ games: 3, against: { games: 2, points: 1.5 } });
  });

  test("nobody's rating is made up: of an unknown participant, or one that nothing compares, nothing is said", async () => {
    const ledger = await ledgerOf([{ players: ["new", "a"], places: [1, 2], minute: 1 }, { players: ["old", "b"], places: [1, 2], minute: 1 }]);
    expect(ratingFactsOf(ledger, { ...query, participant: "nwe" })).toEqual({ board: "square8", service: null, baselineElo: null, previousElo: 1516, since: { games: 0, against: { games: 0, points: 0 } }, difference: null });
    expect(ratingFactsOf(ledger, query).difference).toBeNull();
    expect(ratingFactsOf(ledger, { ...query, previous: null })).toMatchObject({ previousElo: null, difference: null });
  });

  test("a version that loses after its promotion shows: significantly by the fit, and in its points", async () => {
    const rules: MonitorRules = { mode: "rollback", watchMs: null, everyMs: 0, windowMs: 3_600_000, consecutive: 3, minSamples: 20, alpha: { parts: 1, of: 100 }, severeTimes: { parts: 2, of: 1 }, rating: { dropMax: { parts: 30, of: 1 }, winRateMin: { parts: 2, of: 5 }, adaptive: false }, cooldownMs: 0, perDayMax: null, escalation: false };
    const before = series(100, 0.55, { from: -60, pair: ["new", "old"] });
    const status = async (after: readonly Game[]) => ratingReading(ratingFactsOf(await ledgerOf([...before, ...after]), query), { rules, mode: "strict", at: PROMOTED_AT + 1e7 }).figures.map((figure) => figure.status);
    expect(await status(series(300, 0.5, { from: 1, pair: ["new", "old"] }))).toEqual(["healthy", "healthy"]);
    expect(await status(series(30, 0.2, { from: 1, pair: ["new", "old"] }))).toEqual(["healthy", "healthy"]);
    expect(await status(series(300, 0.2, { from: 1, pair: ["new", "old"] }))).toEqual(["severe", "severe"]);
  });
});
