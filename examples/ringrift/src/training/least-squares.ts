/**
 * Weights w that make Σ(value − w·row)² least, with a ridge of one on each so that a column of zeros has the weight 0.
 * Normal equations and Gaussian elimination with the largest pivot: for a handful of columns.
 */
export function leastSquares(examples: readonly { readonly row: readonly number[]; readonly value: number }[], columns: number): readonly number[] {
  const system = Array.from({ length: columns }, (_, i) => Array.from({ length: columns + 1 }, (_, j): number => (i === j ? 1 : 0)));
  for (const { row, value } of examples) {
    for (const [i, equation] of system.entries()) {
      for (let j = 0; j < columns; j++) (equation[j] as number) += (row[i] as number) * (row[j] as number);
      (equation[columns] as number) += (row[i] as number) * value;
    }
  }
  for (let column = 0; column < columns; column++) {
    const pivot = system.slice(column).reduce((best, equation, i) => (Math.abs(equation[column] as number) > Math.abs((system[best] as number[])[column] as number) ? column + i : best), column);
    [system[column], system[pivot]] = [system[pivot] as number[], system[column] as number[]];
    const lead = system[column] as number[];
    for (const equation of system) {
      if (equation === lead) continue;
      const factor = (equation[column] as number) / (lead[column] as number);
      for (let j = column; j <= columns; j++) (equation[j] as number) -= factor * (lead[j] as number);
    }
  }
  return system.map((equation, i) => (equation[columns] as number) / (equation[i] as number));
}
