import { sha256, uuidFrom, randomStream } from "@gauntlet/core";
import { openApi, type Api, type Stage } from "@gauntlet/example-shared";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { openApiToken } from "../auth/api-token.ts";
import { sqliteSession } from "../promotion/sql-session.ts";
import { restReader } from "../serving/registry/rest-reader.ts";
import { readServingSettings } from "../serving/serving-settings.ts";
import type { GameData } from "../store/game-data.ts";
import { openSqliteGames } from "../store/sqlite/open-sqlite-games.ts";
import { createCycles, type Cycles, type Mode } from "./cycles.ts";
import { openApp, type RpsApp } from "./open-app.ts";
import { createTrainer, type Trainer } from "./trainer.ts";
import { trainingRules } from "./training-rules.ts";

export interface PlatformOptions {
  readonly dataDir: string;
  /** Of the app; 0: any free one. */
  readonly port: number;
  readonly mode: Mode;
  readonly seed: number;
  /** Hyperparameters of the first twelve models. */
  readonly configFile: string;
  /** Of a cycle; null: as many as the policy has. */
  readonly maxGames: number | null;
}

/** Gauntlet's server, the app and the training beside it, in one process. */
export interface Platform {
  readonly app: RpsApp;
  readonly data: GameData;
  readonly cycles: Cycles;
  readonly trainer: Trainer;
  readonly api: Api;
  /** The token of what is internal, when this start made it. */
  readonly token: string | null;
  close(): Promise<void>;
}

/** Streams of chance: the app's own (openings), and the arena's. */
export const STREAMS = { app: 1, arena: 2, control: 3 } as const;

export async function openPlatform({ server, clock, say, progress }: Stage, { dataDir, port, mode, seed, configFile, maxGames }: PlatformOptions): Promise<Platform> {
  const folder = join(dataDir, "rps");
  mkdirSync(folder, { recursive: true });
  const data = openSqliteGames(join(folder, "games.db"));
  // Time goes on where it ended.
  const [newest] = (await data.lists.games({ since: null, player: null, policy: null, limit: 1, after: null })).games;
  clock.moveTo(newest?.finishedAt ?? 0);
  const { games: begun } = await data.reports.roundCounts({ since: null });
  // Its transactions wait amid their work, and a second writer of one file would wait for them.
  const promotions = sqliteSession(join(folder, "promotions.db"));
  const api = await openApi(server, "rps app");
  const token = openApiToken(process.env["RPS_API_TOKEN"] ?? null, join(folder, "token.sha256"));
  const cycles = createCycles(api, mode, maxGames);
  const { mlflow } = server.composition;
  const app = await openApp({
    data,
    promotions,
    registry: restReader({ url: server.url ?? "http://127.0.0.1", fetch: server.fetch }),
    mlflow,
    serving: readServingSettings(process.env),
    dataDir: folder,
    client: api,
    listen: { host: "127.0.0.1", port },
    isToken: token.is,
    // It listens to this machine alone.
    limit: null,
    statsSince: null,
    now: clock.now,
    newId: ids(`${seed} ${clock.now()} ${begun}`),
    random: randomStream(seed, STREAMS.app),
    onFault: say,
  });
  const trainer = createTrainer({
    store: data.store,
    mlflow,
    metrics: app.metrics,
    configFile,
    seed,
    now: clock.now,
    rules: trainingRules(mode, cycles),
    onProgress: ({ task, step, round, rounds }) => progress(`${task.name}: ${step}, ${round} of ${rounds}`),
  });
  // The server has the data directory for itself.
  await trainer.takeOver();
  return {
    app,
    data,
    cycles,
    trainer,
    api,
    token: token.made,
    async close() {
      await app.close();
      await api.close();
      await data.close();
    },
  };
}

/** The same ids again for the same beginning. */
function ids(beginning: string): () => string {
  let made = 0;
  return () => uuidFrom(sha256(`rps ${beginning} ${++made}`));
}
