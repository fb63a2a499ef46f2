import type { DriftHistoryView } from "@gauntlet/contract";
import { driftKey, driftLastHour, driftPersists, driftTrend, isoTime, withSnapshot, type Drift, type DriftQuestion, type DriftSnapshot } from "@gauntlet/core";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import type { Cli } from "../output/cli.ts";

const NAME = "elo_drift_history.json";
const SNAPSHOTS_MAX = 100;

/** Puts a comparison at the end of its history, as the reconciler writes it. */
export function addToDriftFile(cli: Cli, database: string, { drift, question, at }: { readonly drift: Drift; readonly question: DriftQuestion; readonly at: number }): void {
  const path = driftFile(cli, database);
  const histories = new Map(readDriftFile(cli, database));
  const key = driftKey(question.board, question.numPlayers);
  const { maxRatingDiff, avgRatingDiff, isSignificant, participantsInBoth } = drift;
  histories.set(key, withSnapshot(histories.get(key) ?? [], { checkedAt: at, maxRatingDiff, avgRatingDiff, isSignificant, participants: participantsInBoth }));
  const written = [...histories].map(([config, snapshots]) => [config, { config_key: config, max_snapshots: SNAPSHOTS_MAX, snapshots: snapshots.map(snapshotJson) }]);
  // Renamed into place, so that nobody reads half a file.
  writeFileSync(`${path}.${process.pid}.tmp`, `${JSON.stringify({ saved_at: isoTime(at), histories: Object.fromEntries(written) as object }, null, 2)}\n`);
  renameSync(`${path}.${process.pid}.tmp`, path);
}

/** As a server answers. */
export function driftFileView(cli: Cli, database: string, now: number): readonly DriftHistoryView[] {
  return [...readDriftFile(cli, database)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, snapshots]) => ({ config_key: key, peer: database, snapshots: snapshots.map(snapshotJson), trend: driftTrend(snapshots), persistent: driftPersists(snapshots), avg_drift_last_hour: driftLastHour(snapshots, now) }));
}

/** The histories that a reconciler keeps beside a database, by configuration. What can't be read is put aside, and said. */
function readDriftFile(cli: Cli, database: string): ReadonlyMap<string, readonly DriftSnapshot[]> {
  const path = driftFile(cli, database);
  if (!existsSync(path)) return new Map();
  try {
    const { histories } = JSON.parse(readFileSync(path, "utf8")) as { readonly histories: Readonly<Record<string, { readonly snapshots: readonly Record<string, unknown>[] }>> };
    return new Map(Object.entries(histories).map(([key, { snapshots }]) => [key, snapshots.map(snapshotOf)]));
  } catch (error) {
    renameSync(path, `${path}.unreadable`);
    cli.note(`${path} can't be read (${(error as Error).message}); it is put aside as ${NAME}.unreadable, and a new one is begun`);
    return new Map();
  }
}

function driftFile(cli: Cli, database: string): string {
  return join(dirname(resolve(cli.cwd, database)), NAME);
}

function snapshotJson({ checkedAt, maxRatingDiff, avgRatingDiff, isSignificant, participants }: DriftSnapshot) {
  return { checked_at: isoTime(checkedAt), max_rating_diff: maxRatingDiff, avg_rating_diff: avgRatingDiff, is_significant: isSignificant, participants };
}

function snapshotOf(fields: Readonly<Record<string, unknown>>): DriftSnapshot {
  const { checked_at: at, max_rating_diff: max, avg_rating_diff: avg, is_significant: significant, participants } = fields;
  const checkedAt = typeof at === "string" ? Date.parse(/[Zz]$|[+-]\d\d:?\d\d$/.test(at) ? at : `${at}Z`) : Number.NaN;
  if (Number.isNaN(checkedAt) || typeof max !== "number" || typeof avg !== "number") throw new Error(`a snapshot is ${JSON.stringify(fields).slice(0, 100)}`);
  return { checkedAt, maxRatingDiff: max, avgRatingDiff: avg, isSignificant: significant === true, participants: typeof participants === "number" ? participants : 0 };
}
