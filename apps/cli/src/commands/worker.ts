import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, type Cli } from "../output/cli.ts";
import { configOf } from "../session/open-session.ts";
import { stopSignal } from "../session/stop-signal.ts";

export function registerWorker(program: Command, launch: Launch): void {
  program
    .command("worker")
    .description("Run a controller without HTTP until stopped, beside others on one PostgreSQL")
    .action((_options: object, command: Command) => launch(command, (cli) => worker(cli)));
}

async function worker(cli: Cli): Promise<number> {
  const [config, { startServer }] = await Promise.all([configOf(cli), import("@gauntlet/server")]);
  if (config.store.kind !== "postgres" || config.registry.kind !== "mlflow") {
    throw new Failure("invalid_input", `a worker shares a store and a registry with others; the configuration has store ${config.store.kind} and registry ${config.registry.kind}`, {
      fix: "configure store: { kind: postgres } and registry: { kind: mlflow }, or run `gauntlet up`, which has a controller of its own",
    });
  }
  const stopped = stopSignal();
  const server = await startServer(config, { listen: false, holder: "gauntlet worker" });
  cli.note(`Gauntlet's controller works on ${server.composition.store.description.location}`);
  if (cli.json) cli.out(JSON.stringify({ url: null, dataDir: config.dataDir, pid: process.pid }));
  const signal = await stopped;
  cli.note(`${signal}: stopping`);
  await server.close();
  return EXIT.ok;
}
