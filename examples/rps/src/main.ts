import { runCommand, wholeNumber } from "@gauntlet/example-shared";
import { logToStderr } from "@gauntlet/server";
import { resolve } from "node:path";

import { MODEL_TYPES } from "./artifact/model-types.ts";
import { MODES, type Mode } from "./platform/cycles.ts";
import { openPlatform, type Platform } from "./platform/open-platform.ts";
import { DEFAULT_CONFIG_FILE } from "./training/config/training-config.ts";
import type { ModelType } from "./policies/bot-policy.ts";
import { playOn } from "./world/play-on.ts";
import { openSeason, type Season } from "./world/season.ts";
import { hasModels, noStory, playStory, STARTED_AT } from "./world/story.ts";

const HELP = `The rps world: a game of rock, paper, scissors with twelve models in four slots, which are trained, promoted and served by themselves.

  npm run rps                      run it, then play on; later starts only play on. The game at http://127.0.0.1:4480, the console at http://127.0.0.1:4400
  npm run rps -- --once            end when the last decision is made
  npm run rps -- --once --json     the same; the last line of standard output is one JSON object

  --runs a,b             families that have cycles (${MODEL_TYPES.join(", ")}; usually all)
  --mode strict|compat   by which rule versions are promoted (strict)
  --games N              before the first training, and again when habits have changed (400)
  --max-games N          of a cycle in strict mode, as long as nothing is proven (as in the policy)
  --config FILE          hyperparameters of the first twelve models (configs/model-hyperparameters.json)
  --seed N               other people and other games (1)
  --data DIR             where everything is kept (.gauntlet)
  --port N               the console's port (4400)
  --app-port N           the game's port (4480)
`;

const HISTORY_MS = 8 * 3_600_000;
let platform: Platform | null = null;
let season: Season | null = null;

process.exitCode = await runCommand({
  name: "rps",
  command: "npm run rps",
  help: HELP,
  runs: { known: MODEL_TYPES, usual: MODEL_TYPES },
  own: ["mode", "games", "max-games", "config", "seed", "app-port"],
  read: (values) => ({
    mode: modeOf(values["mode"] ?? "strict"),
    games: wholeNumber(values, "games", { min: 60, max: 10_000 }) ?? 400,
    maxGames: wholeNumber(values, "max-games", { min: 60, max: 1_000_000 }),
    configFile: values["config"] ?? DEFAULT_CONFIG_FILE,
    seed: wholeNumber(values, "seed", { min: 0, max: 999_999 }) ?? 1,
    appPort: wholeNumber(values, "app-port", { min: 0, max: 65_535 }) ?? 4480,
  }),
  // What is played in a minute is hours of the world, which end before now.
  startsAt: ({ once }) => (once ? STARTED_AT : Date.now() - HISTORY_MS),
  overHttp: true,
  log: (line) => (line.level === "info" ? undefined : logToStderr(line)),
  play: async (stage, options) => {
    platform = await openPlatform(stage, { ...options, dataDir: resolve(options.dataDir), port: options.once ? 0 : options.appPort });
    stage.say(`the game at ${platform.app.url}`);
    if (platform.token !== null) stage.say(`its token, shown once: ${platform.token}`);
    season = openSeason(stage, platform, { ...options, types: options.runs as readonly ModelType[], dataDir: resolve(options.dataDir) });
    return !options.once && hasModels(season) ? noStory(season) : playStory(season);
  },
  goOn: async (_stage, _options, signal) => playOn(season as Season, signal),
  close: async () => platform?.close(),
  sentences: () => [],
  lines: ({ runs, games, gamesOverHttp, rounds, ledger, asExpected, ...told }, seconds) => [
    ...runs.map(({ name, cycle, verdict, reason, production, b }) => `${name.padEnd(20)} cycle ${cycle} ${verdict.padEnd(9)} ${reason.padEnd(18)} B ${b.version} wins ${percent(b.strength)} of all games, Production ${production.version} ${percent(production.strength)}`),
    `${told.promoted} promoted, ${told.earned} of them stronger; ${told.retained} retained; ${told.oscillations} oscillations: promoted again after they had been replaced`,
    `ledger ${ledger}, ${games} games, ${gamesOverHttp} over HTTP, ${rounds} rounds, ${asExpected ? "as expected" : "not as expected"}, ${seconds} s`,
  ],
  endedWell: ({ asExpected }) => asExpected,
});

function modeOf(text: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (mode === undefined) throw new Error(`--mode ${text} is neither ${MODES.join(" nor ")}`);
  return mode;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
