/**
 * The known word that `word` was probably meant to be: smallest Damerau–Levenshtein distance (optimal string
 * alignment; an exchange of two neighbours is one step), at most 2, and less than the length of `word`, so that
 * "x" suggests nothing. Case is ignored. Of equally near words the first in `known` wins; null when none is near.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const wanted = word.slice(0, LENGTH_MAX).toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.min(3, wanted.length);
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = alignmentDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Words come from outside; no known one is nearly as long. */
const LENGTH_MAX = 100;

function alignmentDistance(from: string, to: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from.charCodeAt(i - 1) === to.charCodeAt(j - 1);
      let cost = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from.charCodeAt(i - 1) === to.charCodeAt(j - 2) && from.charCodeAt(i - 2) === to.charCodeAt(j - 1)) {
        cost = Math.min(cost, at(before, j - 2) + 1);
      }
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return at(previous, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
