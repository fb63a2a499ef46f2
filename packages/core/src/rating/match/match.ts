/**
 * What is kept of one match between 2 or more participants. Two records with equal fields are the same record on every
 * node; the form is canonical: places are dense, instants are UTC milliseconds, whatever the sender wrote.
 */
export interface Match {
  /** The same on every node; one match has one record. */
  readonly id: string;
  /** Participant ids in the order of their seats, each once. */
  readonly players: readonly string[];
  /** For each player, 1 for the best place; equal numbers tied, and no number is left out (1, 1, 2). */
  readonly places: readonly number[];
  readonly board: string;
  /** Seats of the game, which may be more than the rated participants. */
  readonly numPlayers: number;
  /** Moves; null when nobody counted. */
  readonly length: number | null;
  readonly durationMs: number | null;
  /** When it ended: milliseconds since the Unix epoch. */
  readonly at: number;
  /** The node that recorded it first. */
  readonly origin: string;
  readonly tournament: string | null;
}

/** Ratings are only compared within one of these. */
export interface MatchConfig {
  readonly board: string;
  readonly numPlayers: number;
}

/** `square8_2p`: how a configuration is written in file names, labels and tables. */
export function configKey(config: MatchConfig): string {
  return `${config.board}_${config.numPlayers}p`;
}

/** The participant that alone has the first place, or null after a draw for it. */
export function winnerOf(match: Match): string | null {
  let winner: string | null = null;
  for (const [seat, player] of match.players.entries()) {
    if (match.places[seat] !== 1) continue;
    if (winner !== null) return null;
    winner = player;
  }
  return winner;
}

/** Dense places of any numbers of which less is better: 3, 1, 3, 8 → 2, 1, 2, 3. */
export function densePlaces(ranks: readonly number[]): readonly number[] {
  const [first, second] = ranks;
  if (ranks.length === 2) return first === second ? [1, 1] : first! < second! ? [1, 2] : [2, 1];
  const distinct = [...new Set(ranks)].toSorted((a, b) => a - b);
  return ranks.map((rank) => distinct.indexOf(rank) + 1);
}
