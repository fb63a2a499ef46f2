/** "i was placed above j" as edges from[e] → to[e] between n nodes. */
export interface Digraph {
  readonly n: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/**
 * The strongly connected component of each node, numbered by its smallest node (Tarjan 1972, without recursion). A
 * finite maximum of the likelihood exists within a component and never across two (Ford 1957; Hunter 2004,
 * Assumption 1): of those that were only ever beaten, nothing says by how much.
 */
export function comparableGroups(graph: Digraph): Uint32Array {
  const { n } = graph;
  const { starts, targets } = successors(graph);
  const index = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const open = new Uint8Array(n);
  const next = new Uint32Array(n);
  const group = new Uint32Array(n);
  const stack = new Uint32Array(n);
  const path = new Uint32Array(n);
  let stacked = 0;
  let visited = 0;
  for (let root = 0; root < n; root++) {
    if (index[root] !== -1) continue;
    let depth = 0;
    path[depth++] = root;
    while (depth > 0) {
      const node = path[depth - 1]!;
      if (index[node] === -1) {
        index[node] = low[node] = visited++;
        next[node] = starts[node]!;
        stack[stacked++] = node;
        open[node] = 1;
      }
      let descended = false;
      while (next[node]! < starts[node + 1]!) {
        const target = targets[next[node]!++]!;
        if (index[target] === -1) {
          path[depth++] = target;
          descended = true;
          break;
        }
        if (open[target] === 1) low[node] = Math.min(low[node]!, index[target]!);
      }
      if (descended) continue;
      depth--;
      if (depth > 0) low[path[depth - 1]!] = Math.min(low[path[depth - 1]!]!, low[node]!);
      if (low[node] === index[node]) stacked = close({ stack, stacked, open, group }, node);
    }
  }
  return group;
}

interface Open {
  readonly stack: Uint32Array;
  readonly stacked: number;
  readonly open: Uint8Array;
  readonly group: Uint32Array;
}

/** Takes a component from the stack; returns what is left on it. */
function close({ stack, stacked, open, group }: Open, root: number): number {
  let start = stacked;
  let smallest = root;
  do {
    start--;
    smallest = Math.min(smallest, stack[start]!);
  } while (stack[start] !== root);
  for (let i = start; i < stacked; i++) {
    open[stack[i]!] = 0;
    group[stack[i]!] = smallest;
  }
  return start;
}

function successors({ n, from, to }: Digraph): { readonly starts: Uint32Array; readonly targets: Uint32Array } {
  const starts = new Uint32Array(n + 1);
  for (let e = 0; e < from.length; e++) starts[from[e]! + 1]!++;
  for (let node = 0; node < n; node++) starts[node + 1]! += starts[node]!;
  const place = starts.slice();
  const targets = new Uint32Array(from.length);
  for (let e = 0; e < from.length; e++) targets[place[from[e]!]!++] = to[e]!;
  return { starts, targets };
}
