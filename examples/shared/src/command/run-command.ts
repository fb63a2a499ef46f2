import { logToStderr, parseConfig, startServer, type Config, type Log, type RunningServer } from "@gauntlet/server";
import { resolve } from "node:path";

import { worldClock, type WorldClock } from "../clock/world-clock.ts";
import { readOptions, type CommonOptions, type OptionRules } from "./options.ts";
import { say, showProgress } from "./say.ts";

/** What every world prints about itself at the end, beside its runs. */
export interface WorldResult {
  readonly world: string;
  readonly ledger: "verified" | "broken";
}

/** What a world is given to live in. */
export interface Stage {
  readonly server: RunningServer;
  readonly clock: WorldClock;
  readonly say: (text: string) => void;
  readonly progress: (text: string) => void;
}

export interface WorldCommand<Own, Result extends WorldResult> extends OptionRules<Own> {
  readonly name: string;
  /** How it is run: `npm start`. */
  readonly command: string;
  /** The first instant of the world. */
  readonly startsAt: number | ((options: CommonOptions & Own) => number);
  /** What differs from the usual configuration. */
  readonly config?: (options: CommonOptions & Own) => Partial<Config> | Promise<Partial<Config>>;
  /** Whether its clients come over HTTP: then the server also listens, on any free port, when nobody is to see the console. */
  readonly overHttp?: boolean;
  /** Left out: everything that is logged. */
  readonly log?: Log;
  readonly play: (stage: Stage, options: CommonOptions & Own) => Promise<Result>;
  /** What goes on while the console stays, until the signal; the server's loop runs. Left out: nothing. */
  readonly goOn?: (stage: Stage, options: CommonOptions & Own, signal: AbortSignal) => Promise<void>;
  /** Gives back what `play` opened, before the server closes. */
  readonly close?: () => Promise<void>;
  /** Sentences about the runs, once they have ended. */
  readonly sentences: (result: Result) => readonly string[];
  /** The result as lines of text; `seconds` is how long it took. */
  readonly lines: (result: Result, seconds: number) => readonly string[];
  /** Whether it ended as it is known to. Left out: the ledger verifies, whatever was decided. */
  readonly endedWell?: (result: Result) => boolean;
}

/**
 * The main program of a world: options, a server with the world's own clock, the world, its result as text or JSON, and, unless
 * it is to end then, the console for as long as somebody wants it. Gives the exit code: 2 for a wrong option.
 */
export async function runCommand<Own, Result extends WorldResult>(world: WorldCommand<Own, Result>): Promise<number> {
  const startedAt = performance.now();
  const read = readOptions(world);
  if (read.kind !== "options") {
    process.stderr.write(read.text);
    return read.kind === "help" ? 0 : 2;
  }
  const { options } = read;
  const { once, json, dataDir, port } = options;
  const clock = worldClock(typeof world.startsAt === "number" ? world.startsAt : world.startsAt(options));
  const title = `the ${world.name} world`;
  const config = { ...parseConfig("", title, {}), ...(await world.config?.(options)), dataDir: resolve(dataDir), listen: { host: "127.0.0.1", port: once ? 0 : port } };
  const server = await startServer(config, { clock, loop: false, listen: !once || world.overHttp === true, holder: `${world.command} (${world.name} world)`, log: world.log ?? logToStderr });
  if (server.firstToken !== null) say(`operator token, shown once: ${server.firstToken}`);
  if (server.url !== null && !once) say(`console at ${server.url}`);
  const stage = { server, clock, say, progress: showProgress };
  const result = await world.play(stage, options);
  for (const sentence of world.sentences(result)) say(sentence);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  process.stdout.write(`${json ? JSON.stringify({ ...result, dataDir, seconds }) : world.lines(result, seconds).join("\n")}\n`);
  const code = result.ledger === "verified" && (world.endedWell?.(result) ?? true) ? 0 : 1;
  if (!once) await keepServing(server, async (signal) => world.goOn?.(stage, options, signal));
  await world.close?.();
  await server.close();
  return once ? code : 0;
}

async function keepServing(server: RunningServer, goOn: (signal: AbortSignal) => Promise<void>): Promise<void> {
  say(`the console stays at ${server.url ?? ""}; Ctrl-C ends it`);
  server.startLoop();
  const ended = new AbortController();
  const signalled = new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, done);
  });
  const going = goOn(ended.signal);
  await Promise.race([signalled, going.then(() => signalled)]);
  ended.abort();
  await going;
}
