import { runCommand, wholeNumber } from "@gauntlet/example-shared";
import { logToStderr } from "@gauntlet/server";

import { runWorld, STARTED_AT } from "./world/run-world.ts";
import { runName, RUNS } from "./world/runs.ts";

const KNOWN = RUNS.map(runName);

const HELP = `The planner world: meal plans for simulated households, three challengers, and Gauntlet ramping each of them up or putting it away.

  npm run planner                      run it, then keep the console at http://127.0.0.1:4400
  npm run planner -- --once            end when the last decision is made
  npm run planner -- --once --json     the same; the last line of standard output is one JSON object

  --runs a,b         which runs (${KNOWN.join(", ")}; usually all)
  --households N     how many there are; with fewer, every stage takes longer (usually as in world.yaml)
  --seed N           another cookbook, other households and other chances (usually as in world.yaml)
  --data DIR         where everything is kept (.gauntlet)
  --port N           the console's port (4400)
`;

process.exitCode = await runCommand({
  name: "planner",
  command: "npm run planner",
  help: HELP,
  runs: { known: KNOWN, usual: KNOWN },
  own: ["households", "seed"],
  read: (values) => ({ households: wholeNumber(values, "households", { min: 100, max: 99_999 }), seed: wholeNumber(values, "seed", { min: 0, max: Number.MAX_SAFE_INTEGER }) }),
  startsAt: STARTED_AT,
  // Days take seconds here, so what is many calls in a minute of the world is more in a minute of this machine.
  config: () => ({ limits: { assignmentsPerUnit: 1_000_000, assignmentsPerToken: 100_000_000, evaluationsPerUnit: 1_000_000, evaluationsPerToken: 100_000_000 } }),
  log: (line) => (line.level === "info" ? undefined : logToStderr(line)),
  play: runWorld,
  sentences: ({ runs }) => runs.map((run) => `${run.name} (${run.mode}): ${run.verdict}, ${run.reason}, after ${run.days} days · ${run.document}`),
  lines: ({ runs, ledger, plans, events }, seconds) => [
    ...runs.map((run) => `${run.name.padEnd(8)} ${run.mode.padEnd(7)} ${run.verdict.padEnd(9)} ${run.reason.padEnd(18)} ${String(run.days).padStart(5)} days  ${run.decisionId}`),
    `ledger ${ledger}, ${plans} plans, ${events} events, ${seconds} s`,
  ],
});
