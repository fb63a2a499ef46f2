import { runCommand, wholeNumber } from "@gauntlet/example-shared";
import { logToStderr } from "@gauntlet/server";
import { resolve } from "node:path";

import { MODES, type Mode } from "./platform/cycles.ts";
import { openPlatform, type Platform } from "./platform/open-platform.ts";
import { runWorld, STARTED_AT } from "./world/run-world.ts";

const HELP = `The rps world: a game of rock, paper, scissors with twelve models in four slots, which are trained, promoted and served by themselves.

  npm run rps                      run it, then play on: the game at http://127.0.0.1:4480, the console at http://127.0.0.1:4400
  npm run rps -- --once            end when the last decision is made
  npm run rps -- --once --json     the same; the last line of standard output is one JSON object

  --mode strict|compat   by which rule versions are promoted (strict)
  --games N              before the first training, and again when habits have changed (400)
  --seed N               other people and other games (1)
  --data DIR             where everything is kept (.gauntlet)
  --port N               the console's port (4400)
  --app-port N           the game's port (4480)
`;

let platform: Platform | null = null;

process.exitCode = await runCommand({
  name: "rps",
  command: "npm run rps",
  help: HELP,
  runs: { known: ["all"], usual: ["all"] },
  own: ["mode", "games", "seed", "app-port"],
  read: (values) => ({
    mode: modeOf(values["mode"] ?? "strict"),
    games: wholeNumber(values, "games", { min: 60, max: 10_000 }) ?? 400,
    seed: wholeNumber(values, "seed", { min: 0, max: 999_999 }) ?? 1,
    appPort: wholeNumber(values, "app-port", { min: 0, max: 65_535 }) ?? 4480,
  }),
  startsAt: STARTED_AT,
  overHttp: true,
  log: (line) => (line.level === "info" ? undefined : logToStderr(line)),
  play: async (stage, options) => {
    platform = await openPlatform(stage, { ...options, dataDir: resolve(options.dataDir), port: options.once ? 0 : options.appPort });
    stage.say(`the game at ${platform.app.url}`);
    if (platform.token !== null) stage.say(`its token, shown once: ${platform.token}`);
    return runWorld(stage, platform, options);
  },
  close: async () => platform?.close(),
  sentences: () => [],
  lines: ({ cycles, games, gamesOverHttp, rounds, promoted, retained, ledger, asExpected }, seconds) => [
    ...cycles.map(({ name, cycle, verdict, reason, production, b }) => `${name.padEnd(20)} cycle ${cycle} ${verdict.padEnd(9)} ${reason.padEnd(18)} B ${b.version} over Production ${production.version}: ${b.strength.toFixed(3)} and ${production.strength.toFixed(3)} of all games`),
    `ledger ${ledger}, ${games} games (${gamesOverHttp} over HTTP), ${rounds} rounds, ${promoted} promoted, ${retained} retained, ${asExpected ? "as expected" : "not as expected"}, ${seconds} s`,
  ],
  endedWell: ({ asExpected }) => asExpected,
});

function modeOf(text: string): Mode {
  const mode = MODES.find((known) => known === text);
  if (mode === undefined) throw new Error(`--mode ${text} is neither ${MODES.join(" nor ")}`);
  return mode;
}
