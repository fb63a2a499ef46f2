import { Gauge, Histogram, type Registry } from "prom-client";

import { bornCounter } from "./born-counter.ts";

/** Peers, watched versions, and pairs of versions that are shown one by one. */
export const SERIES_MAX = 200;

/** Under the names that dashboards of a promotion controller with a rating service know. */
export type RatingInstruments = ReturnType<typeof ratingInstruments>;

export function ratingInstruments(registry: Registry) {
  const counter = (name: string, help: string, labelNames: readonly string[]) => bornCounter(registry, { name, help, labelNames, seriesMax: SERIES_MAX });
  const gauge = (name: string, help: string, labelNames: readonly string[]) => new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  return {
    counters: {
      decisions: counter("ringrift_promotion_decisions_total", "Decisions on promotions by ratings: approved, or rejected for now or for good. Those without evidence, or that only wait for a signature, are neither.", ["promotion_type", "outcome"]),
      executions: counter("ringrift_promotion_executions_total", "Promotions that were carried out (success), attempts that failed (failure), and previews that would have been carried out (dry_run).", ["promotion_type", "result"]),
      syncs: counter("ringrift_elo_sync_operations_total", "Sessions with a peer, whatever they failed by: success or failure.", ["remote_host", "result"]),
      added: counter("ringrift_elo_sync_matches_added_total", "Matches that came from a peer and were not held.", ["remote_host"]),
      conflicts: counter("ringrift_elo_sync_conflicts_total", "Further versions of matches that came from a peer and that nobody has decided between.", ["remote_host"]),
      checks: counter("ringrift_rollback_checks_total", "Checks of versions after their promotion that rested on new evidence.", ["model_id", "triggered"]),
      rollbacks: counter("ringrift_auto_rollbacks_total", "Rollbacks that the monitor asked for: carried out (success), and attempts that failed (failure).", ["from_model", "to_model", "result"]),
    },
    improvement: new Histogram({ name: "ringrift_promotion_elo_improvement", help: "Elo points over the baseline at decisions where both are rated.", labelNames: ["promotion_type"], buckets: [-50, -25, 0, 10, 25, 50, 75, 100, 150, 200], registers: [registry] }),
    gauges: {
      driftMax: gauge("ringrift_elo_drift_max", "Largest difference of ratings to a peer at the newest comparison, in Elo points; board all and 0 players without a filter.", ["board_type", "num_players"]),
      driftAvg: gauge("ringrift_elo_drift_avg", "Mean difference of the ratings that differ by more than a point.", ["board_type", "num_players"]),
      driftSignificant: gauge("ringrift_elo_drift_significant", "1 while that is significant.", ["board_type", "num_players"]),
      regression: gauge("ringrift_rollback_elo_regression", "Elo points of a promoted version less what it had, at its newest check; of versions that serve alone.", ["model_id"]),
      atRisk: gauge("ringrift_rollback_at_risk", "1 while one more bad check would take a version back; of versions that serve alone.", ["model_id"]),
    },
  };
}
