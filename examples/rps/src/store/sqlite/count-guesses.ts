import type { StatementSync } from "node:sqlite";

import type { WritesTogether } from "./writes-together.ts";

/** A version that holds two slots has guessed once. The value: the last place in the queue that is counted. */
const ADD = `
INSERT INTO version_guesses (bot_policy, version, guesses, right_guesses)
SELECT bot_policy, version, count(*), sum(is_right) FROM (
  SELECT DISTINCT u.seq, g.bot_policy, guess.value ->> '$[1]' AS version, (guess.value ->> '$[2]') = e.user_move AS is_right
  FROM uncounted_rounds u JOIN games g ON g.id = u.game_id JOIN events e ON e.game_id = u.game_id AND e.step_no = u.step_no, json_each(e.guesses) guess WHERE u.seq <= ?
) WHERE true GROUP BY bot_policy, version
ON CONFLICT (bot_policy, version) DO UPDATE SET guesses = guesses + excluded.guesses, right_guesses = right_guesses + excluded.right_guesses`;

/** Counts rounds that wait. */
export function countGuesses(prepared: (sql: string) => StatementSync, together: WritesTogether["write"]): (limit: number) => Promise<number> {
  const last = prepared("SELECT max(seq) AS seq FROM (SELECT seq FROM uncounted_rounds ORDER BY seq LIMIT ?)");
  const add = prepared(ADD);
  const leave = prepared("DELETE FROM uncounted_rounds WHERE seq <= ?");
  return (limit) =>
    together(() => {
      const { seq } = last.get(limit) as { readonly seq: number | null };
      if (seq === null) return 0;
      add.run(seq);
      return Number(leave.run(seq).changes);
    });
}
