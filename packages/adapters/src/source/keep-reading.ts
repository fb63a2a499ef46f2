import type { EvidenceSource, SourceQuery, SourceReading } from "@gauntlet/controller";

export interface KeepOptions {
  /** For how long a reading is given again, milliseconds. */
  readonly everyMs: number;
  readonly now: () => number;
}

/**
 * A source that is asked at most every `everyMs` for the same thing, however often a controller ticks, and once where
 * several ask at a time. Failures are not kept. A reading that is given again says how old it is by its `freshAt`.
 */
export function keepReading(source: EvidenceSource, { everyMs, now }: KeepOptions): EvidenceSource {
  const kept = new Map<string, { readonly at: number; readonly reading: Promise<SourceReading> }>();
  return {
    ...source,
    read(query) {
      const at = now();
      for (const [key, { at: then }] of kept) if (at - then >= everyMs || at < then) kept.delete(key);
      const key = keyOf(query);
      const found = kept.get(key);
      if (found !== undefined) return found.reading;
      const reading = source.read(query);
      kept.set(key, { at, reading });
      // Who asked is told; here it is only forgotten.
      reading.catch(() => kept.delete(key));
      return reading;
    },
  };
}

/** All but the present. */
function keyOf(query: SourceQuery): string {
  return JSON.stringify({ ...query, to: null });
}
