import type { Fleet, ModelDetail } from "@gauntlet/contract";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
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
  const { fleet, retired } = await readFleet(cli);
  show(cli, fleet, () => fleetText(fleet, retired, cli.colour));
  return EXIT.ok;
}

/** Until it is interrupted. */
async function watch(cli: Cli): Promise<never> {
  let shown = "";
  for (;;) {
    const { fleet, retired } = await readFleet(cli);
    const text = JSON.stringify(fleet.models);
    if (text !== shown) {
      if (cli.colour) process.stdout.write("\u001b[2J\u001b[H");
      show(cli, fleet, () => fleetText(fleet, retired, cli.colour));
      shown = text;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, WATCH_MS);
    });
  }
}

type Retired = readonly (NonNullable<ModelDetail["retired"]> & { readonly model: string })[];

/** With the versions that finished rollouts left without requests. */
async function readFleet(cli: Cli): Promise<{ readonly fleet: Fleet; readonly retired: Retired }> {
  const { fleetView, readState, retiredView, systemClock } = await import("@gauntlet/server");
  return reading(cli, async (store, { targets }) => {
    const fleet = await fleetView({ store, clock: systemClock });
    const found = await Promise.all(fleet.models.map(async ({ model }) => ({ model, retired: retiredView(await readState({ store }, model), targets) })));
    return { fleet, retired: found.flatMap(({ model, retired }) => (retired === null ? [] : [{ model, ...retired }])) };
  });
}

function fleetText({ models }: Fleet, retired: Retired, colour: boolean): string {
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
  const idle = retired.map(({ model, version, since, scale, before }) => `${model}: version ${version} serves nothing since ${time(since)}: ${scale}. ${before}`);
  return [table(["MODEL", "ROLLOUT", "STATUS", "VERDICT", "REASON", "CHAMPION / CHALLENGER", "SHARE", "EVIDENCE", "LAST LOOKED"], rows), "", ...sentences, ...idle].join("\n");
}
