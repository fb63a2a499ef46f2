import type { Move, Result } from "../rules/moves.ts";
import type { StoredGame } from "./game-store.ts";

/** Of which games a report speaks: never of test games. */
export interface ReportWindow {
  /** Games that were begun at this instant or later; null: all. Milliseconds since the Unix epoch. */
  readonly since: number | null;
}

/** How finished games ended. */
export interface Tally {
  readonly games: number;
  readonly userWins: number;
  readonly botWins: number;
  readonly ties: number;
}

interface LeaderboardQuestion extends ReportWindow {
  /** People, or players of habits and made-up names. */
  readonly of: "people" | "made-up";
  readonly gamesMin: number;
  readonly limit: number;
}

/** Which games are looked at; what is left out is any. */
export interface GamesFilter extends ReportWindow {
  readonly player?: string;
  readonly policy?: string;
  readonly session?: string;
  readonly of?: LeaderboardQuestion["of"];
}

/** Of games that were begun, finished or not. */
export interface RoundCounts {
  readonly games: number;
  readonly rounds: number;
  readonly results: Readonly<Record<Result, number>>;
  readonly userMoves: Readonly<Record<Move, number>>;
  readonly botMoves: Readonly<Record<Move, number>>;
}

/** Finished games of a session in the order of their ends. */
export interface Streak {
  /** As the session's player was called last. */
  readonly player: string;
  readonly longest: number;
  readonly current: number;
  /** Milliseconds since the Unix epoch. */
  readonly lastWinAt: number;
  readonly games: number;
}

/** What is asked of many games together. Nothing here changes anything. */
export interface GameReports {
  /** By the share of finished games that the player won, then by their number, then by name. */
  leaderboard(question: LeaderboardQuestion): Promise<readonly (Tally & { readonly player: string })[]>;
  /** Finished games by the bot's policy, in order of its name. */
  tallies(filter: GamesFilter): Promise<readonly (Tally & { readonly policy: string })[]>;
  roundCounts(filter: GamesFilter): Promise<RoundCounts>;
  /** Rounds played at `at` or later. */
  roundsSince(window: ReportWindow, at: number): Promise<number>;
  /** Sessions of people that won a game: the longest runs of wins first. */
  streaks(question: ReportWindow & { readonly policy?: string; readonly limit: number }): Promise<readonly Streak[]>;
}

/** A finished game as lists show it. */
export interface GameLine extends Omit<StoredGame, "openingMoves" | "opening" | "winner"> {
  readonly winner: NonNullable<StoredGame["winner"]>;
  readonly rounds: number;
  /** Tenths of a point. */
  readonly userScore: number;
  readonly botScore: number;
  readonly finishedAt: number;
}

interface GamesQuestion extends ReportWindow {
  readonly player: string | null;
  readonly policy: string | null;
  readonly limit: number;
  /** `next` of the page before; null: the newest. */
  readonly after: string | null;
}

/** One round of an export. */
export interface ExportRow {
  readonly id: number;
  readonly gameId: string;
  readonly user: Move;
  readonly bot: Move;
  readonly result: Result;
  readonly policy: string;
  readonly alias: string;
  readonly sessionId: string;
  readonly player: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Games and rounds page by page, test games left out. */
export interface GameLists {
  /** Finished games, the newest end first. @throws Failure `invalid_input` for an `after` that no page gave. */
  games(question: GamesQuestion): Promise<{ readonly games: readonly GameLine[]; readonly next: string | null }>;
  /** Rounds with an id below `before`, the newest first; null: from the newest on. */
  rounds(question: ReportWindow & { readonly before: number | null; readonly limit: number }): Promise<readonly ExportRow[]>;
  /** One game that was begun, a test game too; null: there is none. For whoever knows its id. */
  standing(gameId: string): Promise<GameStanding | null>;
}

interface GameStanding {
  readonly results: RoundCounts["results"];
  /** Tenths of a point. */
  readonly userScore: number;
  readonly botScore: number;
  readonly winner: StoredGame["winner"];
}
