import type { Store, SyncRun } from "@gauntlet/controller";

import type { RatingInstruments } from "./rating-instruments.ts";

/** Newest runs that are looked at; between two pages there are fewer. */
const RUNS_MAX = 200;

/** Counts sessions from now on, whichever process had them; drift is as the newest comparisons say. */
export interface SyncFollower {
  /** Whether there is anything at all. */
  read(): Promise<boolean>;
}

export function followSync(store: Pick<Store, "sync">, { counters, gauges }: RatingInstruments, before: readonly SyncRun[]): SyncFollower {
  let known: ReadonlySet<string> = new Set(before.map(({ id }) => id));

  function count({ peer, error, matchesAdded, matchesConflict }: SyncRun): void {
    const remote_host = peer;
    for (const result of ["success", "failure"]) counters.syncs.show({ remote_host, result });
    counters.syncs.add({ remote_host, result: error === null ? "success" : "failure" }, 1);
    counters.added.add({ remote_host }, matchesAdded);
    counters.conflicts.add({ remote_host }, matchesConflict);
  }

  return {
    async read() {
      const runs = await newestRuns(store);
      for (const run of runs.toReversed()) if (!known.has(run.id)) count(run);
      known = new Set(runs.map(({ id }) => id));
      const histories = await store.sync.drift();
      showDrift(histories, gauges);
      return runs.length > 0 || histories.length > 0;
    },
  };
}

export function newestRuns(store: Pick<Store, "sync">): Promise<readonly SyncRun[]> {
  return store.sync.runs({ peer: null, limit: RUNS_MAX });
}

/** Of several peers the one that is farthest away. */
function showDrift(histories: Awaited<ReturnType<Store["sync"]["drift"]>>, gauges: RatingInstruments["gauges"]): void {
  for (const gauge of [gauges.driftMax, gauges.driftAvg, gauges.driftSignificant]) gauge.reset();
  for (const [config, ofConfig] of Map.groupBy(histories, (history) => history.config)) {
    const newest = ofConfig.flatMap(({ snapshots }) => snapshots.slice(-1));
    if (newest.length === 0) continue;
    const labels = labelsOf(config);
    gauges.driftMax.set(labels, Math.max(...newest.map(({ maxRatingDiff }) => maxRatingDiff)));
    gauges.driftAvg.set(labels, Math.max(...newest.map(({ avgRatingDiff }) => avgRatingDiff)));
    gauges.driftSignificant.set(labels, newest.some(({ isSignificant }) => isSignificant) ? 1 : 0);
  }
}

/** `square8_2` and `all_all`, the keys of histories. */
function labelsOf(key: string): { readonly board_type: string; readonly num_players: string } {
  const at = key.lastIndexOf("_");
  const players = key.slice(at + 1);
  return { board_type: key.slice(0, at), num_players: players === "all" ? "0" : players };
}
