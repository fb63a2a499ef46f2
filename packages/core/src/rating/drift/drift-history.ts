/** One comparison, as the history keeps it. */
export interface DriftSnapshot {
  /** Milliseconds since the Unix epoch. */
  readonly checkedAt: number;
  readonly maxRatingDiff: number;
  readonly avgRatingDiff: number;
  readonly isSignificant: boolean;
  readonly participants: number;
}

export type DriftTrend = "unknown" | "improving" | "stable" | "worsening";

export const DRIFT_SNAPSHOTS_MAX: number = 100;

/** `square8_2`, `all_all`: the key under which the reconciler keeps a history (without a `p`). */
export function driftKey(board: string | null, numPlayers: number | null): string {
  return `${board ?? "all"}_${numPlayers ?? "all"}`;
}

/** The last 100. */
export function withSnapshot(history: readonly DriftSnapshot[], snapshot: DriftSnapshot): readonly DriftSnapshot[] {
  return [...history, snapshot].slice(-DRIFT_SNAPSHOTS_MAX);
}

/** Facts of the reconciler, §7: of the last five at most, the later part's mean maximum against the earlier's. */
export function driftTrend(history: readonly Pick<DriftSnapshot, "maxRatingDiff">[]): DriftTrend {
  const last = history.slice(-5).map(({ maxRatingDiff }) => maxRatingDiff);
  if (last.length < 3) return "unknown";
  const half = Math.floor(last.length / 2);
  const [earlier, later] = [mean(last.slice(0, half)), mean(last.slice(half))];
  if (later < 0.8 * earlier) return "improving";
  return later > 1.2 * earlier ? "worsening" : "stable";
}

/** The last three were all significant. */
export function driftPersists(history: readonly Pick<DriftSnapshot, "isSignificant">[]): boolean {
  return history.length >= 3 && history.slice(-3).every(({ isSignificant }) => isSignificant);
}

/** Mean maximum of the snapshots of the last hour; null when there is none. */
export function driftLastHour(history: readonly DriftSnapshot[], now: number): number | null {
  const recent = history.filter(({ checkedAt }) => checkedAt > now - 3_600_000).map(({ maxRatingDiff }) => maxRatingDiff);
  return recent.length === 0 ? null : mean(recent);
}

/** What the reconciler calls the last hour: the mean maximum of the last two snapshots, whenever they were taken. */
export function driftLastTwo(history: readonly Pick<DriftSnapshot, "maxRatingDiff">[]): number | null {
  const last = history.slice(-2).map(({ maxRatingDiff }) => maxRatingDiff);
  return last.length === 0 ? null : mean(last);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
