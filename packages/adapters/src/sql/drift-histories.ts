import { compareText, type DriftHistory } from "@gauntlet/controller";
import type { DriftSnapshot } from "@gauntlet/core";

export interface DriftRow {
  readonly config: string;
  readonly peer: string;
  readonly snapshot: string;
}

/** Histories from rows in the order in which they were recorded. */
export function driftHistories(rows: readonly DriftRow[]): readonly DriftHistory[] {
  return [...Map.groupBy(rows, ({ config, peer }) => JSON.stringify([config, peer])).values()]
    .map((group) => ({ config: group[0]!.config, peer: group[0]!.peer, snapshots: group.map(({ snapshot }) => JSON.parse(snapshot) as DriftSnapshot) }))
    .toSorted((a, b) => compareText(a.config, b.config) || compareText(a.peer, b.peer));
}
