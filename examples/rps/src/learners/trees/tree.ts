/** A tree as columns over its nodes, the root first; in a leaf `left` is −1 and `value` its margin. */
export interface Tree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly parent: Int32Array;
  readonly column: Int32Array;
  /** A row goes left where its value is below; in a leaf, the leaf's margin. */
  readonly value: Float32Array;
  readonly gain: Float32Array;
  readonly hessian: Float32Array;
  /** What the node would add as a leaf, before shrinkage. */
  readonly weight: Float32Array;
}

/** The margin that a tree adds for the row that begins at `from`. */
export function treeMargin(tree: Tree, features: Float32Array, from: number): number {
  const { left, right, column, value } = tree;
  let node = 0;
  for (let next = left[0]!; next !== -1; next = left[node]!) node = features[from + column[node]!]! < value[node]! ? next : right[node]!;
  return value[node]!;
}
