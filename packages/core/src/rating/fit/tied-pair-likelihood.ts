import { exp } from "../arithmetic/exp.ts";
import type { Likelihood, Slope } from "./likelihood.ts";
import type { Edges } from "./pair-likelihood.ts";

/**
 * Davidson 1970: i beats j with γᵢ/D, they tie with ν·√(γᵢγⱼ)/D, D = γᵢ + γⱼ + ν·√(γᵢγⱼ). The same likelihood as that of
 * choices of two (`stageLikelihood`), over columns. The last parameter is ln ν. Virtual games know no ties: they are
 * `priorGames` of the games of each edge, half of them won.
 */
export function tiedPairLikelihood(nodes: number, edges: Edges, priorGames: number): Likelihood {
  const count = edges.rows.length;
  // After the pairs, each strength with the tie.
  const rows = new Uint32Array(count + nodes);
  const cols = new Uint32Array(count + nodes).fill(nodes);
  rows.set(edges.rows);
  cols.set(edges.cols);
  for (let i = 0; i < nodes; i++) rows[count + i] = i;
  const root = new Float64Array(nodes);
  return {
    size: nodes + 1,
    nodes,
    rows,
    cols,
    evaluate: (point, slope) => {
      slope.gradient.fill(0);
      slope.diagonal.fill(0);
      slope.entries.fill(0);
      for (let i = 0; i < nodes; i++) root[i] = exp(point[i]! / 2);
      addEdges({ edges, root, nu: exp(point[nodes]!), priorGames }, slope);
    },
  };
}

interface Scene {
  readonly edges: Edges;
  /** √γ of each. */
  readonly root: Float64Array;
  readonly nu: number;
  readonly priorGames: number;
}

function addEdges({ edges, root, nu, priorGames }: Scene, { gradient, diagonal, entries }: Slope): void {
  const { rows, cols, won, games, tied } = edges;
  const nodes = root.length;
  const count = rows.length;
  for (let e = 0; e < count; e++) {
    const a = rows[e]!;
    const b = cols[e]!;
    const gammaA = root[a]! * root[a]!;
    const gammaB = root[b]! * root[b]!;
    const tie = nu * root[a]! * root[b]!;
    const all = gammaA + gammaB + tie;
    const real = games[e]! - priorGames;
    const chance = tie / all;
    const share = (gammaA + tie / 2) / all;
    const other = (gammaB + tie / 2) / all;
    const virtual = gammaA / (gammaA + gammaB);
    const surplus = won[e]! - real * share - priorGames * virtual;
    gradient[a]! += surplus;
    gradient[b]! -= surplus;
    gradient[nodes]! += tied[e]! - real * chance;
    // Var of the share: ¼·P(tie) less than that of a coin with its mean.
    const weight = real * (share * other - chance / 4) + priorGames * virtual * (gammaB / (gammaA + gammaB));
    diagonal[a]! += weight;
    diagonal[b]! += weight;
    entries[e] = -weight;
    const crossed = real * chance * (0.5 - share);
    entries[count + a]! += crossed;
    entries[count + b]! -= crossed;
    diagonal[nodes]! += real * chance * (1 - chance);
  }
}
