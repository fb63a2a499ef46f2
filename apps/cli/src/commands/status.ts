import type { Fleet } from "@gauntlet/contract";
import type { Command } from "commander";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { healthWord, share, time, verdictWord } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

const WATCH_MS = 2000;

export function registerStatus(program: Command, launch: Launch): void {
  program
    .command("status")
    .description("Where every model stands")
    .option("--watch", "show it again whenever something changes")
    .action((options: { watch?: boolean }, command: Command) => launch(command, (cli) => (options.watch === true ? watch(cli) : status(cli))));
}

async function status(cli: Cli): Promise<number> {
  const fleet = await readFleet(cli);
  show(cli, fleet, () => fleetText(fleet, cli.colour));
  return EXIT.ok;
}

/** Until it is interrupted. */
async function watch(cli: Cli): Promise<never> {
  let shown = "";
  for (;;) {
    const fleet = await readFleet(cli);
    const text = JSON.stringify(fleet.models);
    if (text !== shown) {
      if (cli.colour) process.stdout.write("\u001b[2J\u001b[H");
      show(cli, fleet, () => fleetText(fleet, cli.colour));
      shown = text;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, WATCH_MS);
    });
  }
}

async function readFleet(cli: Cli): Promise<Fleet> {
  const { fleetView, systemClock } = await import("@gauntlet/server");
  return reading(cli, (store) => fleetView({ store, clock: systemClock }));
}

function fleetText({ models }: Fleet, colour: boolean): string {
  if (models.length === 0) return "No model has had a rollout yet. Begin one: gauntlet start <policy> --challenger <version>";
  const rows = models.map((model) => [
    model.model,
    model.rolloutId ?? "–",
    model.status ?? "–",
    verdictWord(model.verdict, colour),
    model.reason ?? "–",
    `${model.champion ?? "–"} / ${model.challenger ?? "–"}`,
    share(model.challengerShare),
    healthWord(model.evidence, colour),
    time(model.confirmedAt ?? model.decidedAt),
  ]);
  const sentences = models.flatMap((model) => [...(model.sentence === null ? [] : [`${model.model}: ${model.sentence}`]), ...(model.failure === null ? [] : [`${model.model}: ! ${model.failure}`])]);
  return [table(["MODEL", "ROLLOUT", "STATUS", "VERDICT", "REASON", "CHAMPION / CHALLENGER", "SHARE", "EVIDENCE", "LAST LOOKED"], rows), "", ...sentences].join("\n");
}
