import { Failure } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, type Cli } from "../output/cli.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";

interface ServeOptions extends NodeOptions {
  readonly stdio?: true;
}

const ANSWER_MS = 600_000;

export function registerRatingsServe(ratings: Command, launch: Launch): void {
  ratings
    .command("serve")
    .description("Answer another node's `gauntlet sync`, on standard input and output: what it runs over SSH")
    .requiredOption("--stdio", "messages come on standard input, answers go to standard output")
    .option("--local-db <path>", "a data directory, a folder of segments, or a file of matches, whose ledger is in <file>.gauntlet (default: the configured data directory, or its server)")
    .action((options: ServeOptions, command: Command) => launch(command, (cli) => serve(cli, options)));
}

async function serve(cli: Cli, options: ServeOptions): Promise<number> {
  const { paths } = await import("@gauntlet/contract");
  const { relayTo, serveStdio, sessionShelf } = await import("@gauntlet/server");
  const { stdin: input, stdout: output } = process;
  if (input.isTTY || output.isTTY) throw new Failure("invalid_input", "there is nobody to talk to on a terminal", { fix: "run `gauntlet sync --host <this host>` on another node, which runs this here" });
  await withThisNode(cli, { command: "ratings serve", options }, {
    server: (client) => {
      const token = cli.options.token ?? cli.environment["GAUNTLET_TOKEN"] ?? null;
      if (token === null) throw new Failure("unauthorized", `the data is held by the server at ${client.url}, which needs a token`, { fix: "set GAUNTLET_TOKEN there (in ~/.ssh/environment or by a wrapper), to a token with the role ingest; or sync with its URL" });
      return serveStdio({ input, output, receive: relayTo({ name: `the server at ${client.url}`, url: client.url + paths.syncSession, token, messageTimeoutMs: ANSWER_MS }) });
    },
    here: ({ sync, ledger }) => {
      const receive = sync?.receive ?? sessionShelf({ ledger, sketchKey: ownKey(), now: Date.now }).receive;
      return serveStdio({ input, output, receive: (message) => receive("stdio", message) });
    },
  });
  return EXIT.ok;
}

function ownKey(): readonly [number, number] {
  const [first = 0, second = 0] = crypto.getRandomValues(new Uint32Array(2));
  return [first, second];
}
