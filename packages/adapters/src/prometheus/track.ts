import { unavailable } from "../source/unavailable.ts";
import { rawSamples, type PrometheusCalls } from "./client.ts";
import { countOn, type Counted } from "./increase.ts";
import { scrapesOf, seriesKey, type ScrapedSeries, type ScrapeKind } from "./scrapes.ts";

/** One counter of one arm, from the beginning of an epoch. */
export interface CounterAsked {
  readonly selector: string;
  readonly holds: ScrapeKind["holds"];
  /** The series began with the epoch, because a label names it. */
  readonly byEpoch: boolean;
  readonly since: number;
  readonly bucketMs: number;
}

export interface TrackedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly counted: Counted;
  readonly widest: number;
}

/** Counters that were read before, as far as no scrape can come in between any more. */
export type Tracks = Map<string, Track>;

interface Track {
  /** Every scrape before this is counted. */
  readonly upTo: number;
  readonly series: ReadonlyMap<string, TrackedSeries>;
}

/** A scrape is stored when it is over, under the time it began. */
const SETTLED_AFTER_MS = 120_000;

/** So that an answer stays small, however long the epoch. */
const SPAN_MS = 6 * 3_600_000;

/** Enough for the counters of some hundred rollouts. */
const TRACKS_MAX = 2000;

/** Every series of the counter with what it rose by since the epoch began. Reads only what was not read before. @throws Failure `evidence_unavailable` */
export async function readCounter(address: PrometheusCalls, asked: CounterAsked, { tracks, to }: { readonly tracks: Tracks; readonly to: number }): Promise<readonly TrackedSeries[]> {
  const key = JSON.stringify(asked);
  let track: Track = tracks.get(key) ?? { upTo: asked.since, series: new Map<string, TrackedSeries>() };
  // Asked about an earlier present, as a second look at the same clock may be.
  if (track.upTo > to) track = { upTo: asked.since, series: new Map<string, TrackedSeries>() };
  let series = track.series;
  for (let from = track.upTo; from < to; from = Math.min(from + SPAN_MS, to)) {
    const span = { from, to: Math.min(from + SPAN_MS, to) };
    const found = scrapesOf(await rawSamples(address, asked.selector, span), { source: address.source, selector: asked.selector, holds: asked.holds });
    const settledTo = Math.min(span.to, to - SETTLED_AFTER_MS);
    const settled = await advance(address, track.series, { asked, found: found.map((one) => cut(one, settledTo)) });
    series = await advance(address, settled, { asked, found: found.map((one) => ({ ...one, scrapes: one.scrapes.filter(({ at }) => at >= settledTo) })) });
    track = { upTo: Math.max(track.upTo, settledTo), series: settled };
    // After each span: a reading that ran out of time goes on from here.
    keep(tracks, key, track);
  }
  return [...series.values()];
}

function cut(series: ScrapedSeries, before: number): ScrapedSeries {
  return { ...series, scrapes: series.scrapes.filter(({ at }) => at < before) };
}

function keep(tracks: Tracks, key: string, track: Track): void {
  tracks.delete(key);
  tracks.set(key, track);
  const [oldest] = tracks.keys();
  if (tracks.size > TRACKS_MAX && oldest !== undefined) tracks.delete(oldest);
}

async function advance(address: PrometheusCalls, series: Track["series"], { asked, found }: { readonly asked: CounterAsked; readonly found: readonly ScrapedSeries[] }): Promise<Track["series"]> {
  const next = new Map(series);
  for (const { labels, scrapes, widest } of found) {
    const [first] = scrapes;
    if (first === undefined) continue;
    const known = next.get(seriesKey(labels));
    const fromZero = known === undefined && (asked.byEpoch || (await beganWithin(address, labels, { since: asked.since, firstAt: first.at })));
    const reborn = await rebornAt(address, labels, [...(known === undefined ? [] : [known.counted.last.at]), ...scrapes.map(({ at }) => at)]);
    const counted = countOn(known?.counted ?? null, scrapes, { fromZero, reborn, bucketMs: asked.bucketMs });
    if (counted === null) throw unavailable(address.source, `${asked.selector} lost its samples while it was read`);
    next.set(seriesKey(labels), { labels, counted, widest: Math.max(widest, known?.widest ?? 1) });
  }
  return next;
}

/**
 * Whether a series that was first seen at `firstAt` began after `since`: its program was scraped in between without it, or was started
 * in between. Where neither can be shown, its first value is a baseline, and not counted.
 */
async function beganWithin(address: PrometheusCalls, { job, instance }: Readonly<Record<string, string>>, { since, firstAt }: { readonly since: number; readonly firstAt: number }): Promise<boolean> {
  if (job === undefined || instance === undefined) return false;
  if (await wasScraped(address, { job, instance }, { from: since, to: firstAt })) return true;
  const started = await rawSamples(address, `process_start_time_seconds${targetOf({ job, instance })}`, { from: firstAt, to: firstAt + 1 });
  return started.some(({ values }) => values.some(([, value]) => Number(value) * 1000 >= since));
}

/** Of a series' scrapes, those before which it was gone while its program was scraped. Only gaps are asked after. */
async function rebornAt(address: PrometheusCalls, { job, instance }: Readonly<Record<string, string>>, times: readonly number[]): Promise<ReadonlySet<number>> {
  if (job === undefined || instance === undefined) return new Set();
  const steps = times.slice(1).map((at, index) => ({ from: (times[index] ?? at) + 1, to: at }));
  const usual = steps.length < FEW_STEPS ? 0 : Math.min(...steps.map(({ from, to }) => to - from));
  const reborn = new Set<number>();
  for (const step of steps) if (step.to - step.from > 1.5 * usual && (await wasScraped(address, { job, instance }, step))) reborn.add(step.to);
  return reborn;
}

/** With fewer, nobody can tell which step is a gap. */
const FEW_STEPS = 3;

interface Target {
  readonly job: string;
  readonly instance: string;
}

async function wasScraped(address: PrometheusCalls, target: Target, span: { readonly from: number; readonly to: number }): Promise<boolean> {
  const up = span.to > span.from ? await rawSamples(address, `up${targetOf(target)}`, span) : [];
  return up.some(({ values }) => values.some(([, value]) => value === "1"));
}

function targetOf({ job, instance }: Target): string {
  return `{job=${JSON.stringify(job)},instance=${JSON.stringify(instance)}}`;
}
