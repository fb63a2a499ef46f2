/** What standardises the columns: (x − mean) / scale. Each version is fitted with its own. */
export interface Scaler {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** Means and standard deviations of the columns; of one that never changes the scale is 1. */
export function fitScaler(rows: readonly Float64Array[]): Scaler {
  const width = rows[0]?.length ?? 0;
  const mean = Array.from({ length: width }, (_, column) => rows.reduce((sum, row) => sum + (row[column] as number), 0) / rows.length);
  const scale = mean.map((middle, column) => Math.sqrt(rows.reduce((sum, row) => sum + ((row[column] as number) - middle) ** 2, 0) / rows.length) || 1);
  return { mean, scale };
}

export function standardise(row: Float64Array, { mean, scale }: Scaler): Float64Array {
  return row.map((value, column) => (value - (mean[column] as number)) / (scale[column] as number));
}
