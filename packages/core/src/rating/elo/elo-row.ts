/** What incremental Elo knows of one participant. */
export interface EloRow {
  readonly participant: string;
  readonly rating: number;
  readonly games: number;
  readonly wins: number;
  readonly losses: number;
  readonly draws: number;
  readonly peak: number;
}

export const ELO_INITIAL = 1500;

export function newEloRow(participant: string, rating: number = ELO_INITIAL): EloRow {
  return { participant, rating, games: 0, wins: 0, losses: 0, draws: 0, peak: rating };
}

/** (wins + ½ draws)/games; ½ before the first game, as the service says. */
export function winRate({ wins, draws, games }: EloRow): number {
  return games === 0 ? 0.5 : (wins + draws / 2) / games;
}

/** min(1, games/30): what the service calls confidence. It says nothing about the rating's error. */
export function serviceConfidence({ games }: EloRow): number {
  return Math.min(1, games / 30);
}

/** `result` is "neither" for a middle place among several. */
export function afterGame(row: EloRow, change: number, result: "win" | "loss" | "draw" | "neither"): EloRow {
  const rating = row.rating + change;
  return {
    participant: row.participant,
    rating,
    games: row.games + 1,
    wins: row.wins + (result === "win" ? 1 : 0),
    losses: row.losses + (result === "loss" ? 1 : 0),
    draws: row.draws + (result === "draw" ? 1 : 0),
    peak: Math.max(row.peak, rating),
  };
}
