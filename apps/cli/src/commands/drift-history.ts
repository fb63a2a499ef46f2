import type { DriftHistoryView } from "@gauntlet/contract";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { paint } from "../output/words.ts";
import { driftFileView } from "../ratings/drift-file.ts";
import { withThisNode } from "../reconcile/this-node.ts";

export function registerDriftHistory(program: Command, launch: Launch): void {
  program
    .command("drift-history")
    .description("How far this node's ratings were from others', check by check, and where that goes")
    .option("--local-db <file>", "of a database: elo_drift_history.json beside it (default: of the data directory)")
    .option("-v, --verbose", "each check")
    .action((options: { localDb?: string; verbose?: true }, command: Command) => launch(command, (cli) => history(cli, options)));
}

async function history(cli: Cli, { localDb, verbose }: { readonly localDb?: string; readonly verbose?: true }): Promise<number> {
  const histories = localDb === undefined ? await ofNode(cli) : driftFileView(cli, localDb, Date.now());
  show(cli, { histories }, () => historyText(histories, { colour: cli.colour, verbose: verbose === true }));
  return EXIT.ok;
}

function ofNode(cli: Cli): Promise<readonly DriftHistoryView[]> {
  return withThisNode<readonly DriftHistoryView[]>(cli, { command: "drift-history", options: {} }, {
    server: (client) => client.sync.drift(),
    here: async ({ composition }) => {
      const { driftHistoryView } = await import("@gauntlet/server");
      return (await composition!.store.sync.drift()).map((one) => driftHistoryView(one, Date.now()));
    },
  });
}

function historyText(histories: readonly DriftHistoryView[], { colour, verbose }: { readonly colour: boolean; readonly verbose: boolean }): string {
  if (histories.length === 0) return "No check has been made yet. Make one: gauntlet check-drift --remote-db <file>";
  const rows = histories.map(({ config_key: config, peer, snapshots, trend, persistent, avg_drift_last_hour: hour }) => [
    config,
    peer,
    String(snapshots.length),
    snapshots.at(-1)?.max_rating_diff.toFixed(1) ?? "–",
    hour === null ? "–" : hour.toFixed(1),
    trend === "worsening" ? paint(colour, "red", trend) : trend,
    persistent ? paint(colour, "red", "yes") : "no",
  ]);
  const checks = histories.flatMap(({ config_key: config, peer, snapshots }) => snapshots.map((one) => [one.checked_at, config, peer, one.max_rating_diff.toFixed(1), one.avg_rating_diff.toFixed(1), one.is_significant ? "yes" : "no"]));
  return [table(["CONFIG", "AGAINST", "CHECKS", "LAST MAX", "LAST HOUR", "TREND", "PERSISTENT"], rows), ...(verbose ? ["", table(["CHECKED AT", "CONFIG", "AGAINST", "MAX", "AVERAGE", "SIGNIFICANT"], checks)] : [])].join("\n");
}
