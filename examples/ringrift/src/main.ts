import { runCommand, wholeNumber } from "@gauntlet/example-shared";
import { logToStderr, parseConfig } from "@gauntlet/server";
import { resolve } from "node:path";

import { openNodes, type Nodes } from "./nodes/open-nodes.ts";
import { ratingsOf } from "./nodes/ratings-config.ts";
import { CONTROLLER } from "./world/league.ts";
import { MODES } from "./world/lineage.ts";
import { runWorld, STARTED_AT } from "./world/run-world.ts";

const HELP = `The ringrift world: three nodes play a board game between versions of a player, and Gauntlet promotes by what their matches say.

  npm run ringrift                      run it, then keep the console at http://127.0.0.1:4400
  npm run ringrift -- --once            end when the last decision is made
  npm run ringrift -- --once --json     the same; the last line of standard output is one JSON object

  --runs a,b      by which rules (${MODES.join(", ")}; usually both, of the same matches)
  --openings N    of the games between challenger and champion, on each node in an hour (usually 20); each is played twice
  --seed N        other openings and other training games (usually 1)
  --data DIR      where everything is kept (.gauntlet)
  --port N        the console's port (4400)
`;

const NODES = ["east", "west", "north"];
let nodes: Nodes | null = null;

process.exitCode = await runCommand({
  name: "ringrift",
  command: "npm run ringrift",
  help: HELP,
  runs: { known: MODES, usual: MODES },
  own: ["openings", "seed"],
  read: (values) => ({ openings: wholeNumber(values, "openings", { min: 1, max: 100 }) ?? 20, seed: wholeNumber(values, "seed", { min: 0, max: 999_999 }) ?? 1 }),
  startsAt: STARTED_AT,
  overHttp: true,
  config: async ({ dataDir }) => {
    nodes = await openNodes({ names: NODES, dataDir: resolve(dataDir), at: STARTED_AT });
    return { ratings: parseConfig(JSON.stringify({ ratings: ratingsOf(CONTROLLER, nodes.peers) }), "the ringrift world", {}).ratings };
  },
  log: (line) => (line.level === "error" ? logToStderr(line) : undefined),
  play: (stage, options) => runWorld(stage, { ...options, nodes: nodes as Nodes }),
  sentences: ({ runs }) => runs.map((run) => `${run.name} of ${run.participant} (${run.mode}): ${run.verdict}, ${run.reason}, after ${run.hours} hours · ${run.document}`),
  lines: ({ runs, nodes, games, ledger, asExpected }, seconds) => [
    ...runs.map((run) => `${run.name.padEnd(10)} ${run.participant.padEnd(8)} ${run.mode.padEnd(7)} ${run.verdict.padEnd(9)} ${run.reason.padEnd(18)} ${String(run.hours).padStart(3)} h  ${run.decisionId}`),
    ...nodes.map((node) => `${node.node.padEnd(10)} ${node.matches} matches, ledger ${node.digest.slice(0, 12)}, ratings ${node.ratings.slice(0, 12)}, ${node.bytesSent} bytes sent, ${node.bytesReceived} received in ${node.sessions} sessions`),
    `ledger ${ledger}, ${games} games, ${asExpected ? "everything" : "not everything"} as expected, ${seconds} s`,
  ],
  endedWell: ({ asExpected }) => asExpected,
});
