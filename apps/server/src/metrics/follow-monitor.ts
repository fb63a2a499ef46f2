import type { ChainHead, Controller, Store, StoredMonitor } from "@gauntlet/controller";
import type { MonitorCheck } from "@gauntlet/core";

import { SERIES_MAX, type RatingInstruments } from "./rating-instruments.ts";

/** Of one subject between two pages. */
const CHECKS_MAX = 100;
/** What is asked about by hand is shown for so long after the newest check. */
const BY_HAND_MS = 86_400_000;

/** Counts checks from now on; what is at risk is as the newest check of each version that serves alone says. */
export interface MonitorFollower {
  /** Whether there is anything at all. */
  read(heads: readonly ChainHead[]): Promise<boolean>;
}

interface Seen {
  readonly revision: number;
  /** The newest check; null without one. */
  readonly newest: MonitorCheck | null;
}

type Sources = { readonly store: Pick<Store, "monitor">; readonly clock: Controller["clock"] };

export async function followMonitor(sources: Sources, instruments: RatingInstruments): Promise<MonitorFollower> {
  const { store } = sources;
  const seen = new Map<string, Seen>();
  for (const { subject, revision } of await store.monitor.all()) seen.set(subject, { revision, newest: (await store.monitor.checks(subject, 1))[0] ?? null });

  async function follow(stored: StoredMonitor): Promise<void> {
    const known = seen.get(stored.subject);
    if (known?.revision === stored.revision) return;
    const checks = await store.monitor.checks(stored.subject, CHECKS_MAX);
    const since = known?.newest?.at ?? Number.NEGATIVE_INFINITY;
    const model_id = idOf(stored);
    for (const triggered of ["true", "false"]) instruments.counters.checks.show({ model_id, triggered });
    for (const check of checks.filter(({ at }) => at > since)) instruments.counters.checks.add({ model_id, triggered: String(check.outcome.kind === "triggered") }, 1);
    seen.set(stored.subject, { revision: stored.revision, newest: checks[0] ?? null });
  }

  return {
    async read(heads) {
      const monitors = await store.monitor.all();
      for (const stored of monitors) await follow(stored);
      show(monitors, { ...sources, heads, seen, gauges: instruments.gauges });
      return monitors.length > 0;
    },
  };
}

interface Shown extends Sources {
  readonly heads: readonly ChainHead[];
  readonly seen: ReadonlyMap<string, Seen>;
  readonly gauges: RatingInstruments["gauges"];
}

function show(monitors: readonly StoredMonitor[], { heads, seen, gauges, clock }: Shown): void {
  gauges.atRisk.reset();
  gauges.regression.reset();
  const promoted = new Set(heads.flatMap(({ state }) => (state?.rollout?.status === "promoted" ? [state.rollout.id] : [])));
  const serves = ({ subject, state, at }: StoredMonitor) => (subject.startsWith("model:") ? promoted.has(state.watched) : clock.now() - at < BY_HAND_MS);
  for (const stored of monitors.filter(serves).toSorted((a, b) => b.at - a.at).slice(0, SERIES_MAX)) {
    const check = seen.get(stored.subject)?.newest ?? null;
    // The newest check may be of what served before it.
    if (check === null || check.watched !== stored.state.watched) continue;
    const { outcome, figures } = check;
    const isRiskOver = stored.state.triggered !== null && stored.state.triggered.completedAt !== null;
    gauges.atRisk.set({ model_id: idOf(stored) }, !isRiskOver && (outcome.kind === "triggered" || outcome.atRisk) ? 1 : 0);
    const change = figures.find(({ id }) => id === "rating")?.change ?? null;
    if (change !== null && !isRiskOver) gauges.regression.set({ model_id: idOf(stored) }, change);
  }
}

/** The version that serves, or the participant that was asked about. */
function idOf({ subject, state }: StoredMonitor): string {
  return subject.startsWith("model:") ? `${state.model}@${state.from}` : state.watched;
}
