import type { EvidenceCell, EvidenceItem } from "../../evidence/evidence.ts";
import { wideToBigInt } from "../../evidence/wide-integer.ts";
import type { SlotCounts } from "../../policy/slots-cycle.ts";
import type { SlotsPolicy } from "../../policy/slots-policy.ts";

export const NO_COUNTS: SlotCounts = { games: 0, wins: 0, ties: 0, predictions: 0, correct: 0 };

/** The counts of cells of any epochs, buckets, versions and modes: whoever calls has chosen them. */
export function countCells({ win, accuracy }: Pick<SlotsPolicy, "win" | "accuracy">, cells: Iterable<EvidenceItem | EvidenceCell>): SlotCounts {
  let counts = NO_COUNTS;
  for (const { metric, statistic } of cells) {
    if (metric === win && statistic.kind === "moments") counts = addCounts(counts, { ...NO_COUNTS, ...gamesIn(statistic) });
    else if (metric === accuracy && statistic.kind === "rate") counts = addCounts(counts, { ...NO_COUNTS, predictions: statistic.n, correct: statistic.hits });
  }
  return counts;
}

export function addCounts(a: SlotCounts, b: SlotCounts): SlotCounts {
  return { games: a.games + b.games, wins: a.wins + b.wins, ties: a.ties + b.ties, predictions: a.predictions + b.predictions, correct: a.correct + b.correct };
}

/** Scores are 0, 500 or 1000 thousandths and nothing else, so that two sums tell how many there are of each. */
function gamesIn({ n, sum, squares }: Extract<EvidenceItem["statistic"], { kind: "moments" }>): Pick<SlotCounts, "games" | "wins" | "ties"> {
  const points = wideToBigInt(sum);
  const ties = (1000n * points - wideToBigInt(squares)) / 250_000n;
  return { games: n, wins: Number((points - 500n * ties) / 1000n), ties: Number(ties) };
}
