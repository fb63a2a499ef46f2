import type { Outcome } from "@gauntlet/client";
import { randomStream } from "@gauntlet/core";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";

import { createGameService } from "../service/game-service.ts";
import type { ServedModel } from "../serving/slots.ts";
import type { GameData } from "../store/game-data.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { outcomesOf } from "./outcomes-of-games.ts";
import { createReporter, type ReporterOptions } from "./reporter.ts";

const folder = mkdtempSync(join(tmpdir(), "gauntlet-rps-outbox-"));
const opened: GameData[] = [];
afterEach(async () => {
  for (const data of opened.splice(0)) await data.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const versions = { Production: "1", B: "2", shadow1: "3", shadow2: "4" } as const;
const served = (version: string, chances: readonly number[]): ServedModel => ({ version, runId: "r", predict: () => chances });

function openGames(name: string) {
  const data = openSqliteGames(join(folder, name));
  opened.push(data);
  return data;
}

/** Games in which the user plays rock all the time; Production and both shadows know it, B doesn't. */
async function play(data: GameData, names: readonly string[], isTest = false): Promise<void> {
  let ids = [...names];
  const games = createGameService({
    store: data.store,
    model: (_, slot) => served(versions[slot], slot === "B" ? [0, 1, 0] : [1, 0, 0]),
    assign: (_, id) => (id.startsWith("b") ? "B" : "Production"),
    now: () => 1_767_225_600_000,
    newId: () => ids.shift() ?? "none",
    random: randomStream(1, 1),
    metrics: null,
  });
  for (const name of names) {
    ids = [name];
    await games.start({ playerName: "Ada", policy: "forrest", sessionId: "s", isTest });
    for (let winner = null as unknown; winner === null; ) ({ winner } = await games.play({ gameId: name, move: "rock", round: null }));
  }
}

test("a finished game says how it ended for the version that played, and which slots guessed right; a test game says nothing", async () => {
  const data = openGames("games.db");
  await play(data, ["b-1", "p-1"]);
  await play(data, ["p-test"], true);
  expect(await data.outbox.waiting()).toBe(2);
  expect(await data.outbox.next("forrest")).toBeNull();
  expect(await data.outbox.fill("forrest", { id: "batch-1", epoch: 7, limit: 10 })).toBe(2);
  const batch = await data.outbox.next("forrest");
  expect(batch?.games.map(({ id, slot, version }) => [id, slot, version])).toEqual([["b-1", "B", "2"], ["p-1", "Production", "1"]]);
  const outcomes = outcomesOf("rps_bot_xgboost", batch!);
  const ends = outcomes.filter(({ metrics }) => "game_score" in metrics);
  expect(ends.map(({ requestId, slot, mode, epoch, unit, metrics }) => [requestId, slot, mode, epoch, unit, metrics["game_score"]])).toEqual([
    ["b-1", "B", "live", 7, "b-1", batch!.games[0]!.winner === "bot" ? 1 : 0],
    ["p-1", "Production", "live", 7, "p-1", 1],
  ]);
  const rounds = (await data.store.rounds("p-1")).length - 3;
  const guesses = outcomes.filter(({ requestId }) => requestId.startsWith("p-1:"));
  expect(guesses).toHaveLength(4 * rounds);
  for (const { slot, mode, metrics } of guesses) expect([mode, metrics["correct"]]).toEqual([slot === "Production" ? "live" : "shadow", slot === "B" ? 0 : 1]);
});

test("a game in which models were exchanged is nobody's, its guesses are whose they were", () => {
  const guess = (version: string) => ({ slot: "Production", version, move: "rock" }) as const;
  const rounds = [{ number: 4, user: "rock", guesses: [guess("1")] }, { number: 5, user: "rock", guesses: [guess("2")] }] as const;
  const outcomes = outcomesOf("m", { id: "b", epoch: 1, games: [{ id: "g", slot: "Production", version: "2", winner: "bot", finishedAt: 0, rounds }] });
  expect(outcomes.map(({ requestId, version }) => [requestId, version])).toEqual([["g:4:Production", "1"], ["g:5:Production", "2"]]);
});

test("I29: whatever is interrupted, each game is told once: a batch that was not acknowledged is sent again as it was, also by the next process", async () => {
  const data = openGames("crash.db");
  await play(data, ["p-1", "p-2"]);
  const counted = new Map<string, string>();
  let lost = true;
  const client = {
    models: { get: async () => ({ state: { rollout: { allocation: { epoch: 3 } } } }) },
    outcomes: {
      record: async (outcomes: readonly Outcome[], options: { readonly key: string }) => {
        const sent = JSON.stringify(outcomes);
        expect(counted.get(options.key) ?? sent).toBe(sent);
        counted.set(options.key, sent);
        // Counted there, but the answer never arrives.
        if (lost) throw new Error("the line is dead");
        return { accepted: outcomes.length, duplicates: 0, rejected: [] };
      },
    },
  } as unknown as ReporterOptions["client"];
  let ids = 0;
  const reporterOf = ({ outbox }: GameData) => createReporter({ outbox, client, newId: () => `batch-${++ids}`, onRefused: () => undefined });
  await expect(reporterOf(data).report()).rejects.toThrow("the line is dead");
  await data.close();
  opened.length = 0;

  const again = openGames("crash.db");
  await play(again, ["p-3"]);
  lost = false;
  const told = await reporterOf(again).report();
  expect([told.games, counted.size, await again.outbox.waiting()]).toEqual([3, 2, 0]);
  const ends = [...counted.values()].flatMap((text) => JSON.parse(text) as readonly Outcome[]).filter(({ metrics }) => "game_score" in metrics);
  expect(ends.map(({ unit }) => unit)).toEqual(["p-1", "p-2", "p-3"]);
});
