import type { FinishedGame, GameOutbox } from "../../outbox/game-outbox.ts";
import type { Move } from "../../rules/moves.ts";
import type { PlayingSlot } from "../../serving/slots.ts";
import { asGuesses } from "./rows.ts";
import type { SqlReads, SqlValue } from "./sql-reads.ts";

export interface SqlWrites {
  /** One statement, a transaction of its own. @returns how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): Promise<number>;
}

/** Each step is one statement, so that whatever is interrupted is done or is not. */
export function gameOutbox(reads: SqlReads, { run }: SqlWrites): GameOutbox {
  return {
    // Asked for twice: of two processes that choose the same games the second finds them in a batch.
    fill: (policy, { id, epoch, limit }) =>
      run("UPDATE outcome_games SET batch = ?, epoch = ? WHERE batch IS NULL AND seq IN (SELECT seq FROM outcome_games WHERE bot_policy = ? AND batch IS NULL ORDER BY seq LIMIT ?)", id, epoch, policy, limit),
    next: async (policy) => {
      const [oldest] = await reads.all<{ readonly batch: string; readonly epoch: number }>("SELECT batch, epoch FROM outcome_games WHERE bot_policy = ? AND batch IS NOT NULL ORDER BY seq LIMIT 1", policy);
      if (oldest === undefined) return null;
      const rows = await reads.all<WaitingRow>(
        `SELECT g.id, g.bot_model_alias, g.bot_model_version, g.winner, g.finished_ts, e.step_no, e.user_move, e.guesses
         FROM outcome_games o JOIN games g ON g.id = o.game_id JOIN events e ON e.game_id = g.id WHERE o.bot_policy = ? AND o.batch = ? ORDER BY o.seq, e.step_no`,
        policy,
        oldest.batch,
      );
      return { id: oldest.batch, epoch: Number(oldest.epoch), games: gamesOf(rows) };
    },
    sent: async (batchId) => {
      await run("DELETE FROM outcome_games WHERE batch = ?", batchId);
    },
    waiting: async () => Number((await reads.all<{ readonly n: number }>("SELECT count(*) AS n FROM outcome_games"))[0]?.n ?? 0),
  };
}

interface WaitingRow {
  readonly id: string;
  readonly bot_model_alias: PlayingSlot;
  readonly bot_model_version: string | null;
  readonly winner: FinishedGame["winner"];
  readonly finished_ts: string;
  readonly step_no: number;
  readonly user_move: Move;
  readonly guesses: string | null;
}

/** Rows of one game stand together. */
function gamesOf(rows: readonly WaitingRow[]): readonly FinishedGame[] {
  const games: (Omit<FinishedGame, "rounds"> & { readonly rounds: FinishedGame["rounds"][number][] })[] = [];
  for (const row of rows) {
    const round = { number: row.step_no, user: row.user_move, guesses: asGuesses(row.guesses) };
    const last = games.at(-1);
    if (last?.id === row.id) last.rounds.push(round);
    else games.push({ id: row.id, slot: row.bot_model_alias, version: row.bot_model_version, winner: row.winner, finishedAt: Date.parse(row.finished_ts), rounds: [round] });
  }
  return games;
}
