import type { Config, RunningServer } from "@gauntlet/server";
import { userInfo } from "node:os";

import type { Cli } from "../output/cli.ts";
import { serverApi, type ServerApi } from "./server-api.ts";
import { configOf } from "./open-session.ts";

/** Two ways to change something: ask the server that has the data, or be the one that has it for a moment. */
export interface Ways<T> {
  readonly server: (api: ServerApi) => Promise<T>;
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
  const api = await runningServer(cli, config);
  if (api !== null) {
    if (request.by !== null) cli.note(`note: the server signs with the name of the token, so --by ${request.by} is not used`);
    return ways.server(api);
  }
  await request.before?.();
  const { startServer } = await import("@gauntlet/server");
  const quiet = () => undefined;
  const server = await startServer(config, { listen: false, loop: false, holder: `gauntlet ${request.command}`, log: quiet });
  try {
    await server.requireSound();
    return await ways.here(server, request.by ?? userInfo().username);
  } finally {
    await server.close();
  }
}

/** The server that holds the data directory; null when nobody does. */
export async function runningServer(cli: Cli, config: Config): Promise<ServerApi | null> {
  const { readHolder } = await import("@gauntlet/server");
  const url = readHolder(config.dataDir)?.url ?? null;
  return url === null ? null : serverApi(url, cli.options.token ?? cli.environment["GAUNTLET_TOKEN"] ?? null);
}
