import type { Match, MatchContext, Problem } from "@gauntlet/core";

/** What a file of matches is: ours, line by line; or one of three SQLite schemas, recognised by their columns. */
export type MatchFileKind = "ndjson" | "service" | "reconciler" | "tournament";

/** One row of a file, counted from 1 in the order of reading (lines for NDJSON). */
export type MatchRow =
  | { readonly kind: "match"; readonly row: number; readonly match: Match }
  /** Pointers of problems are columns of a table (`/winner_id`), or fields of a line. */
  | { readonly kind: "refused"; readonly row: number; readonly id: string | null; readonly problems: readonly Problem[] };

export interface MatchFileContext extends MatchContext {
  /** The node to name where a row names none. */
  readonly origin: string;
  /** Told now and then how many of how many bytes or rows are read. */
  readonly onProgress?: (done: number, of: number) => void;
  /** How long to wait for a file that another process has locked; 5 s when left out. */
  readonly waitMs?: number;
}
