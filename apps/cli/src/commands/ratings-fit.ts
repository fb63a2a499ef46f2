import { Failure } from "@gauntlet/core";
import { InvalidArgumentError, Option, type Command } from "commander";

import type { Launch } from "../launch.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { fitConfigs, METHODS, type FitMethod } from "../ratings/fit-configs.ts";
import { fitText } from "../ratings/fit-text.ts";
import { parsePlayers } from "../ratings/parse-options.ts";
import { believed, noteRefused, readMatchFile } from "../ratings/read-match-file.ts";

interface FitOptions {
  readonly board?: string;
  readonly numPlayers?: number;
  readonly method: FitMethod;
  readonly priorGames: number;
  readonly anchor?: ReadonlyMap<string, number>;
}

export function registerRatingsFit(ratings: Command, launch: Launch): void {
  ratings
    .command("fit")
    .description("Rate the participants of a file of matches, each board and number of players for itself; rows that are wrong are left out, and exit is 1")
    .argument("<file>", "NDJSON, or a SQLite database in a known schema; it is only read")
    .option("--board <board>", "only this board")
    .option("--num-players <n>", "only matches of so many seats", parsePlayers)
    .addOption(new Option("--method <method>", "bt: all matches at once, by maximum likelihood, with intervals; elo: the service's, match by match; glicko2: in periods of a week").choices([...METHODS]).default("bt"))
    .option("--prior-games <n>", "bt: virtual games, half won by each, on every pair that met", parseGames, 0)
    .option("--anchor <id=rating>", "bt: a rating that is given; may be repeated", parseAnchor)
    .action((file: string, options: FitOptions, command: Command) => launch(command, (cli) => fit(cli, file, options)));
}

async function fit(cli: Cli, file: string, options: FitOptions): Promise<number> {
  const read = await readMatchFile(cli, file, null);
  noteRefused(cli, file, read);
  const matches = believed(read, options);
  const conflicts = [...new Set(read.conflicts.map(({ match }) => match.id))];
  if (conflicts.length > 0) cli.note(`${conflicts.length} matches are there twice with different contents and are left out: ${conflicts.slice(0, 5).join(", ")}`);
  if (matches.length === 0) throw new Failure("not_found", `${file} has no match to rate`, { fix: "name another --board or --num-players, or another file" });
  const configs = fitConfigs(matches, { method: options.method, priorGames: options.priorGames, anchors: options.anchor ?? new Map() });
  show(cli, { file, method: options.method, configs, conflicts, refusedCount: read.refusedCount, refused: read.refused }, () => configs.map((one) => fitText(one, cli.colour)).join("\n\n"));
  return read.refusedCount + conflicts.length === 0 ? EXIT.ok : EXIT.failure;
}

function parseGames(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 1e6)) throw new InvalidArgumentError("a number from 0 up");
  return value;
}

function parseAnchor(text: string, earlier: ReadonlyMap<string, number> | undefined): ReadonlyMap<string, number> {
  const cut = text.lastIndexOf("=");
  const rating = Number(text.slice(cut + 1));
  if (cut < 1 || text.slice(cut + 1).trim() === "" || !Number.isFinite(rating)) throw new InvalidArgumentError("write id=1500");
  return new Map([...(earlier ?? []), [text.slice(0, cut), rating]]);
}
