/**
 * Elo points that a version may lose, by its board and its strength: ratings of weak players move more, and on larger
 * boards less is chance. The figures are those of the reference's later release.
 */
export function adaptiveDrop(board: string, elo: number): number {
  const base = BASES.get(board) ?? OTHER_BOARDS;
  if (elo < 700) return (base * 3) / 2;
  return elo > 1500 ? (base * 7) / 10 : base;
}

const BASES: ReadonlyMap<string, number> = new Map([["hex8", 50], ["square8", 40], ["square19", 20], ["hexagonal", 25]]);
const OTHER_BOARDS = 30;
