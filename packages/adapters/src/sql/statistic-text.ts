import type { Statistic, WideInteger } from "@gauntlet/core";

/**
 * The canonical JSON of a statistic. Its keys are known and its values are integers, so writing the keys in order
 * is enough, and several times faster than sorting them; a test compares it with `canonicalJson`.
 */
export function statisticText(statistic: Statistic): string {
  switch (statistic.kind) {
    case "count":
      return JSON.stringify({ kind: statistic.kind, n: statistic.n });
    case "rate":
      return JSON.stringify({ hits: statistic.hits, kind: statistic.kind, n: statistic.n });
    case "moments": {
      const { kind, n, squares, sum } = statistic;
      return JSON.stringify({ kind, n, squares: wide(squares), sum: wide(sum) });
    }
    case "histogram":
      return JSON.stringify({ buckets: statistic.buckets, kind: statistic.kind, n: statistic.n, zeros: statistic.zeros });
    case "confusion": {
      const { falseNegative, falsePositive, kind, trueNegative, truePositive } = statistic;
      return JSON.stringify({ falseNegative, falsePositive, kind, trueNegative, truePositive });
    }
    case "paired":
      return JSON.stringify({ cells: statistic.cells, kind: statistic.kind });
    case "ratio": {
      const { denominator, denominatorSquares, kind, n, numerator, numeratorSquares, products, requests } = statistic;
      return JSON.stringify({
        denominator: wide(denominator),
        denominatorSquares: wide(denominatorSquares),
        kind,
        n,
        numerator: wide(numerator),
        numeratorSquares: wide(numeratorSquares),
        products: wide(products),
        requests,
      });
    }
    default:
      return statistic satisfies never;
  }
}

function wide({ high, low }: WideInteger): WideInteger {
  return { high, low };
}

/** The inverse; the text was written by `statisticText`. */
export function parseStatistic(text: string): Statistic {
  return JSON.parse(text) as Statistic;
}
