import { runCommand } from "@gauntlet/example-shared";

import { CUTS } from "./split/split-by-time.ts";
import { runWorld } from "./world/run-world.ts";
import { RUNS, USUAL_RUNS } from "./world/runs.ts";

const KNOWN = RUNS.map((run) => run.name);

const HELP = `The mail world: two spam filters, real mails of 2002, and Gauntlet deciding which of them serves.

  npm start                      run it, then keep the console at http://127.0.0.1:4400
  npm start -- --once            end when the last decision is made
  npm start -- --once --json     the same; the last line of standard output is one JSON object

  --runs a,b    which runs (${KNOWN.join(", ")}; usually ${USUAL_RUNS.join(",")})
  --data DIR    where everything is kept (.gauntlet)
  --port N      the console's port (4400)
`;

process.exitCode = await runCommand({
  name: "mail",
  command: "npm start",
  help: HELP,
  runs: { known: KNOWN, usual: USUAL_RUNS },
  own: [],
  read: () => ({}),
  startsAt: CUTS.version2,
  play: runWorld,
  sentences: ({ runs }) => runs.map((run) => `${run.name} (${run.mode}): ${run.verdict}, ${run.reason} · ${run.document}`),
  lines: ({ runs, ledger }, seconds) => [...runs.map((run) => `${run.name.padEnd(10)} ${run.verdict.padEnd(9)} ${run.reason.padEnd(18)} ${run.decisionId}`), `ledger ${ledger}, ${seconds} s`],
});
