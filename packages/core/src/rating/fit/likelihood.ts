/**
 * A concave log-likelihood of `size` parameters, of which the first `nodes` are strengths of participants. Its negative
 * Hessian has the diagonal and, for each e, the entry (rows[e], cols[e]) with rows[e] < cols[e].
 */
export interface Likelihood {
  readonly size: number;
  readonly nodes: number;
  readonly rows: Uint32Array;
  readonly cols: Uint32Array;
  /** Fills `slope` for a point; the order of every sum is fixed. */
  readonly evaluate: (point: Float64Array, slope: Slope) => void;
}

/** Gradient and negative Hessian at a point. */
export interface Slope {
  readonly gradient: Float64Array;
  readonly diagonal: Float64Array;
  readonly entries: Float64Array;
}

export function newSlope({ size, rows }: Likelihood): Slope {
  return { gradient: new Float64Array(size), diagonal: new Float64Array(size), entries: new Float64Array(rows.length) };
}
