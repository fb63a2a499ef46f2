import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, type Cli } from "../output/cli.ts";
import { configOf } from "../session/open-session.ts";
import { stopSignal } from "../session/stop-signal.ts";

interface UpOptions {
  readonly host?: string;
  readonly port?: number;
}

export function registerUp(program: Command, launch: Launch): void {
  program
    .command("up")
    .description("Run server, controller and console until stopped")
    .option("--host <host>", "address to listen on")
    .option("--port <port>", "port to listen on, 0 for any free one", parsePort)
    .action((options: UpOptions, command: Command) => launch(command, (cli) => up(cli, options)));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

async function up(cli: Cli, options: UpOptions): Promise<number> {
  const [config, { startServer }] = await Promise.all([configOf(cli), import("@gauntlet/server")]);
  const listen = { host: options.host ?? config.listen.host, port: options.port ?? config.listen.port };
  // Signals are heard from the first moment: a stop during the start must give the data directory back.
  const stopped = stopSignal();
  const server = await startServer({ ...config, listen });
  if (server.firstToken !== null) {
    cli.note(`First operator token, shown this once: ${server.firstToken}`);
    cli.note("Keep it; more are made with `gauntlet token create`.");
  }
  cli.note(`Gauntlet listens at ${server.url}, data in ${config.dataDir}`);
  if (cli.json) cli.out(JSON.stringify({ url: server.url, dataDir: config.dataDir, pid: process.pid }));
  const signal = await stopped;
  cli.note(`${signal}: stopping`);
  await server.close();
  return EXIT.ok;
}
