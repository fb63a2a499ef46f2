import type { GameReports } from "../store/game-reports.ts";

const HOUR_MS = 3_600_000;

/** Games that were begun within the last hour and are not over. What was begun earlier was given up. */
export async function activeGames(reports: Pick<GameReports, "roundCounts" | "tallies">, now: number): Promise<number> {
  const since = now - HOUR_MS;
  const [begun, ended] = await Promise.all([reports.roundCounts({ since }), reports.tallies({ since })]);
  return Math.max(0, begun.games - ended.reduce((sum, { games }) => sum + games, 0));
}
