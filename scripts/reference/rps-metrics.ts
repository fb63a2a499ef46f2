import { rpsMetricFacts } from "../../examples/rps/src/metrics/metric-facts.ts";
import { code, page, table } from "./markdown.ts";

/** Names that the platform's documents have, and nothing here feeds: a series that is always 0 says something that nobody measured. */
const ABSENT: readonly (readonly [name: string, why: string])[] = [
  ["rps_data_drift_score", "nothing here measures the drift of people's moves; `rps_model_parity_broken` says when it matters"],
  ["rps_model_game_win_rate", "`rps_ab_game_win_rate` is that"],
  ["rps_model_win_rate", "`rps_ab_game_win_rate` is that"],
];

export async function rpsMetricsPage(): Promise<string> {
  const rows = (await rpsMetricFacts()).map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(", "), help]);
  return page("Metrics of the platform of rock, paper, scissors", [
    "`GET /metrics` of the [platform](../guides/operate-rps.md) answers in the Prometheus text format. `model` and `model_type` are `xgboost`, `feedforward_nn` or `multinomial_logistic`, or `type@alias` where the text says so; `alias` is a slot; `difficulty` is always `standard`. Test games are counted nowhere.",
    "Counters are those of one process and begin at 0 with it, at `process_start_time_seconds`; every series that can be known beforehand is there at 0 from the first page on. Add replicas up. What comes from the promotion ledger is read for each page: it survives restarts, is the same in every replica, and is absent while the ledger can't be read (`rps_promotion_ledger_up`); take the largest. A backfill raises the counters of the ledger at once. A ratio of nothing is absent, never 0.",
    table(["metric", "type", "labels", "meaning"], rows),
    "A tie is a tie: `rps_game_losses_total` and `rps_model_game_losses_by_alias_total` count losses alone, and `…_ties_…` beside them count ties. Whoever relies on losses that had ties among them asks for games less wins.",
    "Absent, though documented elsewhere:",
    table(["metric", "why"], ABSENT.map(([name, why]) => [code(name), why])),
  ]);
}
