import type { SyncRunView } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Config, Peer } from "@gauntlet/server";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { addPeerOptions, limitsOf, sshSettings, type PeerOptions } from "../reconcile/peer-options.ts";
import { progressLine } from "../reconcile/progress-line.ts";
import { runText } from "../reconcile/sync-text.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";

interface SyncOptions extends PeerOptions, NodeOptions {
  readonly host?: string;
  readonly url?: string;
  readonly verbose?: true;
}

export function registerSync(program: Command, launch: Launch): void {
  addPeerOptions(
    program
      .command("sync")
      .description("Make this node's ledger of matches and another's equal; exit 1 when that did not come off")
      .option("--host <host>", "a peer of the configuration, or a host that ssh reaches, whose key is known")
      .option("--url <url>", "or the URL of its server; its token is read from GAUNTLET_PEER_TOKEN")
      .option("--local-db <path>", "a folder of segments, or a file of matches, only read, whose ledger is in <file>.gauntlet (default: the data directory)"),
  )
    .option("-v, --verbose", "how the difference was found, and what it cost")
    .action((options: SyncOptions, command: Command) => launch(command, (cli) => sync(cli, options)));
}

async function sync(cli: Cli, options: SyncOptions): Promise<number> {
  const { host, url } = options;
  if ((host === undefined) === (url === undefined)) throw new Failure("invalid_input", "one other node is synchronised with: --host or --url", { fix: "name one of them" });
  const { syncRunView } = await import("@gauntlet/server");
  const run = await withThisNode<SyncRunView>(cli, { command: "sync", options }, {
    server: async (client, config) => {
      if (host === undefined || config.ratings.peers[host] === undefined) throw notConfigured(host ?? url ?? "", client.url);
      const [only] = (await client.sync.reconcile([host])).sync_results;
      return only!;
    },
    here: async (node) => {
      const peer = await peerOf(cli, node.config, options);
      const line = progressLine();
      const { runs } = await node.reconcile([peer], { onProgress: line.show }).finally(line.end);
      return syncRunView(runs[0]!);
    },
  });
  show(cli, run, () => runText(run, { colour: cli.colour, verbose: options.verbose === true }));
  return run.error === null ? EXIT.ok : EXIT.failure;
}

async function peerOf(cli: Cli, config: Config, options: SyncOptions): Promise<Peer> {
  const { openPeer } = await import("@gauntlet/server");
  if (options.url !== undefined) {
    if (!/^https?:$/.test(URL.parse(options.url)?.protocol ?? "")) throw new Failure("invalid_input", `"${options.url.slice(0, 200)}" is no URL of a server`, { fix: "give one such as https://west.example:4400" });
    const token = cli.environment["GAUNTLET_PEER_TOKEN"];
    return openPeer(new URL(options.url).host, { kind: "http", url: options.url, ...(token === undefined ? {} : { token }) }, limitsOf(config, options));
  }
  const host = options.host ?? "";
  const settings = config.ratings.peers[host];
  return openPeer(host, settings ?? sshSettings(cli, host, options), settings === undefined ? limitsOf(config, options) : config.ratings.sync);
}

/** A server connects to nobody but whom its configuration names. */
export function notConfigured(peer: string, url: string): Failure {
  return new Failure("conflict", `the data is held by the server at ${url}, which reconciles with peers of its configuration only; ${peer} is none of them`, { fix: "add it to ratings.peers of gauntlet.yaml and start the server again, or stop the server first" });
}
