import { logToStderr, parseConfig, startServer } from "@gauntlet/server";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { CUTS } from "./split/split-by-time.ts";
import { worldClock } from "./world/clock.ts";
import { runWorld, type WorldResult } from "./world/run-world.ts";
import { RUNS, USUAL_RUNS } from "./world/runs.ts";

const HELP = `The mail world: two spam filters, real mails of 2002, and Gauntlet deciding which of them serves.

  npm start                      run it, then keep the console at http://127.0.0.1:4400
  npm start -- --once            end when the last decision is made
  npm start -- --once --json     the same; the last line of standard output is one JSON object

  --runs a,b    which runs (${RUNS.map((run) => run.name).join(", ")}; usually ${USUAL_RUNS.join(",")})
  --data DIR    where everything is kept (.gauntlet)
  --port N      the console's port (4400)
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const startedAt = performance.now();
  const options = readOptions();
  if (typeof options === "string") {
    process.stderr.write(options);
    return options === HELP ? 0 : 2;
  }
  const { once, json, dataDir, port, runs } = options;
  const clock = worldClock(CUTS.version2);
  const config = { ...parseConfig("", "the mail world", {}), dataDir: resolve(dataDir), listen: { host: "127.0.0.1", port } };
  const server = await startServer(config, { clock, loop: false, listen: !once, holder: "npm start (mail world)", log: logToStderr });
  if (server.firstToken !== null) say(`operator token, shown once: ${server.firstToken}`);
  if (server.url !== null) say(`console at ${server.url}`);
  const result = await runWorld({ server, clock, dataDir, runs, say, progress: showProgress });
  for (const run of result.runs) say(`${run.name} (${run.mode}): ${run.verdict}, ${run.reason} · ${run.document}`);
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
        runs: { type: "string", default: USUAL_RUNS.join(",") },
      },
    });
    if (values.help) return HELP;
    const runs = values.runs.split(",");
    const unknown = runs.filter((name) => !RUNS.some((run) => run.name === name));
    if (unknown.length > 0) return `there is no run "${unknown[0]}"; known: ${RUNS.map((run) => run.name).join(", ")}\n`;
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return `--port ${values.port} is no port\n`;
    return { once: values.once, json: values.json, dataDir: values.data, port, runs };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${HELP}`;
  }
}

function print(result: WorldResult, more: { readonly json: boolean; readonly dataDir: string; readonly seconds: number }): void {
  const { json, ...rest } = more;
  const text = json ? JSON.stringify({ ...result, ...rest }) : [...result.runs.map((run) => `${run.name.padEnd(10)} ${run.verdict.padEnd(9)} ${run.reason.padEnd(18)} ${run.decisionId}`), `ledger ${result.ledger}, ${rest.seconds} s`].join("\n");
  process.stdout.write(`${text}\n`);
}

function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r\u001B[K" : ""}gauntlet: ${text}\n`);
}

/** A moving line on a terminal; nothing in a log, where the sentences before and after say enough. */
function showProgress(done: number, of: number): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((30 * done) / of);
  process.stderr.write(`\r\u001B[K  ${"█".repeat(filled)}${"░".repeat(30 - filled)} ${done} of ${of} mails`);
}
