import { gauntlet, type GauntletClient } from "@gauntlet/client";
import { Failure } from "@gauntlet/core";
import type { Config, RunningServer } from "@gauntlet/server";

import type { Cli } from "../output/cli.ts";
import { configOf } from "./open-session.ts";
import { userName } from "./user-name.ts";

/** Two ways to change something: ask the server that has the data, or be the one that has it for a moment. */
export interface Ways<T> {
  readonly server: (client: GauntletClient) => Promise<T>;
  /** `by` is who acts: `--by`, or the name of the operating system's user. */
  readonly here: (server: RunningServer, by: string) => Promise<T>;
}

interface Changing {
  readonly command: string;
  readonly by: string | null;
  /** What must hold before this process takes the data itself. */
  readonly before?: () => Promise<void>;
}

/**
 * Changes something. A running server must do it, since the data is its alone; otherwise a controller without a socket
 * runs in this process.
 */
export async function changing<T>(cli: Cli, request: Changing, ways: Ways<T>): Promise<T> {
  const config = await configOf(cli);
  const client = await runningServer(cli, config);
  if (client !== null) {
    if (request.by !== null) cli.note(`note: the server signs with the name of the token, so --by ${request.by} is not used`);
    return ways.server(client).catch((error: unknown) => {
      throw inWordsOfTheCli(error);
    });
  }
  await request.before?.();
  const { startServer } = await import("@gauntlet/server");
  const quiet = () => undefined;
  const server = await startServer(config, { listen: false, loop: false, holder: `gauntlet ${request.command}`, log: quiet });
  try {
    await server.requireSound();
    return await ways.here(server, request.by ?? userName());
  } finally {
    await server.close();
  }
}

/** The server that holds the data directory; null when nobody does. */
export async function runningServer(cli: Cli, config: Config): Promise<GauntletClient | null> {
  const { readHolder } = await import("@gauntlet/server");
  const url = readHolder(config.dataDir)?.url ?? null;
  return url === null ? null : gauntlet({ url, token: cli.options.token ?? cli.environment["GAUNTLET_TOKEN"] ?? null });
}

/** How it is mended at a command line. */
function inWordsOfTheCli(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== "unauthorized") return error;
  return new Failure("unauthorized", error.message, { problems: error.problems, fix: "give an operator's token with --token or GAUNTLET_TOKEN; the first was shown when the server first started, and with the server stopped `gauntlet token create <name> --role operator` makes another", cause: error });
}
