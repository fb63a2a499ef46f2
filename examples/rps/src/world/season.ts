import { randomStream } from "@gauntlet/core";
import type { Stage } from "@gauntlet/example-shared";

import { openArena, type Arena } from "../arena/arena.ts";
import { httpTable } from "../arena/http-table.ts";
import { serviceTable } from "../arena/service-table.ts";
import { MODEL_TYPES } from "../artifact/model-types.ts";
import type { Mode } from "../platform/cycles.ts";
import { STREAMS, type Platform } from "../platform/open-platform.ts";
import { BOT_POLICIES, type ModelType } from "../policies/bot-policy.ts";

export interface WorldOptions {
  readonly mode: Mode;
  /** Families that have cycles; the others are trained and play, and that is all. */
  readonly types: readonly ModelType[];
  readonly seed: number;
  /** Before the first training, and again when habits have changed. */
  readonly games: number;
  readonly dataDir: string;
}

const GAME_MS = 5000;

/** The arena's games on the platform, and Gauntlet told of them. */
export interface Season extends Stage {
  readonly platform: Platform;
  readonly options: WorldOptions;
  readonly arena: Arena;
  readonly gamesOverHttp: number;
  /** That Gauntlet has counted, of games and of guesses. */
  readonly outcomes: number;
  /** So many games against the bots of some families, in turn. */
  play(games: number, types?: readonly ModelType[]): Promise<void>;
  /** The same as a browser plays. */
  playOverHttp(games: number): Promise<void>;
  /** From now on time is that of the wall; until then 5 s go by with each game. */
  endHistory(): void;
  /** Tells Gauntlet of all that are over. */
  report(): Promise<void>;
}

export function openSeason(stage: Stage, platform: Platform, options: WorldOptions): Season {
  const table = serviceTable(platform.app.games);
  const wire = httpTable(platform.app.url);
  const { clock } = stage;
  let [gamesOverHttp, outcomes] = [0, 0];
  let isHistory = true;
  const arena = openArena({ random: randomStream(options.seed, STREAMS.arena), onGame: () => (isHistory ? clock.moveTo(clock.now() + GAME_MS) : undefined) });
  return {
    ...stage,
    platform,
    options,
    arena,
    get gamesOverHttp() {
      return gamesOverHttp;
    },
    get outcomes() {
      return outcomes;
    },
    play: (games, types = MODEL_TYPES) => arena.play(table, games, BOT_POLICIES.filter(({ model }) => types.includes(model)).map(({ name }) => name)),
    async playOverHttp(games) {
      await arena.play(wire, games);
      gamesOverHttp += games;
    },
    endHistory() {
      isHistory = false;
    },
    async report() {
      outcomes += (await platform.app.reporter.report()).outcomes;
    },
  };
}
