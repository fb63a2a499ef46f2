import { driftOf } from "@gauntlet/core";
import type { Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { driftJson, driftText, questionOf, ratingsOf, splitLines, splitOf } from "../ratings/drift-tables.ts";
import { parsePlayers } from "../ratings/parse-options.ts";

interface DriftOptions {
  readonly boardType?: string;
  readonly numPlayers?: number;
  readonly byId?: true;
  readonly split?: true;
}

export function registerRatingsDrift(ratings: Command, launch: Launch): void {
  ratings
    .command("drift")
    .description("How far the ratings of two files are apart; exit 1 if that is significant: above 50 points at most or 25 on average")
    .argument("<source>", "a database with ratings, or NDJSON, which is rated first")
    .argument("<target>", "the same")
    .option("--board-type <board>", "only this board")
    .option("--num-players <n>", "only ratings for so many seats", parsePlayers)
    .option("--by-id", "compare by participant alone, as the reconciler does: without filters this compares different boards with each other")
    .option("--split", "say how much comes from different matches, and how much from the order in which they were rated")
    .action((...[source, target, options, command]: [string, string, DriftOptions, Command]) => launch(command, (cli) => drift(cli, [source, target], options)));
}

async function drift(cli: Cli, [source, target]: readonly [string, string], options: DriftOptions): Promise<number> {
  const question = questionOf(options, options.byId === true);
  const [ours, theirs] = [await ratingsOf(cli, source), await ratingsOf(cli, target)];
  const total = driftOf(ours, theirs, question);
  const json = driftJson(total, { source, target, at: Date.now(), question });
  const split = options.split === true ? await splitOf(cli, { source, target, ours, theirs, question }) : null;
  show(cli, { ...json, ...split }, () => driftText(json, split === null ? [] : splitLines(split), cli.colour));
  return total.isSignificant ? EXIT.failure : EXIT.ok;
}
