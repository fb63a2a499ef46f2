import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { decide, gameDataSuite, GUESSED, playGuessed, store } from "../testing/game-data-suite.ts";
import { newGame, roundsOf } from "../testing/playing-games.ts";
import { openSqliteGames } from "./open-sqlite-games.ts";

gameDataSuite(async () => openSqliteGames(":memory:"));

test("the file has the documented columns, those that are computed too, and is there after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rps-games-"));
  try {
    const file = join(folder, "games.db");
    const data = openSqliteGames(file);
    const rounds = roundsOf("game-1", { wins: true });
    await store(data, newGame("game-1"), rounds);
    await data.close();
    const again = openSqliteGames(file);
    expect(await again.store.rounds("game-1")).toEqual(rounds);
    await again.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const moves = { rock: 0, paper: 0, scissors: 0 };
    for (const { user } of rounds) moves[user] += 1;
    expect(database.prepare("SELECT * FROM games").get()).toMatchObject({ created_ts: "2026-01-01T00:00:00.000Z", start_ts: "2026-01-01T00:00:00.000Z", winner: "user", bot_model_version: "7", rock_pts: 1, user_rock_ct: moves.rock, user_paper_ct: moves.paper, user_scissors_ct: moves.scissors, easy_mode: 0 });
    // V2: the points of game-1's rounds 1 and 4, whose lags are rounds 3, 2 and 1.
    expect(database.prepare("SELECT * FROM events WHERE step_no = 1").get()).toMatchObject({ round_rock_pts: 1.2, round_paper_pts: 1.7, round_scissors_pts: 1, lag1_rock_pts: 1, lag3_scissors_pts: 1 });
    expect(database.prepare("SELECT * FROM events WHERE step_no = 4").get()).toMatchObject({ ts: "2026-01-01T00:00:04.000Z", round_paper_pts: 1.3, lag1_paper_pts: 1.8, lag2_paper_pts: 1.8, lag3_paper_pts: 1.7 });
    const favored = database.prepare("SELECT user_favored_pick_ct AS favored, user_favored_beater_pick_ct AS beater FROM games").get() as { favored: number; beater: number };
    expect(favored.favored + favored.beater).toBeLessThanOrEqual(rounds.length);
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file of before guesses were counted: those of its rounds are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rps-games-"));
  try {
    const file = join(folder, "games.db");
    const first = openSqliteGames(file);
    await playGuessed(first);
    await first.close();
    const before = new DatabaseSync(file);
    before.exec("DROP TABLE version_guesses; DROP TABLE uncounted_rounds");
    before.close();
    for (let start = 0; start < 2; start++) {
      const data = openSqliteGames(file);
      expect(await data.guesses.of(GUESSED)).toEqual([{ ...GUESSED[0], guesses: 2, right: 2 }]);
      await data.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("training reads many games page by page, each once and in order", async () => {
  const data = openSqliteGames(":memory:");
  const ids = Array.from({ length: 450 }, (_, i) => `g-${String(i).padStart(3, "0")}`);
  // Three begin at the same instant each time, on both sides of the pages' borders too.
  await Promise.all(ids.map((id, i) => decide(data, newGame(id, { startedAt: Math.floor(i / 3) * 1000 }), true)));
  const any = { playerNameLike: null, policies: null, roundsMax: null };
  expect((await data.store.trainingRounds(null, any)).map(({ id }) => id)).toEqual(ids);
  expect((await data.store.trainingRounds(100_000, any)).map(({ id }) => id)).toEqual(ids.slice(300));
  await data.close();
});

/** Plays games without end, a hundred at once, and says of each round that it was acknowledged. */
const PLAYING = `
import { openSqliteGames } from ${JSON.stringify(new URL("open-sqlite-games.ts", import.meta.url).href)};
import { newGame, roundsOf } from ${JSON.stringify(new URL("../testing/playing-games.ts", import.meta.url).href)};
const data = openSqliteGames(process.argv[1]);
for (let i = 0; i < 100; i++) void play("g-" + i);
async function play(id) {
  await data.store.addGame(newGame(id));
  const rounds = roundsOf(id, { wins: false });
  for (const [step, round] of rounds.entries()) {
    await data.store.addRound(id, round, { at: step, winner: null, version: null, history: rounds.slice(0, step), guesses: [] });
    process.stdout.write(id + " " + round.number + "\\n");
  }
  await play(id + "-");
}
`;

test("I23: of a process that is killed, what it acknowledged is there, without gaps, and its counts agree", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rps-games-"));
  try {
    const file = join(folder, "games.db");
    const child = spawn(process.execPath, ["--input-type=module", "-e", PLAYING, file], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.length > 2000) child.kill("SIGKILL");
    });
    await once(child, "close");
    expect(child.signalCode).toBe("SIGKILL");
    const acknowledged = said.slice(0, said.lastIndexOf("\n")).split("\n").map((line) => line.split(" ") as [string, string]);
    const data = openSqliteGames(file);
    for (const [id, round] of acknowledged) expect((await data.store.rounds(id)).length).toBeGreaterThanOrEqual(Number(round));
    for (const id of new Set(acknowledged.map(([game]) => game))) {
      const rounds = await data.store.rounds(id);
      expect(rounds).toEqual(roundsOf(id, { wins: false }).slice(0, rounds.length));
      expect(await data.lists.standing(id)).toMatchObject({ results: { lose: rounds.length }, botScore: rounds.at(-1)!.botScore });
    }
    await data.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that another process writes is a fault that passes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rps-games-"));
  try {
    const file = join(folder, "games.db");
    const data = openSqliteGames(file, 20);
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const refused = await Promise.allSettled(["g-1", "g-2"].map((id) => data.store.addGame(newGame(id))));
    expect(refused).toEqual(["g-1", "g-2"].map(() => ({ status: "rejected", reason: expect.objectContaining({ code: "store_unavailable", status: 503, retryable: true }) })));
    expect(await data.store.game("g-1")).toBeNull();
    other.exec("COMMIT");
    other.close();
    await data.store.addGame(newGame("g-1"));
    expect((await data.store.game("g-1"))?.id).toBe("g-1");
    await data.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what counts many games of a file is read beside it, sees what was acknowledged, and keeps no process alive", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rps-games-"));
  try {
    const file = join(folder, "games.db");
    const data = openSqliteGames(file);
    for (let i = 1; i <= 3; i++) {
      await decide(data, newGame(`g-${i}`), true);
      const [tallies, counts, page, rounds] = await Promise.all([data.reports.tallies({ since: null }), data.reports.roundCounts({ since: null }), data.lists.games({ since: null, player: null, policy: null, limit: 9, after: null }), data.lists.rounds({ since: null, before: null, limit: 9 })]);
      expect([tallies[0]?.games, counts.rounds, page.games.length, rounds.length]).toEqual([i, i, i, i]);
    }
    // Whoever asks while it is closed is told, with an answer or without.
    const asked = data.reports.streaks({ since: null, limit: 9 }).then((rows) => rows.length, (error: Error) => error.message);
    await data.close();
    expect([3, "the thread that reads has ended"]).toContain(await asked);
    const child = spawn(process.execPath, ["--input-type=module", "-e", `import { openSqliteGames } from ${JSON.stringify(new URL("open-sqlite-games.ts", import.meta.url).href)}; const data = openSqliteGames(process.argv[1]); console.log((await data.reports.leaderboard({ since: null, of: "people", gamesMin: 3, limit: 1 })).length)`, file], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect([said, code]).toEqual(["1\n", 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
