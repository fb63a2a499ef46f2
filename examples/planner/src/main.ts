import { logToStderr, parseConfig, startServer } from "@gauntlet/server";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { worldClock } from "./world/clock.ts";
import { runWorld, STARTED_AT, type WorldResult } from "./world/run-world.ts";
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

process.exitCode = await main();

async function main(): Promise<number> {
  const startedAt = performance.now();
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(options);
    return options === HELP ? 0 : 2;
  }
  const { once, json, dataDir, port } = options;
  const clock = worldClock(STARTED_AT);
  const defaults = parseConfig("", "the planner world", {});
  // Days take seconds here, so what is many calls in a minute of the world is more in a minute of this machine.
  const limits = { assignmentsPerUnit: 1_000_000, assignmentsPerToken: 100_000_000, evaluationsPerUnit: 1_000_000, evaluationsPerToken: 100_000_000 };
  const config = { ...defaults, limits, dataDir: resolve(dataDir), listen: { host: "127.0.0.1", port } };
  const server = await startServer(config, { clock, loop: false, listen: !once, holder: "npm run planner (planner world)", log: (line) => (line.level === "info" ? undefined : logToStderr(line)) });
  if (server.firstToken !== null) say(`operator token, shown once: ${server.firstToken}`);
  if (server.url !== null) say(`console at ${server.url}`);
  const result = await runWorld({ server, clock, dataDir, runs: options.runs, households: options.households, seed: options.seed, say, progress: showProgress });
  for (const run of result.runs) say(`${run.name} (${run.mode}): ${run.verdict}, ${run.reason}, after ${run.days} days · ${run.document}`);
  print(result, { json, dataDir, seconds: Math.round((performance.now() - startedAt) / 100) / 10 });
  if (once) {
    await server.close();
    return result.ledger === "verified" ? 0 : 1;
  }
  say(`the console stays at ${server.url ?? ""}; Ctrl-C ends it`);
  server.startLoop();
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, done);
  });
  await server.close();
  return 0;
}

interface Options {
  readonly once: boolean;
  readonly json: boolean;
  readonly dataDir: string;
  readonly port: number;
  readonly runs: readonly string[];
  /** null: as many as world.yaml says. */
  readonly households: number | null;
  readonly seed: number | null;
}

/** A text is what to print instead of running. */
function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        data: { type: "string", default: process.env["GAUNTLET_DATA"] ?? ".gauntlet" },
        port: { type: "string", default: "4400" },
        runs: { type: "string", default: KNOWN.join(",") },
        households: { type: "string" },
        seed: { type: "string" },
      },
    });
    if (values.help) return HELP;
    const runs = values.runs.split(",");
    const unknown = runs.find((name) => !KNOWN.includes(name));
    if (unknown !== undefined) return `there is no run "${unknown}"; known: ${KNOWN.join(", ")}\n`;
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return `--port ${values.port} is no port\n`;
    const households = values.households === undefined ? null : Number(values.households);
    if (households !== null && !(Number.isInteger(households) && households >= 100 && households <= 99_999)) return `--households ${values.households} is not a whole number from 100 to 99,999\n`;
    const seed = values.seed === undefined ? null : Number(values.seed);
    if (seed !== null && !(Number.isSafeInteger(seed) && seed >= 0)) return `--seed ${values.seed} is not a whole number from 0 up\n`;
    return { once: values.once, json: values.json, dataDir: values.data, port, runs, households, seed };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${HELP}`;
  }
}

function print(result: WorldResult, more: { readonly json: boolean; readonly dataDir: string; readonly seconds: number }): void {
  const { json, ...rest } = more;
  const line = (run: WorldResult["runs"][number]) => `${run.name.padEnd(8)} ${run.mode.padEnd(7)} ${run.verdict.padEnd(9)} ${run.reason.padEnd(18)} ${String(run.days).padStart(5)} days  ${run.decisionId}`;
  const text = json ? JSON.stringify({ ...result, ...rest }) : [...result.runs.map(line), `ledger ${result.ledger}, ${result.plans} plans, ${result.events} events, ${rest.seconds} s`].join("\n");
  process.stdout.write(`${text}\n`);
}

function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r\u001B[K" : ""}gauntlet: ${text}\n`);
}

/** A moving line on a terminal; nothing in a log, where the sentences before and after say enough. */
function showProgress(day: number, open: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001B[K  day ${day.toFixed(1)}, ${open} ${open === 1 ? "run is" : "runs are"} open`);
}
