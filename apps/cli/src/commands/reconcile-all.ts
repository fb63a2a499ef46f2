import type { ReconcileReportView } from "@gauntlet/contract";
import { Failure } from "@gauntlet/core";
import type { Config, Peer, SyncRun } from "@gauntlet/server";
import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { addPeerOptions, farCommand, limitsOf, sshSettings, type PeerOptions } from "../reconcile/peer-options.ts";
import { progressLine } from "../reconcile/progress-line.ts";
import { reportText, runText } from "../reconcile/sync-text.ts";
import { withThisNode, type NodeOptions } from "../reconcile/this-node.ts";
import { notConfigured } from "./sync.ts";

interface AllOptions extends PeerOptions, NodeOptions {
  readonly hosts?: readonly string[];
  readonly hostsFile?: string;
  readonly verbose?: true;
}

export function registerReconcileAll(program: Command, launch: Launch): void {
  addPeerOptions(
    program
      .command("reconcile-all")
      .description("Make this node's ledger of matches and those of all peers equal, some at once; exit 1 when any failed")
      .option("--hosts <a,b>", "these: peers of the configuration, or hosts that ssh reaches (default: all peers of the configuration)", parseHosts)
      .option("--hosts-file <file>", "or those of a training cluster's YAML: standard_hosts, or hosts")
      .option("--local-db <path>", "a folder of segments, or a file of matches, only read, whose ledger is in <file>.gauntlet (default: the data directory)"),
  )
    .option("-v, --verbose", "how each difference was found, and what it cost")
    .action((options: AllOptions, command: Command) => launch(command, (cli) => reconcileAll(cli, options)));
}

async function reconcileAll(cli: Cli, options: AllOptions): Promise<number> {
  if (options.hosts !== undefined && options.hostsFile !== undefined) throw new Failure("invalid_input", "hosts are named twice: by --hosts and by --hosts-file", { fix: "leave one of them out" });
  const { reconcileView, syncRunView } = await import("@gauntlet/server");
  const verbose = options.verbose === true;
  const report = await withThisNode<ReconcileReportView>(cli, { command: "reconcile-all", options }, {
    server: async (client, { ratings }) => {
      const strange = options.hostsFile ?? options.hosts?.find((host) => ratings.peers[host] === undefined);
      if (strange !== undefined) throw notConfigured(strange, client.url);
      return client.sync.reconcile(options.hosts);
    },
    here: async (node) => {
      const peers = await peersOf(cli, node.config, options);
      if (peers.length === 0) throw new Failure("not_found", "there is nobody to reconcile with", { fix: "name peers in gauntlet.yaml (ratings.peers), or --hosts, or a --hosts-file" });
      const line = progressLine();
      const onRun = (run: SyncRun, done: number): void => {
        line.end();
        cli.note(`[${done}/${peers.length}] ${runText(syncRunView(run), { colour: false, verbose: false })}`);
      };
      return reconcileView(await node.reconcile(peers, { onRun, onProgress: line.show }).finally(line.end));
    },
  });
  show(cli, report, () => reportText(report, { colour: cli.colour, verbose }));
  return report.nodes_failed === 0 ? EXIT.ok : EXIT.failure;
}

async function peersOf(cli: Cli, config: Config, options: AllOptions): Promise<readonly Peer[]> {
  const { openPeer, parseHosts: readHosts } = await import("@gauntlet/server");
  const { peers, sync } = config.ratings;
  if (options.hostsFile !== undefined) {
    const { peers: found, left } = readHosts(readText(resolve(cli.cwd, options.hostsFile)), options.hostsFile);
    for (const { name, why } of left) cli.note(`${name} is left out: ${why}`);
    return Object.entries(found).map(([name, settings]) => openPeer(name, { ...settings, ...overrides(cli, settings, options), command: farCommand(options) }, limitsOf(config, options)));
  }
  const names = options.hosts ?? Object.keys(peers);
  return names.map((name) => openPeer(name, peers[name] ?? sshSettings(cli, name, options), peers[name] === undefined ? limitsOf(config, options) : sync));
}

/** Of the command line, where the file says nothing. */
function overrides(cli: Cli, settings: { readonly host: string; readonly user?: string | undefined; readonly port?: number | undefined; readonly identityFile?: string | undefined }, options: AllOptions): object {
  const { user, port, identityFile, knownHostsFile } = sshSettings(cli, settings.host, options) as { readonly user?: string; readonly port?: number; readonly identityFile?: string; readonly knownHostsFile?: string };
  return {
    ...(settings.user !== undefined || user === undefined ? {} : { user }),
    ...(settings.port !== undefined || port === undefined ? {} : { port }),
    ...(settings.identityFile !== undefined || identityFile === undefined ? {} : { identityFile }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Failure("not_found", `the file of hosts ${path} can't be read: ${(cause as Error).message}`, { fix: "name a file that exists", cause });
  }
}

function parseHosts(text: string): readonly string[] {
  return [...new Set(text.split(",").map((host) => host.trim()).filter((host) => host !== ""))];
}
