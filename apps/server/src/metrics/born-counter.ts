import { Counter, type Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;

/** A counter whose every series is shown at 0 once before it counts, and of which there are never more than `seriesMax`. */
export interface BornCounter {
  /** From the next page on, at 0 at least. */
  show(labels: Labels): void;
  add(labels: Labels, by: number): void;
  /** After a page was written: what was new on it counts from the next one on. */
  shown(): void;
}

/**
 * increase() of a series that is born at 1 is 0 for ever, so that an alert on a rare event never fires: what is new is
 * shown at 0 first. Labels that name things of which more and more come are bounded by forgetting those that counted
 * least recently; a series that was forgotten is born anew.
 */
export function bornCounter(registry: Registry, about: { readonly name: string; readonly help: string; readonly labelNames: readonly string[]; readonly seriesMax: number }): BornCounter {
  const { seriesMax, ...described } = about;
  const counter = new Counter({ ...described, labelNames: [...described.labelNames], registers: [registry] });
  /** In the order in which they counted; `waiting` is what the next page but one shows. */
  const series = new Map<string, { readonly labels: Labels; waiting: number | null }>();

  function touched(labels: Labels): { readonly labels: Labels; waiting: number | null } {
    const key = JSON.stringify(described.labelNames.map((name) => labels[name]));
    const known = series.get(key);
    if (known === undefined) {
      counter.inc(labels, 0);
      for (const [oldest, { labels: forgotten }] of series) {
        if (series.size < seriesMax) break;
        counter.remove(forgotten);
        series.delete(oldest);
      }
    } else series.delete(key);
    const entry = known ?? { labels, waiting: 0 };
    series.set(key, entry);
    return entry;
  }

  return {
    show: (labels) => void touched(labels),
    add(labels, by) {
      const entry = touched(labels);
      if (entry.waiting === null) counter.inc(labels, by);
      else entry.waiting += by;
    },
    shown() {
      for (const entry of series.values()) {
        if (entry.waiting === null) continue;
        counter.inc(entry.labels, entry.waiting);
        entry.waiting = null;
      }
    },
  };
}
