import { isoTime, splitDrift, type Drift, type DriftQuestion, type TableRow } from "@gauntlet/core";
import { resolve } from "node:path";

import type { Cli } from "../output/cli.ts";
import { table } from "../output/table.ts";
import { paint } from "../output/words.ts";
import { believed, noteRefused, readMatchFile } from "./read-match-file.ts";

/** The ratings that a file has stored, in one moment of it whoever writes meanwhile; of a file without any, those that its matches give. */
export async function ratingsOf(cli: Cli, file: string): Promise<readonly TableRow[]> {
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

export interface DriftFilter {
  readonly boardType?: string;
  readonly numPlayers?: number;
}

/** With both filters there is one configuration, and participants are named by themselves, as the reconciler names them. */
export function questionOf({ boardType, numPlayers }: DriftFilter, byId = false): DriftQuestion {
  return { board: boardType ?? null, numPlayers: numPlayers ?? null, by: byId || (boardType !== undefined && numPlayers !== undefined) ? "participant" : "config" };
}

/** As the reconciler writes a comparison. */
export function driftJson(total: Drift, { source, target, at, question }: { readonly source: string; readonly target: string; readonly at: number; readonly question: DriftQuestion }) {
  return {
    source,
    target,
    checked_at: isoTime(at),
    participants_in_source: total.participantsInSource,
    participants_in_target: total.participantsInTarget,
    participants_in_both: total.participantsInBoth,
    ...driftFigures(total),
    rating_diffs: Object.fromEntries(total.ratingDiffs),
    board_type: question.board,
    num_players: question.numPlayers,
  };
}

export function driftFigures({ maxRatingDiff, avgRatingDiff, isSignificant }: Drift) {
  return { max_rating_diff: maxRatingDiff, avg_rating_diff: avgRatingDiff, is_significant: isSignificant };
}

/** What of the drift between two files comes from different matches, and what from the order in which they were rated. */
export async function splitOf(cli: Cli, { source, target, ours, theirs, question }: { readonly source: string; readonly target: string; readonly ours: readonly TableRow[]; readonly theirs: readonly TableRow[]; readonly question: DriftQuestion }) {
  const split = splitDrift({ asStored: ours, fromMatches: await ratedAnew(cli, source) }, { asStored: theirs, fromMatches: await ratedAnew(cli, target) }, question);
  return { data_drift: driftFigures(split.data), order_drift: driftFigures(split.order) };
}

/** Lines of a comparison's text. */
export function splitLines({ data_drift: data, order_drift: order }: Awaited<ReturnType<typeof splitOf>>) {
  return [["from different matches", data], ["from their order", order]] as const;
}

const SHOWN_MAX = 20;

/** What is shown of a comparison, from its JSON; `parts` of it have a line each. */
export function driftText(total: ReturnType<typeof driftJson>, parts: readonly (readonly [name: string, figures: ReturnType<typeof driftFigures>])[], colour: boolean): string {
  const line = (name: string, { max_rating_diff: max, avg_rating_diff: avg, is_significant: significant }: ReturnType<typeof driftFigures>) => [name, max.toFixed(1), avg.toFixed(1), significant ? paint(colour, "red", "yes") : "no"];
  const differing = Object.entries(total.rating_diffs);
  const largest = differing.toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, SHOWN_MAX);
  return [
    `${total.participants_in_both} ratings are in both, ${total.participants_in_source} in the first, ${total.participants_in_target} in the second; ${differing.length} differ by more than a point.`,
    table(["DRIFT", "MAX", "AVERAGE", "SIGNIFICANT"], [line("total", total), ...parts.map(([name, figures]) => line(name, figures))]),
    ...(largest.length === 0 ? [] : ["", table(["PARTICIPANT", "DIFFERENCE"], largest.map(([key, difference]) => [key, difference.toFixed(1)]))]),
  ].join("\n");
}
