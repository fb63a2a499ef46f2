import { driftOf, isoTime, splitDrift, type Drift, type DriftQuestion, type TableRow } from "@gauntlet/core";
import type { Command } from "commander";
import { resolve } from "node:path";

import type { Launch } from "../main.ts";
import { EXIT, show, type Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { paint } from "../output/words.ts";
import { believed, noteRefused, readMatchFile } from "../ratings/read-match-file.ts";
import { parsePlayers } from "./ratings-fit.ts";

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
  const question: DriftQuestion = {
    board: options.boardType ?? null,
    numPlayers: options.numPlayers ?? null,
    by: options.byId === true || (options.boardType !== undefined && options.numPlayers !== undefined) ? "participant" : "config",
  };
  const [ours, theirs] = [await ratingsOf(cli, source), await ratingsOf(cli, target)];
  const total = driftOf(ours, theirs, question);
  const split = options.split === true ? splitDrift({ asStored: ours, fromMatches: await ratedAnew(cli, source) }, { asStored: theirs, fromMatches: await ratedAnew(cli, target) }, question) : null;
  const parts = split === null ? {} : { data_drift: figures(split.data), order_drift: figures(split.order) };
  show(
    cli,
    { source, target, checked_at: isoTime(Date.now()), participants_in_source: total.participantsInSource, participants_in_target: total.participantsInTarget, participants_in_both: total.participantsInBoth, ...figures(total), rating_diffs: Object.fromEntries(total.ratingDiffs), board_type: question.board, num_players: question.numPlayers, ...parts },
    () => driftText(total, split, cli.colour),
  );
  return total.isSignificant ? EXIT.failure : EXIT.ok;
}

function figures({ maxRatingDiff, avgRatingDiff, isSignificant }: Drift) {
  return { max_rating_diff: maxRatingDiff, avg_rating_diff: avgRatingDiff, is_significant: isSignificant };
}

async function ratingsOf(cli: Cli, file: string): Promise<readonly TableRow[]> {
  const { fileKind, readRatings } = await import("@gauntlet/server");
  const path = resolve(cli.cwd, file);
  if (fileKind(path) === "ndjson") return ratedAnew(cli, file);
  const { ratings, refused } = readRatings(path);
  noteRefused(cli, file, { refused, refusedCount: refused.length });
  return ratings;
}

/** Elo of the file's matches in the order that every node has. */
async function ratedAnew(cli: Cli, file: string): Promise<readonly TableRow[]> {
  const { eloOfMatches } = await import("@gauntlet/server");
  const read = await readMatchFile(cli, file, null);
  noteRefused(cli, file, read);
  return eloOfMatches(believed(read, {})).flatMap(({ board, numPlayers, rows }) => rows.map(({ participant, rating }) => ({ participant, board, numPlayers, rating })));
}

const SHOWN_MAX = 20;

function driftText(total: Drift, split: { readonly data: Drift; readonly order: Drift } | null, colour: boolean): string {
  const line = (name: string, { maxRatingDiff, avgRatingDiff, isSignificant }: Drift) => [name, maxRatingDiff.toFixed(1), avgRatingDiff.toFixed(1), isSignificant ? paint(colour, "red", "yes") : "no"];
  const largest = total.ratingDiffs.toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, SHOWN_MAX);
  return [
    `${total.participantsInBoth} ratings are in both, ${total.participantsInSource} in the first, ${total.participantsInTarget} in the second; ${total.ratingDiffs.length} differ by more than a point.`,
    table(["DRIFT", "MAX", "AVERAGE", "SIGNIFICANT"], [line("total", total), ...(split === null ? [] : [line("from different matches", split.data), line("from their order", split.order)])]),
    ...(largest.length === 0 ? [] : ["", table(["PARTICIPANT", "DIFFERENCE"], largest.map(([key, difference]) => [key, difference.toFixed(1)]))]),
  ].join("\n");
}
