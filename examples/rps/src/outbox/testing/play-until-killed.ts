// Plays games against the bots of one family and tells Gauntlet of them all the time, until it is killed; with a fourth argument it
// only tells what waits. Arguments: the games' file, Gauntlet's address, its token.
import { gauntlet } from "@gauntlet/client";
import { randomStream } from "@gauntlet/core";
import { randomUUID } from "node:crypto";

import { openArena } from "../../arena/arena.ts";
import { serviceTable } from "../../arena/service-table.ts";
import { createGameService } from "../../service/game-service.ts";
import { openModelManager } from "../../serving/manager/open-manager.ts";
import { restReader } from "../../serving/registry/rest-reader.ts";
import { openSqliteGames } from "../../store/sqlite/open-sqlite-games.ts";
import { createReporter } from "../reporter.ts";

const [file = "", url = "", token = "", last] = process.argv.slice(2);
const data = openSqliteGames(file);
const reporter = createReporter({ outbox: data.outbox, client: gauntlet({ url, token }), newId: randomUUID, onRefused: (model, refused) => process.stdout.write(`${refused.length} of ${model} refused\n`) });
if (last === undefined) {
  const models = await openModelManager({ registry: restReader({ url, token }), cache: null, now: Date.now, pollMs: null });
  const random = randomStream(process.pid, 1);
  const games = createGameService({ store: data.store, model: models.model, assign: (_, id) => (id < "8" ? "B" : "Production"), now: Date.now, newId: randomUUID, random, metrics: null });
  const arena = openArena({ random });
  for (;;) {
    await Promise.all([arena.play(serviceTable(games), 5, ["forrest"]), reporter.report(), data.guesses.of([])]);
    process.stdout.write("played\n");
  }
}
await reporter.report();
await data.close();
