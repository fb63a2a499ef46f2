/**
 * Counts rounds that wait, in one statement: what it takes from the queue is in the sums, or both are not. Rounds that another
 * replica counts at the same moment are left to it. A version that holds two slots has guessed once. The value: how many at
 * the most. Gives a row for each round.
 */
export const COUNT_GUESSES = `
WITH taken AS (DELETE FROM uncounted_rounds WHERE seq IN (SELECT seq FROM uncounted_rounds ORDER BY seq LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING seq, game_id, step_no),
guessed AS (
  SELECT DISTINCT t.seq, g.bot_policy, guess ->> 1 AS version, (guess ->> 2) = e.user_move AS is_right
  FROM taken t JOIN games g ON g.id = t.game_id JOIN events e ON e.game_id = t.game_id AND e.step_no = t.step_no, json_array_elements(e.guesses::json) guess
),
added AS (
  INSERT INTO version_guesses AS counted (bot_policy, version, guesses, right_guesses)
  SELECT bot_policy, version, count(*), count(*) FILTER (WHERE is_right) FROM guessed GROUP BY bot_policy, version ORDER BY bot_policy, version
  ON CONFLICT (bot_policy, version) DO UPDATE SET guesses = counted.guesses + excluded.guesses, right_guesses = counted.right_guesses + excluded.right_guesses
)
SELECT 1 FROM taken`;
