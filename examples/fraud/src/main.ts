import { runCommand, wholeNumber } from "@gauntlet/example-shared";

import { ENDINGS } from "./world/endings.ts";
import { runWorld, STARTED_AT } from "./world/run-world.ts";

const KNOWN: readonly string[] = ENDINGS.map(({ name }) => name);

const HELP = `The fraud world: card payments, two versions of a classifier, chargebacks that come weeks later, and four ways for it to end.

  npm run fraud                      run it, then keep the console at http://127.0.0.1:4400
  npm run fraud -- --once            end when the last decision is made
  npm run fraud -- --once --json     the same; the last line of standard output is one JSON object

  --runs a,b     which endings (${KNOWN.join(", ")}; usually all)
  --per-day N    payments a day (1000); with another number nobody knows how it ends
  --seed N       other payments and versions; the same
  --data DIR     where everything is kept (.gauntlet)
  --port N       the console's port (4400)
`;

process.exitCode = await runCommand({
  name: "fraud",
  command: "npm run fraud",
  help: HELP,
  runs: { known: KNOWN, usual: KNOWN },
  own: ["per-day", "seed"],
  read: (values) => ({ perDay: wholeNumber(values, "per-day", { min: 20, max: 20_000 }), seed: wholeNumber(values, "seed", { min: 0, max: Number.MAX_SAFE_INTEGER }) }),
  startsAt: STARTED_AT,
  play: runWorld,
  sentences: ({ runs }) => runs.map((run) => `${run.name}: ${run.verdict}, ${run.reason}, after ${run.days} days${run.says === null ? "" : `; ${run.says}`} · ${run.document}${run.rollbackMs === null ? "" : ` · rolled back in ${run.rollbackMs} ms`}`),
  lines: ({ runs, ledger, payments }, seconds) => [
    ...runs.map((run) => `${run.name.padEnd(12)} ${run.verdict.padEnd(8)} ${run.reason.padEnd(17)} ${String(run.days).padStart(5)} days  ${(run.cause ?? "nothing failed").padEnd(14)} ${run.champion} serves  ${run.decisionId}${run.rollbackMs === null ? "" : `  rolled back in ${run.rollbackMs} ms`}`),
    `ledger ${ledger}, ${payments} payments, ${seconds} s`,
  ],
  endedWell: ({ runs }) => runs.every(({ asKnown }) => asKnown !== false),
});
