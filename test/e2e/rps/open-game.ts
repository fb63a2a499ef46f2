import { randomStream } from "@gauntlet/core";
import { worldClock } from "@gauntlet/example-shared";

import { openArena } from "../../../examples/rps/src/arena/arena.ts";
import { serviceTable } from "../../../examples/rps/src/arena/service-table.ts";
import { openPlatform, type Platform } from "../../../examples/rps/src/platform/open-platform.ts";
import { openStage } from "../../../examples/rps/src/serving/testing/registry-stage.ts";

export interface OpenedGame {
  readonly platform: Platform;
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

const SEED = 1;
/** The ids of games follow from it, and so do the games. */
const STARTED_AT = Date.UTC(2026, 0, 5);

/** The whole platform on a real server and its registry, a model in each of the twelve slots, and games that were played before. */
export async function openGame({ gamesBefore }: { readonly gamesBefore: number }): Promise<OpenedGame> {
  const registry = await openStage();
  const stage = { server: registry.server, clock: worldClock(STARTED_AT), say: () => undefined, progress: () => undefined };
  // Nothing is trained here, so there is no file of hyperparameters.
  const platform = await openPlatform(stage, { dataDir: registry.dir, port: 0, mode: "strict", seed: SEED, configFile: "", maxGames: null });
  await platform.app.models.refresh();
  await openArena({ random: randomStream(SEED, 1) }).play(serviceTable(platform.app.games), gamesBefore);
  return {
    platform,
    url: platform.app.url,
    token: platform.token ?? "",
    async close() {
      await platform.close();
      await registry.close();
    },
  };
}
