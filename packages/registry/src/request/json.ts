/** Protocol buffers leave empty lists out of their JSON. */
export function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** NaN is text in the JSON of protocol buffers. */
export function metricValue(value: number, isNan: boolean): number | "NaN" {
  return isNan ? "NaN" : value;
}
