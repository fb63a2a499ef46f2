import type { GuessCounts } from "../guess-counts.ts";
import type { SqlReads } from "./sql-reads.ts";

/** A round whose models guessed waits to be counted, in the same transaction. The values: its number, its game's id. */
export const INTO_UNCOUNTED = "INSERT INTO uncounted_rounds (game_id, step_no) SELECT id, ? FROM games WHERE id = ? AND is_test = 0";

/** At once, so that a scrape after a day without any holds up no move for long. */
const COUNTED_AT_ONCE = 2000;

/** @param countNext counts so many rounds that wait, and no more: in one transaction each leaves the queue and is in the sums. @returns how many those were */
export function guessCounts(reads: Pick<SqlReads, "all">, countNext: (limit: number) => Promise<number>): GuessCounts {
  return {
    async of(versions) {
      while ((await countNext(COUNTED_AT_ONCE)) === COUNTED_AT_ONCE);
      const rows = await Promise.all(
        versions.map(({ policy, version }) => reads.all<{ readonly bot_policy: string; readonly version: string; readonly guesses: number | string; readonly right_guesses: number | string }>("SELECT bot_policy, version, guesses, right_guesses FROM version_guesses WHERE bot_policy = ? AND version = ?", policy, version)),
      );
      return rows.flat().map((row) => ({ policy: row.bot_policy, version: row.version, guesses: Number(row.guesses), right: Number(row.right_guesses) }));
    },
  };
}
