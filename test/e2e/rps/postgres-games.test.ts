import { startPostgres, type RunningPostgres } from "@gauntlet/adapters/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openPool } from "../../../examples/rps/src/store/postgres/open-pool.ts";
import { openPostgresGames } from "../../../examples/rps/src/store/postgres/open-postgres-games.ts";
import { gameDataSuite, newGame, roundsOf } from "../../../examples/rps/src/store/testing/game-data-suite.ts";

let postgres: RunningPostgres;
let databases = 0;

beforeAll(async () => void (postgres = await startPostgres()));
afterAll(() => postgres.stop());

/** A schema of its own for each test: a database costs a hundred times as much. What is promised of a crash is not what is tried here, so that nothing waits for the disk. */
async function openEmpty() {
  const schema = `games_${++databases}`;
  const admin = openPool(postgres.url);
  await admin.query(`CREATE SCHEMA ${schema}`);
  await admin.end();
  return { pool: openPool(`${postgres.url}?options=-c%20search_path%3D${schema}%20-c%20synchronous_commit%3Doff`) };
}

gameDataSuite(async () => {
  const { pool } = await openEmpty();
  return { ...(await openPostgresGames(pool)), close: () => pool.end() };
});

test("of two replicas that play the same round at once, one does", async () => {
  const { pool } = await openEmpty();
  try {
    const [one, other] = await Promise.all([openPostgresGames(pool), openPostgresGames(pool)]);
    await one.store.addGame(newGame("g-1"));
    const [round] = roundsOf("g-1", { wins: true, rounds: 1 });
    const context = { at: 0, winner: null, version: null, history: [], guesses: [] };
    const added = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? one : other).store.addRound("g-1", { ...round!, user: i % 2 === 0 ? "rock" : "paper" }, context)));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect((await other.lists.standing("g-1"))?.results).toEqual({ win: 1, lose: 0, draw: 0 });
  } finally {
    await pool.end();
  }
});

test("a database that is away is a fault that passes", async () => {
  await expect(openPostgresGames(openPool("postgres://nobody:x@127.0.0.1:9/none"))).rejects.toMatchObject({ code: "store_unavailable", status: 503, retryable: true });
  expect(() => openPool("mysql://127.0.0.1")).toThrow(/can't be read/);
});
