import { gauntlet } from "@gauntlet/client";
import { createToken } from "@gauntlet/server";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { createCycles } from "../platform/cycles.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { openStage } from "../serving/testing/registry-stage.ts";

const child = fileURLToPath(new URL("./testing/play-until-killed.ts", import.meta.url));
/** Rounds of the child's loop, and how long into the next one it dies. */
const LIVES = [
  { loops: 2, moreMs: 7 },
  { loops: 3, moreMs: 23 },
] as const;

test("I29: an app that is killed with SIGKILL amid games and reports loses no finished game, and Gauntlet counts each once", async () => {
  const stage = await openStage({ listen: true, families: ["xgboost"] });
  try {
    const { server } = stage;
    const { secret } = await createToken(server.composition.store.tokens, { name: "app", role: "operator", now: Date.now() });
    const client = gauntlet({ url: server.url!, token: secret });
    await createCycles(client, "strict", 1_000_000).begin("xgboost");
    const file = join(stage.dir, "games.db");
    const begin = (...more: readonly string[]) => spawn(process.execPath, [child, file, server.url!, secret, ...more], { stdio: ["ignore", "pipe", "inherit"] });
    for (const { loops, moreMs } of LIVES) {
      const app = begin();
      const ended = once(app, "exit");
      for (let loop = 0; loop < loops; loop++) await once(app.stdout, "data");
      await pause(moreMs);
      app.kill("SIGKILL");
      expect((await ended)[1]).toBe("SIGKILL");
    }
    const app = begin("only tell");
    const said: string[] = [];
    app.stdout.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    expect((await once(app, "exit"))[0]).toBe(0);
    expect(said).toEqual([]);

    const database = new DatabaseSync(file, { readOnly: true });
    const games = (slot: string) => Number(database.prepare("SELECT count(*) AS n FROM games WHERE winner IS NOT NULL AND bot_model_version IS NOT NULL AND bot_model_alias = ?").get(slot)?.["n"]);
    await client.rollouts.tick("rps_bot_xgboost");
    const { decision } = await client.models.get("rps_bot_xgboost");
    const counts = decision?.slots?.counts;
    expect([counts?.champion.games, counts?.challenger.games]).toEqual([games("Production"), games("B")]);
    expect(games("Production") + games("B")).toBeGreaterThan(20);
    expect(Number(database.prepare("SELECT count(*) AS n FROM outcome_games").get()?.["n"])).toBe(0);
    // So are the guesses of versions, each round's once: as many as a look at every round finds.
    const wanted = database.prepare("SELECT guess.value ->> '$[1]' AS version, count(*) AS guesses, sum((guess.value ->> '$[2]') = e.user_move) AS right FROM events e, json_each(e.guesses) guess GROUP BY 1 ORDER BY 1").all() as unknown as readonly { readonly version: string; readonly guesses: number; readonly right: number }[];
    database.close();
    const data = openSqliteGames(file);
    const counted = await data.guesses.of(wanted.map(({ version }) => ({ policy: "forrest", version })));
    expect(counted.map(({ version, guesses, right }) => ({ version, guesses, right }))).toEqual(wanted.map((row) => ({ ...row })));
    expect(wanted.length).toBeGreaterThan(1);
    await data.close();
  } finally {
    await stage.close();
  }
});
