import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

import { runMain } from "@gauntlet/example-shared/testing";
import { afterAll, expect, test } from "vitest";

import { returnsOf } from "./decided-cycle.ts";
import type { RpsResult } from "./story.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const smallModels = fileURLToPath(new URL("./testing/small-models.json", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gauntlet-rps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// `npm run rps` has larger models, cycles of all families, and five times the games.
test("twelve models are trained on games; B is retained while it knows no more than Production, and promoted when it has learned what people do now", () => {
  const { printed, said } = runMain<RpsResult>(main, folder, "--runs", "xgboost", "--games", "150", "--max-games", "180", "--config", smallModels);
  expect(printed).toMatchObject({ world: "rps", mode: "strict", ledger: "verified", asExpected: true, promoted: 1, earned: 1, retained: 1, oscillations: 0, gamesOverHttp: 12 });
  expect(printed.trainings.map(({ models }) => models)).toEqual([12, 3]);
  const [kept, promoted] = printed.runs;
  expect([kept?.verdict, kept?.serving]).toEqual(["retain", kept?.production.version]);
  expect([promoted?.verdict, promoted?.production.version, promoted?.serving]).toEqual(["promote", kept?.serving, promoted?.b.version]);
  expect(promoted!.b.strength).toBeGreaterThan(promoted!.production.strength + 0.1);
  expect(readFileSync(promoted!.document, "utf8")).toContain(promoted!.decisionId);
  expect(said).toMatch(/habits change/);

  const database = new DatabaseSync(join(folder, "rps", "games.db"), { readOnly: true });
  const number = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0];
  expect(number("SELECT count(*) FROM games WHERE winner IS NOT NULL")).toBe(printed.games);
  // Gauntlet counted every guess of the family, and every game that a version played, once; nothing of it waits.
  expect(number("SELECT (SELECT count(*) FROM games WHERE bot_policy = 'forrest' AND bot_model_version IS NOT NULL) + (SELECT sum(json_array_length(e.guesses)) FROM events e JOIN games g ON g.id = e.game_id WHERE g.bot_policy = 'forrest')")).toBe(printed.outcomes);
  expect(number("SELECT count(*) FROM outcome_games WHERE bot_policy = 'forrest'")).toBe(0);
  expect(number("SELECT count(DISTINCT bot_model_version) FROM games WHERE bot_policy = 'forrest' AND bot_model_version IS NOT NULL")).toBe(3);
  database.close();
}, 300_000);

test("another start plays on where the first ended: games at the pace of the clock on the wall, told, until Ctrl-C", async () => {
  const finished = () => {
    const database = new DatabaseSync(join(folder, "rps", "games.db"), { readOnly: true });
    const row = database.prepare("SELECT count(*) AS games, max(finished_ts) AS newest FROM games WHERE winner IS NOT NULL").get();
    database.close();
    return { games: Number(row?.["games"]), newest: String(row?.["newest"]) };
  };
  const before = finished();
  const world = spawn(process.execPath, [main, "--data", folder, "--port", "0", "--app-port", "0", "--runs", "xgboost", "--config", smallModels], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  world.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, { timeout: 60_000 }).toMatch(/the console stays/);
  await expect.poll(() => finished().games, { timeout: 60_000 }).toBeGreaterThan(before.games + 3);
  world.kill("SIGINT");
  const [code] = await once(world, "exit");
  expect([code, said.match(/error|refused|failed/)]).toEqual([0, null]);
  expect(finished().newest > before.newest).toBe(true);
}, 120_000);

test("whoever was replaced and is promoted again has come back", () => {
  const cycle = (verdict: string, production: string, b: string) => ({ verdict, production: { version: production }, b: { version: b } }) as Parameters<typeof returnsOf>[0][number];
  expect(returnsOf([cycle("promote", "1", "2"), cycle("promote", "2", "1"), cycle("retain", "1", "2"), cycle("promote", "1", "2")])).toBe(2);
  expect(returnsOf([cycle("promote", "1", "2"), cycle("retain", "2", "1"), cycle("promote", "2", "3")])).toBe(0);
});
