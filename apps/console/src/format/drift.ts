import type { DriftHistoryView, SyncPeers } from "@gauntlet/contract";

import type { Chart } from "./evidence.ts";
import { decimal } from "./number.ts";

/** Beyond these, drift counts as significant: points at most, and on average. */
const DRIFT_LIMITS = { max: 50, avg: 25 } as const;

/** What a comparison of all configurations together is called. */
const ALL = "all_all";

/** The histories of a configuration, then those of all together; only what was compared. */
export function historiesOf(histories: readonly DriftHistoryView[], config: string): readonly DriftHistoryView[] {
  // Histories say `square8_2` where a configuration is `square8_2p`.
  const key = config.replace(/p$/, "");
  const compared = histories.filter((history) => history.snapshots.length > 0);
  return [...compared.filter((history) => history.config_key === key), ...compared.filter((history) => history.config_key === ALL)];
}

export type DriftState = "none" | "small" | "significant" | "persistent";

export function driftState({ snapshots, persistent }: Pick<DriftHistoryView, "snapshots" | "persistent">): DriftState {
  const last = snapshots.at(-1);
  if (last === undefined) return "none";
  if (!last.is_significant) return "small";
  return persistent ? "persistent" : "significant";
}

export const DRIFT_WORDS: Readonly<Record<DriftState, string>> = {
  none: "not compared yet",
  small: "not significant",
  significant: "significant",
  persistent: "significant three times running",
};

/** The worst of a configuration's own comparisons; without one, of those of all together. */
export function worstDrift(histories: readonly DriftHistoryView[], config: string): DriftState {
  const [first, ...rest] = historiesOf(histories, config);
  if (first === undefined) return "none";
  const states = [first, ...rest.filter((history) => history.config_key === first.config_key)].map(driftState);
  return (["persistent", "significant", "small"] as const).find((state) => states.includes(state)) ?? "none";
}

/**
 * What makes two tables differ: while the ledgers hold different matches it may be these; when they hold the same, it is the
 * order in which incremental ratings saw them.
 */
export function driftCause(peer: SyncPeers["peers"][number] | undefined, config: string): "data" | "order" | "unknown" {
  const held = peer?.configs.find((one) => one.config === config);
  if (held === undefined) return "unknown";
  return held.equal ? "order" : "data";
}

export function points(value: number): string {
  return decimal(value, 1);
}

/** One history as a chart: the largest and the mean difference, against what is significant. */
export function driftChart({ peer, config_key, snapshots }: DriftHistoryView): Chart {
  const at = snapshots.map((snapshot) => Date.parse(snapshot.checked_at));
  const largest = snapshots.reduce<number>((most, { max_rating_diff }) => Math.max(most, max_rating_diff), DRIFT_LIMITS.max);
  return {
    id: `${peer} ${config_key}`,
    title: `Differences to ${peer}${config_key === ALL ? ", all configurations" : ""}`,
    at,
    lines: [
      { name: "mean", tone: "--champion", values: snapshots.map(({ avg_rating_diff }) => avg_rating_diff) },
      { name: "largest", tone: "--challenger", values: snapshots.map(({ max_rating_diff }) => max_rating_diff) },
    ],
    ribbons: [],
    levels: [
      { at: DRIFT_LIMITS.max, name: `largest ${DRIFT_LIMITS.max}`, kind: "limit" },
      { at: DRIFT_LIMITS.avg, name: `mean ${DRIFT_LIMITS.avg}`, kind: "limit" },
    ],
    moments: [],
    range: [0, largest * 1.12],
    span: [at[0] ?? 0, Math.max(at.at(-1) ?? 1, (at[0] ?? 0) + 1)],
    say: points,
    axis: (value) => decimal(value, 0),
  };
}
