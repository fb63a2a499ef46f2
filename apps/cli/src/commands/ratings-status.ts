import type { RatingConfigs, SyncPeers } from "@gauntlet/contract";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { paint, time } from "../output/words.ts";
import { withThisNode } from "../reconcile/this-node.ts";

interface Status {
  readonly node: string;
  readonly configs: RatingConfigs["configs"];
  readonly peers: SyncPeers["peers"];
}

export function registerRatingsStatus(ratings: Command, launch: Launch): void {
  ratings
    .command("status")
    .description("What this node holds of matches, and how its peers stand to it")
    .action((_options: object, command: Command) => launch(command, status));
}

async function status(cli: Cli): Promise<number> {
  const found = await withThisNode<Status>(cli, { command: "ratings status", options: {} }, {
    server: async (client) => {
      const [{ configs }, { node, peers }] = await Promise.all([client.ratings.configs(), client.sync.peers()]);
      return { node, configs, peers };
    },
    here: async ({ config, ledger, composition }) => {
      const { configsView, syncPeersView } = await import("@gauntlet/server");
      const { node, peers } = await syncPeersView(config, composition!.store, ledger);
      return { node, configs: configsView(ledger, Date.now()).configs, peers };
    },
  });
  show(cli, found, () => statusText(found, cli.colour));
  return EXIT.ok;
}

function statusText({ node, configs, peers }: Status, colour: boolean): string {
  const held = configs.map(({ config, matches, participants, conflicts, digest }) => [config, String(matches), String(participants), conflicts === 0 ? "0" : paint(colour, "red", String(conflicts)), digest]);
  const others = peers.map(({ name, address, lastRun, equalAt, configs: shared }) => {
    const apart = shared.filter(({ equal }) => !equal).length;
    return [name, address ?? "–", lastRun === null ? "–" : (lastRun.error ?? "ok"), time(equalAt), equalAt === null ? "–" : apart === 0 ? "nothing" : `${apart} ${apart === 1 ? "configuration" : "configurations"}`];
  });
  return [
    `This node is ${node}.`,
    configs.length === 0 ? "It holds no matches." : table(["CONFIG", "MATCHES", "PARTICIPANTS", "CONFLICTS", "DIGEST"], held),
    "",
    peers.length === 0 ? "It knows no peers: name some under ratings.peers of gauntlet.yaml." : table(["PEER", "ADDRESS", "LAST RUN", "EQUAL AT", "CHANGED SINCE"], others),
  ].join("\n");
}
