import { Failure, movedShares, type ExperimentChange, type Variant } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { share, time } from "../output/words.ts";
import { reading } from "../session/open-session.ts";

export function registerExperimentShow(experiment: Command, launch: Launch): void {
  experiment
    .command("show")
    .description("The variants of an experiment, who owns which buckets, and every change there was")
    .argument("<experiment>", "its name or its id")
    .action((name: string, _options: object, command: Command) => launch(command, (cli) => showOne(cli, name)));
}

async function showOne(cli: Cli, name: string): Promise<number> {
  const { view, journal } = await reading(cli, async (store) => {
    const found = await store.experiments.find(name);
    if (found === null) throw new Failure("not_found", `there is no experiment "${name}" here`, { fix: "list them: `gauntlet experiment list`" });
    return { view: found, journal: await store.experiments.journal(found.experiment.id) };
  });
  show(cli, { ...view, journal }, () =>
    [
      `${view.experiment.name} (${view.experiment.status}), by ${view.experiment.unitType}, epoch ${view.experiment.epoch}, ${view.experiment.id}`,
      "",
      table(["VARIANT", "ROLE", "SHARE", "BUCKETS", "RUNS"], view.variants.map(variantRow)),
      "",
      table(["EPOCH", "WHEN", "WHAT", "BY", "WHY", "SHARES"], journal.map(changeRow)),
    ].join("\n"),
  );
  return EXIT.ok;
}

function variantRow({ name, role, basisPoints, ranges, config, configError, archivedAt }: Variant): string[] {
  const buckets = ranges.length === 0 ? "none" : ranges.map(({ from, to }) => `${from}–${to - 1}`).join(", ");
  return [name, archivedAt === null ? role : `${role}, archived ${time(archivedAt)}`, share(basisPoints), buckets, config?.execution_strategy ?? `invalid: ${configError ?? "no configuration"}`];
}

function changeRow({ epoch, at, op, actor, reason, before, after }: ExperimentChange): string[] {
  return [String(epoch), time(at), op.replaceAll("_", " "), actor, reason, movedShares({ before, after }).map(({ name, from, to }) => `${name} ${share(from)} → ${share(to)}`).join(", ")];
}
