import type { Dataset } from "../dataset.ts";

/** Mean and deviation of each column; a column that never changes is only centred. */
export function standardScale({ rows, columns, features }: Dataset): { readonly mean: Float32Array; readonly scale: Float32Array } {
  const mean = new Float32Array(columns);
  const scale = new Float32Array(columns).fill(1);
  for (let c = 0; c < columns; c++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += features[row * columns + c]!;
    const centre = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (features[row * columns + c]! - centre) ** 2;
    mean[c] = centre;
    if (squares / rows > 1e-12) scale[c] = Math.sqrt(squares / rows);
  }
  return { mean, scale };
}
