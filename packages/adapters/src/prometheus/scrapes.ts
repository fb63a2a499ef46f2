import { COUNT_MAX, unavailable } from "../source/unavailable.ts";
import type { NativeSample, Series } from "./client.ts";
import type { Counts, Scrape } from "./increase.ts";

/** Series that are one counter or one histogram: the buckets of a classic histogram are series of their own. */
export interface ScrapedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapes: readonly Scrape[];
  /** The largest upper bound of a histogram's bucket over its lower one; Infinity when it isn't told. */
  readonly widest: number;
}

export interface ScrapeKind {
  readonly source: string;
  /** As asked, for failures. */
  readonly selector: string;
  /** sum: any number from 0 up, such as seconds; count: whole. */
  readonly holds: "counter" | "sum" | "histogram";
}

/** @throws Failure `evidence_unavailable` for what is no number, no whole number, negative, or no histogram. */
export function scrapesOf(series: readonly Series[], kind: ScrapeKind): readonly ScrapedSeries[] {
  if (kind.holds !== "histogram") return series.map((one) => plain(one, kind));
  const native = series.filter((one) => one.histograms.length > 0);
  if (native.length === 0) return classic(series, kind);
  if (native.length < series.length) throw unavailable(kind.source, `${kind.selector} names histograms of both forms, native and classic`, { fix: "name one of them" });
  return native.map(({ labels, histograms }) => ({
    labels,
    scrapes: histograms.map(([seconds, sample]) => ({ at: Math.round(seconds * 1000), values: nativeCounts(sample, kind) })),
    widest: Math.max(1, ...histograms.flatMap(([, { buckets = [] }]) => buckets.map(([, low, high]) => (Number(low) > 0 ? bound(high) / Number(low) : 1)))),
  }));
}

function plain({ labels, values, histograms }: Series, kind: ScrapeKind): ScrapedSeries {
  if (histograms.length > 0) throw unavailable(kind.source, `${kind.selector} is a native histogram, not a counter`, { fix: "declare the metric with `buckets`" });
  const read = kind.holds === "counter" ? wholeCount : finiteSum;
  return { labels, scrapes: values.map(([seconds, value]) => ({ at: Math.round(seconds * 1000), values: { "": read(value, kind) } })), widest: 1 };
}

function finiteSum(text: string, { source, selector }: ScrapeKind): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw unavailable(source, `${selector} is ${text}, which is no number`, { fix: "see what the program exports" });
  if (value < 0 || value >= COUNT_MAX) throw unavailable(source, `${selector} is ${text}, which no sum of what was counted can be (0 to 1e15)`, { fix: "a counter only rises; for a value that falls, count it in the program" });
  return value;
}

function wholeCount(text: string, kind: ScrapeKind): number {
  const value = finiteSum(text, kind);
  if (!Number.isInteger(value)) throw unavailable(kind.source, `${kind.selector} is ${text}, which is no whole number, so it does not count requests`, { fix: "name a counter that is raised by one, not a sum or a rate" });
  return value;
}

/** Cumulative series by `le`, one scrape of all of them at a time, as counts by upper bound. */
function classic(series: readonly Series[], kind: ScrapeKind): readonly ScrapedSeries[] {
  const groups = new Map<string, { readonly labels: Record<string, string>; readonly scrapes: Map<number, Map<number, number>> }>();
  for (const { labels, values } of series) {
    const { le, ...others } = labels;
    if (le === undefined) throw unavailable(kind.source, `${kind.selector} names a series without the label le, so it is no bucket of a histogram`, { fix: "name the series that ends in _bucket" });
    const group = groups.get(seriesKey(others)) ?? { labels: others, scrapes: new Map<number, Map<number, number>>() };
    groups.set(seriesKey(others), group);
    for (const [seconds, value] of values) {
      const at = Math.round(seconds * 1000);
      const scrape = group.scrapes.get(at) ?? new Map<number, number>();
      group.scrapes.set(at, scrape.set(bound(le), wholeCount(value, kind)));
    }
  }
  return [...groups.values()].map(({ labels, scrapes }) => ({ labels, scrapes: [...scrapes].toSorted(([a], [b]) => a - b).map(([at, cumulative]) => ({ at, values: apart(cumulative, kind) })), widest: Number.POSITIVE_INFINITY }));
}

/** From cumulative counts to those of each bucket. */
function apart(cumulative: ReadonlyMap<number, number>, { source, selector }: ScrapeKind): Counts {
  if (!cumulative.has(Number.POSITIVE_INFINITY)) throw unavailable(source, `${selector} has no bucket le="+Inf", so its counts are not complete`, { fix: "take the selector's own condition on le away" });
  let before = 0;
  return Object.fromEntries(
    [...cumulative].toSorted(([a], [b]) => a - b).map(([upper, count]) => {
      if (count < before) throw unavailable(source, `${selector}: its bucket up to ${upper} holds less than the one below it`, { fix: "see what the program exports" });
      const own = count - before;
      before = count;
      return [String(upper), own];
    }),
  );
}

function bound(le: string): number {
  return le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
}

function nativeCounts({ buckets = [] }: NativeSample, kind: ScrapeKind): Counts {
  return Object.fromEntries(
    buckets.map(([, low, high, count]) => {
      const upper = bound(high);
      if (Number(low) < 0 && upper <= 0) throw unavailable(kind.source, `${kind.selector} counts values below 0, which a histogram here can't hold`, { fix: "export the size of the value" });
      // The bucket around zero reaches to both sides of it.
      return [String(Number(low) < 0 ? 0 : upper), wholeCount(count, kind)];
    }),
  );
}

export function seriesKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
