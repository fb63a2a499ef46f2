export interface EndedGame {
  readonly policy: string;
  readonly winner: "user" | "bot" | "tie";
  readonly rounds: number;
}

/** How many games a point of the line looks back on. */
export const WINDOW_GAMES = 30;

export interface SharePoint {
  /** The game's place among all of them, from 0. */
  readonly at: number;
  /** Of the last games of the same bot: part of 1 that it won, a tie as half. */
  readonly share: number;
}

/** The moving share of games that a bot won, from its first full window on. @param games the oldest first */
export function winShares(games: readonly EndedGame[], policy: string): readonly SharePoint[] {
  const points: SharePoint[] = [];
  const window: number[] = [];
  games.forEach((game, at) => {
    if (game.policy !== policy) return;
    window.push(game.winner === "bot" ? 1 : game.winner === "tie" ? 0.5 : 0);
    if (window.length > WINDOW_GAMES) window.shift();
    if (window.length === WINDOW_GAMES) points.push({ at, share: window.reduce((sum, won) => sum + won, 0) / WINDOW_GAMES });
  });
  return points;
}

/** How many games took how many rounds, from the shortest to the longest, none left out between. */
export function gameLengths(games: readonly Pick<EndedGame, "rounds">[]): readonly { readonly rounds: number; readonly games: number }[] {
  if (games.length === 0) return [];
  const counts = new Map<number, number>();
  for (const { rounds } of games) counts.set(rounds, (counts.get(rounds) ?? 0) + 1);
  const shortest = Math.min(...counts.keys());
  return Array.from({ length: Math.max(...counts.keys()) - shortest + 1 }, (_, step) => ({ rounds: shortest + step, games: counts.get(shortest + step) ?? 0 }));
}
