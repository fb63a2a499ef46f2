const Z = 1.959964;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Where a share lies, with 95% confidence, after `hits` of `of` (Wilson 1927). Shares of 1; all of them when there is nothing to go by. */
export function shareInterval(hits: number, of: number): Interval {
  if (of === 0) return { low: 0, high: 1 };
  const share = hits / of;
  const spread = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  const centre = share + (Z * Z) / (2 * of);
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}
