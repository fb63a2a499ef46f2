import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { share } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

export function registerExperimentList(experiment: Command, launch: Launch): void {
  experiment
    .command("list")
    .description("Every experiment with its split")
    .action((_options: object, command: Command) => launch(command, list));
}

async function list(cli: Cli): Promise<number> {
  const experiments = await reading(cli, (store) => store.experiments.list());
  const rows = experiments.map(({ experiment, variants }) => [
    experiment.name,
    experiment.status,
    experiment.unitType,
    String(experiment.epoch),
    experiment.model ?? "–",
    variants.filter((variant) => variant.archivedAt === null).map((variant) => `${variant.name} ${share(variant.basisPoints)}`).join(", "),
  ]);
  show(cli, { experiments }, () => (rows.length === 0 ? "There is no experiment." : table(["EXPERIMENT", "STATUS", "UNITS", "EPOCH", "MOVED BY", "SPLIT"], rows)));
  return EXIT.ok;
}
