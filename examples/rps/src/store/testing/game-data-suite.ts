import { expect, test } from "vitest";

import { winnerOf, type Round } from "../../rules/game.ts";
import { beaterOf, MOVES, type Move } from "../../rules/moves.ts";
import type { SlotGuess } from "../../service/slot-guesses.ts";
import type { Slot } from "../../serving/slots.ts";
import type { GameData } from "../game-data.ts";
import type { StoredGame } from "../game-store.ts";
import { newGame, roundsOf, START } from "./playing-games.ts";

const DAY_MS = 86_400_000;

/** Stores a game with rounds, a second apart, the last of which ends it if its score says so. */
export async function store(data: GameData, game: Omit<StoredGame, "winner">, rounds: readonly Round[]): Promise<void> {
  await data.store.addGame(game);
  for (const [i, round] of rounds.entries()) {
    const winner = winnerOf({ user: round.userScore, bot: round.botScore });
    expect(await data.store.addRound(game.id, round, { at: game.startedAt + (i + 1) * 1000, winner, version: i < 3 ? null : "7", history: rounds.slice(0, i), guesses: [] })).toBe(true);
  }
}

/** A game that one round decided, a second after its beginning: what is asked of many games together needs no more. */
export async function decide(data: GameData, game: Omit<StoredGame, "winner">, wins: boolean): Promise<void> {
  const [round] = roundsOf(game.id, { wins, rounds: 1 });
  await data.store.addGame(game);
  expect(await data.store.addRound(game.id, round!, { at: game.startedAt + 1000, winner: wins ? "user" : "bot", version: null, history: [], guesses: [] })).toBe(true);
}

export const GUESSED = [{ policy: "brian", version: "7" }] as const;

/** Two rounds whose moves version 7 guessed. */
export async function playGuessed(data: GameData): Promise<void> {
  await data.store.addGame(newGame("g-1"));
  for (const round of roundsOf("g-1", { wins: true, rounds: 2 })) {
    await data.store.addRound("g-1", round, { at: START, winner: null, version: "7", history: [], guesses: [{ slot: "Production", version: "7", move: round.user, confidence: 1 }] });
  }
}

/** What every database of games must do. `open` gives an empty one. */
export function gameDataSuite(open: () => Promise<GameData>): void {
  const withData = (work: (data: GameData) => Promise<void>) => async (): Promise<void> => {
    const data = await open();
    try {
      await work(data);
    } finally {
      await data.close();
    }
  };

  test("a game and its rounds read back as they were written", withData(async (data) => {
    const game = newGame("g-1", { playerName: "Zoë; DROP TABLE games --", isTest: true });
    expect([await data.store.game("g-1"), await data.store.rounds("g-1")]).toEqual([null, []]);
    const rounds = roundsOf("g-1", { wins: true });
    await store(data, game, rounds);
    expect(await data.store.game("g-1")).toEqual({ ...game, winner: "user" });
    expect(await data.store.rounds("g-1")).toEqual(rounds);
    expect(await data.lists.standing("g-1")).toEqual({ results: { win: rounds.length, lose: 0, draw: 0 }, userScore: rounds.at(-1)!.userScore, botScore: 0, winner: "user" });
    expect(await data.lists.standing("g-2")).toBeNull();
  }));

  test("I23: a round is played once, after those before it, and none after the end", withData(async (data) => {
    await data.store.addGame(newGame("g-1"));
    const rounds = roundsOf("g-1", { wins: false });
    const context = { at: START, winner: null, version: null, history: [], guesses: [] };
    const added = await Promise.all([1, 2, 3, 4].map(() => data.store.addRound("g-1", rounds[0]!, context)));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await data.store.addRound("g-1", { ...rounds[0]!, user: "paper" }, context)).toBe(false);
    expect(await data.store.addRound("nobody's", rounds[0]!, context)).toBe(false);
    expect(await data.store.rounds("g-1")).toEqual(rounds.slice(0, 1));
    expect(await data.store.addRound("g-1", rounds[1]!, { ...context, winner: "bot", history: rounds.slice(0, 1) })).toBe(true);
    expect(await data.store.addRound("g-1", rounds[2]!, { ...context, history: rounds.slice(0, 2) })).toBe(false);
    expect((await data.lists.standing("g-1"))?.results).toEqual({ win: 0, lose: 2, draw: 0 });
  }));

  test("guesses are counted by version, each round once, whoever asks at the same time; of a test game none", withData(async (data) => {
    const said = (...guesses: readonly (readonly [Slot, string, Move])[]): readonly SlotGuess[] => guesses.map(([slot, version, move]) => ({ slot, version, move, confidence: 0.5 }));
    const asked = [["forrest", "7"], ["forrest", "8"], ["brian", "7"], ["forrest", "9"]].map(([policy = "", version = ""]) => ({ policy, version }));
    const counts = async () => (await data.guesses.of(asked)).map(({ policy, version, guesses, right }) => `${policy} ${version} ${right} of ${guesses}`).toSorted();
    expect(await counts()).toEqual([]);
    for (const [id, policy, isTest] of [["g-1", "forrest", false], ["g-2", "brian", false], ["g-3", "forrest", true]] as const) {
      await data.store.addGame(newGame(id, { policy, isTest }));
      for (const [i, round] of roundsOf(id, { wins: true, rounds: 3 }).entries()) {
        const wrong = beaterOf(round.user);
        // A version in two slots has guessed once. Nobody guesses in the first round.
        const guesses = i === 0 ? [] : said(["Production", "7", round.user], ["B", "8", i === 1 ? round.user : wrong], ["shadow1", "7", round.user]);
        const context = { at: START, winner: null, version: null, history: [], guesses };
        await Promise.all([data.store.addRound(id, round, context), data.store.addRound(id, round, context), data.guesses.of([])]);
      }
    }
    expect(await Promise.all([counts(), counts(), counts()])).toContainEqual(["brian 7 2 of 2", "forrest 7 2 of 2", "forrest 8 1 of 2"]);
    expect(await counts()).toEqual(["brian 7 2 of 2", "forrest 7 2 of 2", "forrest 8 1 of 2"]);
  }));

  test("a game can't be stored twice, and a session may have many", withData(async (data) => {
    await data.store.addGame(newGame("g-1", { sessionId: "s" }));
    await data.store.addGame(newGame("g-2", { sessionId: "s", playerName: "Ada L." }));
    await expect(data.store.addGame(newGame("g-1"))).rejects.toThrow();
    expect((await data.reports.roundCounts({ since: null, session: "s" })).games).toBe(2);
    const together = await Promise.allSettled(["g-3", "g-1", "g-4"].map((id) => data.store.addGame(newGame(id))));
    expect(together.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect([(await data.store.game("g-3"))?.id, (await data.store.game("g-4"))?.id, (await data.store.game("g-1"))?.sessionId]).toEqual(["g-3", "g-4", "s"]);
  }));

  test("training gets whole games in order, test games never", withData(async (data) => {
    await store(data, newGame("late", { startedAt: START + DAY_MS }), roundsOf("late", { wins: true, rounds: 5 }));
    await store(data, newGame("early", { playerName: "ace", policy: "logan" }), roundsOf("early", { wins: false, rounds: 4 }));
    await store(data, newGame("test", { isTest: true }), roundsOf("test", { wins: true, rounds: 4 }));
    await data.store.addGame(newGame("unplayed"));
    const any = { playerNameLike: null, policies: null, roundsMax: null };
    const all = await data.store.trainingRounds(null, any);
    expect(all.map(({ id, rounds }) => [id, rounds.length])).toEqual([["early", 4], ["late", 5]]);
    const { playedAt, ...first } = all[1]!.rounds[0]!;
    expect([playedAt, first]).toEqual([START + DAY_MS + 1000, roundsOf("late", { wins: true, rounds: 1 })[0]]);
    expect(all[0]).toMatchObject({ playerName: "ace", policy: "logan", isTest: false, startedAt: START });
    const ids = async (since: number | null, some: Partial<typeof any> | { readonly policies: readonly string[] } | { readonly playerNameLike: string } | { readonly roundsMax: number }) => (await data.store.trainingRounds(since, { ...any, ...some })).map(({ id }) => id);
    expect(await ids(START + 1, {})).toEqual(["late"]);
    expect(await ids(null, { playerNameLike: "AC%" })).toEqual(["early"]);
    expect(await ids(null, { policies: ["brian", "forrest"] })).toEqual(["late"]);
    expect(await ids(null, { policies: [] })).toEqual([]);
    expect([await ids(null, { roundsMax: 1 }), await ids(null, { roundsMax: 2 }), await ids(null, { roundsMax: 3 })]).toEqual([["late"], ["late"], ["early", "late"]]);
  }));

  test("the leaderboard is by share, games and name, of enough finished games, without test games and old ones", withData(async (data) => {
    let n = 0;
    const play = async (player: string, wins: readonly boolean[], some: Partial<Omit<StoredGame, "winner">> = {}) => {
      for (const won of wins) {
        const id = `${player}-${(n += 1)}`;
        await decide(data, newGame(id, { playerName: player, ...some }), won);
      }
    };
    await play("Cleo", [true, false, true]);
    await play("Ben", [true, true, false]);
    await play("Dan Y.", [true, true, true], { isTest: true });
    await play("Eve", [true]);
    await play("Old", [true, true, true], { startedAt: START - 1 });
    await play("sim7", [true, true, true], { policy: "logan" });
    await data.store.addGame(newGame("unfinished", { playerName: "Eve" }));
    const top = (of: "people" | "made-up", since: number | null, limit = 10) => data.reports.leaderboard({ of, since, gamesMin: 3, limit }).then((rows) => rows.map(({ player, userWins, games }) => [player, userWins, games]));
    expect(await top("people", START)).toEqual([["Ben", 2, 3], ["Cleo", 2, 3]]);
    expect(await top("people", null)).toEqual([["Old", 3, 3], ["Ben", 2, 3], ["Cleo", 2, 3]]);
    expect(await top("people", null, 1)).toEqual([["Old", 3, 3]]);
    expect(await top("made-up", START)).toEqual([["sim7", 3, 3]]);
    expect(await data.reports.tallies({ since: START })).toEqual([
      { policy: "brian", games: 7, userWins: 5, botWins: 2, ties: 0 },
      { policy: "logan", games: 3, userWins: 3, botWins: 0, ties: 0 },
    ]);
    expect(await data.reports.tallies({ since: START, of: "people", policy: "logan" })).toEqual([]);
    expect(await data.reports.tallies({ since: START, player: "Eve" })).toEqual([{ policy: "brian", games: 1, userWins: 1, botWins: 0, ties: 0 }]);
  }));

  test("rounds are counted with what was played in them", withData(async (data) => {
    const rounds = roundsOf("g-1", { wins: true, rounds: 4 });
    await store(data, newGame("g-1", { policy: "forrest" }), rounds);
    await store(data, newGame("g-2", { isTest: true }), roundsOf("g-2", { wins: true, rounds: 4 }));
    const count = (side: "user" | "bot") => Object.fromEntries(MOVES.map((move: Move) => [move, rounds.filter((round) => round[side] === move).length]));
    expect(await data.reports.roundCounts({ since: null })).toEqual({ games: 1, rounds: 4, results: { win: 4, lose: 0, draw: 0 }, userMoves: count("user"), botMoves: count("bot") });
    expect((await data.reports.roundCounts({ since: null, policy: "brian" })).games).toBe(0);
    expect(await data.reports.roundsSince({ since: null }, START + 3000)).toBe(2);
    expect(await data.reports.roundsSince({ since: START + 1 }, START)).toBe(0);
  }));

  test("a streak is a run of wins in the order of ends; what isn't won ends it", withData(async (data) => {
    const results = [true, true, false, true, true, true, false, false, true];
    for (const [i, wins] of results.entries()) {
      const id = `g-${i}`;
      // Later ids end earlier, so that it is the end that counts.
      await decide(data, newGame(id, { sessionId: "s", startedAt: START + (20 - i) * 60_000, playerName: i === 0 ? "Player-S" : "Ada", policy: i < 4 ? "logan" : "brian" }), wins);
    }
    await decide(data, newGame("other", { sessionId: "s2", playerName: "Ben" }), true);
    await decide(data, newGame("loser", { playerName: "Eve" }), false);
    await decide(data, newGame("sim", { playerName: "sim1" }), true);
    const [last, other] = [START + 20 * 60_000 + 1000, START + 1000];
    expect(await data.reports.streaks({ since: null, limit: 10 })).toEqual([
      { player: "Ada", longest: 3, current: 2, lastWinAt: last, games: 9 },
      { player: "Ben", longest: 1, current: 1, lastWinAt: other, games: 1 },
    ]);
    expect(await data.reports.streaks({ since: null, limit: 1, policy: "logan" })).toEqual([{ player: "Ada", longest: 2, current: 2, lastWinAt: last, games: 4 }]);
  }));

  test("finished games come page by page, each once, whatever ends meanwhile", withData(async (data) => {
    for (let i = 0; i < 7; i++) {
      const id = `g-${i}`;
      // Some end at the same instant.
      await decide(data, newGame(id, { startedAt: START + Math.floor(i / 3) * 1_000_000, policy: i % 2 === 0 ? "brian" : "logan" }), true);
    }
    await data.store.addGame(newGame("running"));
    const question = { since: null, player: null, policy: null, limit: 3 };
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await data.lists.games({ ...question, after });
      seen.push(...page.games.map(({ id }) => id));
      if (after === null) await decide(data, newGame("newer", { startedAt: START + 9_000_000 }), true);
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(["g-6", "g-5", "g-4", "g-3", "g-2", "g-1", "g-0"]);
    const [first] = (await data.lists.games({ ...question, policy: "logan", after: null })).games;
    const [round] = roundsOf("g-5", { wins: true, rounds: 1 });
    expect(first).toEqual({ id: "g-5", sessionId: "s-g-5", playerName: "Ada", policy: "logan", alias: "Production", startedAt: START + 1_000_000, isTest: false, winner: "user", rounds: 1, userScore: round!.userScore, botScore: 0, finishedAt: START + 1_001_000 });
    for (const wrong of ["x", Buffer.from("[1,2]").toString("base64url"), ""]) await expect(data.lists.games({ ...question, after: wrong })).rejects.toMatchObject({ status: 400 });
  }));

  test("rounds are exported newest first, page by page", withData(async (data) => {
    await store(data, newGame("g-1"), roundsOf("g-1", { wins: true, rounds: 3 }));
    await store(data, newGame("g-2", { isTest: true }), roundsOf("g-2", { wins: true, rounds: 2 }));
    await store(data, newGame("g-3", { startedAt: START + 1 }), roundsOf("g-3", { wins: false, rounds: 2 }));
    const first = await data.lists.rounds({ since: null, before: null, limit: 3 });
    const rest = await data.lists.rounds({ since: null, before: first.at(-1)!.id, limit: 3 });
    expect([...first, ...rest].map(({ gameId, result }) => [gameId, result])).toEqual([["g-3", "lose"], ["g-3", "lose"], ["g-1", "win"], ["g-1", "win"], ["g-1", "win"]]);
    expect((await data.lists.rounds({ since: START + 1, before: null, limit: 9 })).map(({ gameId, at }) => [gameId, at])).toEqual([["g-3", START + 2001], ["g-3", START + 1001]]);
  }));
}
