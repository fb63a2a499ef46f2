/** What one counter showed at one scrape: one number under "", or the counts of a histogram's buckets under their upper bounds. */
export interface Scrape {
  readonly at: number;
  readonly values: Counts;
}

/** An object and no Map: there is one for every time bucket of every series. */
export type Counts = Readonly<Record<string, number>>;

/** How far a series is counted. */
export interface Counted {
  readonly last: Scrape;
  /** Where counting began; null when the series began within the epoch, and is counted from zero. */
  readonly baseline: Scrape | null;
  /** What was added, by the time bucket of the scrape that showed it. */
  readonly byBucket: ReadonlyMap<number, Counts>;
}

export interface CountRule {
  /** The series began within the epoch, so its first value is all of it. */
  readonly fromZero: boolean;
  /** Scrapes before which the series was gone for a while, though its program was scraped: it began anew. */
  readonly reborn: ReadonlySet<number>;
  readonly bucketMs: number;
}

/**
 * Adds up what came between raw scrapes, oldest first, after what is counted already. A value that fell is a restart from
 * zero, as in Prometheus' own `increase`; unlike it, nothing is extrapolated to the edges of the range, so that whole counts
 * stay whole, and spans side by side sum to the span of both.
 */
export function countOn(known: Counted | null, scrapes: readonly Scrape[], rule: CountRule): Counted | null {
  const [first] = scrapes;
  if (first === undefined) return known;
  const byBucket = new Map(known?.byBucket);
  const add = ({ at, values }: Scrape): void => {
    const start = Math.floor(at / rule.bucketMs) * rule.bucketMs;
    byBucket.set(start, sumOf(byBucket.get(start), values));
  };
  let last = known?.last ?? null;
  for (const scrape of scrapes) {
    if (last === null ? rule.fromZero : rule.reborn.has(scrape.at)) add(scrape);
    else if (last !== null) add({ at: scrape.at, values: risen(last.values, scrape.values) });
    last = scrape;
  }
  const baseline = known === null ? (rule.fromZero ? null : first) : known.baseline;
  return { last: last ?? first, baseline, byBucket };
}

/** The counts of a histogram fall together, since it is one series that began anew. */
function risen(before: Counts, now: Counts): Counts {
  const fell = Object.entries(before).some(([key, value]) => (now[key] ?? 0) < value);
  return fell ? now : Object.fromEntries(Object.entries(now).map(([key, value]) => [key, value - (before[key] ?? 0)]));
}

export function sumOf(a: Counts | undefined, b: Counts): Counts {
  if (a === undefined) return b;
  const sum: Record<string, number> = { ...a };
  for (const [key, value] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}
