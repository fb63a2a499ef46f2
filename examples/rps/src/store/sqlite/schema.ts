/**
 * The tables as the platform documents them, with constraints: a round is played once, and a score is never negative. The
 * counts of a game are kept with it, so that statistics needn't read its rounds. Times that are the same have one column
 * that is written.
 */
export const SQLITE_SCHEMA = `
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user_name TEXT NOT NULL, created_ts TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS games (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions (id), player_name TEXT NOT NULL, is_made_up INTEGER NOT NULL CHECK (is_made_up IN (0, 1)),
  bot_policy TEXT NOT NULL, bot_model_alias TEXT NOT NULL, bot_model_version TEXT,
  user_score REAL NOT NULL DEFAULT 0 CHECK (user_score >= 0), bot_score REAL NOT NULL DEFAULT 0 CHECK (bot_score >= 0),
  winner TEXT CHECK (winner IN ('user', 'bot', 'tie')),
  created_ts_utc TEXT NOT NULL, created_ts TEXT GENERATED ALWAYS AS (created_ts_utc) VIRTUAL, start_ts TEXT GENERATED ALWAYS AS (created_ts_utc) VIRTUAL,
  finished_ts TEXT, opening_name TEXT NOT NULL, opening_seq TEXT NOT NULL,
  easy_mode INTEGER NOT NULL DEFAULT 0, is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1)),
  rock_pts REAL NOT NULL DEFAULT 1, paper_pts REAL NOT NULL DEFAULT 1, scissors_pts REAL NOT NULL DEFAULT 1,
  user_rock_ct INTEGER NOT NULL DEFAULT 0, user_paper_ct INTEGER NOT NULL DEFAULT 0, user_scissors_ct INTEGER NOT NULL DEFAULT 0,
  bot_rock_ct INTEGER NOT NULL DEFAULT 0, bot_paper_ct INTEGER NOT NULL DEFAULT 0, bot_scissors_ct INTEGER NOT NULL DEFAULT 0,
  user_win_ct INTEGER NOT NULL DEFAULT 0, user_lose_ct INTEGER NOT NULL DEFAULT 0, draw_ct INTEGER NOT NULL DEFAULT 0,
  user_favored_pick_ct INTEGER NOT NULL DEFAULT 0, user_favored_beater_pick_ct INTEGER NOT NULL DEFAULT 0,
  CHECK ((winner IS NULL) = (finished_ts IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS games_by_session ON games (session_id);
CREATE INDEX IF NOT EXISTS games_by_streak ON games (session_id, finished_ts, id, winner, is_made_up, bot_policy, created_ts_utc) WHERE winner IS NOT NULL AND is_test = 0;
CREATE INDEX IF NOT EXISTS games_by_time ON games (created_ts_utc, id);
CREATE INDEX IF NOT EXISTS games_by_end ON games (finished_ts, id) WHERE winner IS NOT NULL AND is_test = 0;
CREATE INDEX IF NOT EXISTS games_by_player ON games (player_name, created_ts_utc, is_made_up, bot_policy, winner) WHERE winner IS NOT NULL AND is_test = 0;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, game_id TEXT NOT NULL REFERENCES games (id), step_no INTEGER NOT NULL CHECK (step_no >= 1),
  user_move TEXT NOT NULL CHECK (user_move IN ('rock', 'paper', 'scissors')), bot_move TEXT NOT NULL CHECK (bot_move IN ('rock', 'paper', 'scissors')),
  result TEXT NOT NULL CHECK (result IN ('win', 'lose', 'draw')),
  user_delta REAL NOT NULL, bot_delta REAL NOT NULL, user_score REAL NOT NULL, bot_score REAL NOT NULL,
  round_rock_pts REAL NOT NULL, round_paper_pts REAL NOT NULL, round_scissors_pts REAL NOT NULL,
  lag1_rock_pts REAL NOT NULL DEFAULT 1, lag1_paper_pts REAL NOT NULL DEFAULT 1, lag1_scissors_pts REAL NOT NULL DEFAULT 1,
  lag2_rock_pts REAL NOT NULL DEFAULT 1, lag2_paper_pts REAL NOT NULL DEFAULT 1, lag2_scissors_pts REAL NOT NULL DEFAULT 1,
  lag3_rock_pts REAL NOT NULL DEFAULT 1, lag3_paper_pts REAL NOT NULL DEFAULT 1, lag3_scissors_pts REAL NOT NULL DEFAULT 1,
  guesses TEXT, created_ts_utc TEXT NOT NULL, ts TEXT GENERATED ALWAYS AS (created_ts_utc) VIRTUAL,
  UNIQUE (game_id, step_no)
) STRICT;
CREATE TABLE IF NOT EXISTS outcome_games (seq INTEGER PRIMARY KEY AUTOINCREMENT, game_id TEXT NOT NULL UNIQUE REFERENCES games (id), bot_policy TEXT NOT NULL, batch TEXT, epoch INTEGER, CHECK ((batch IS NULL) = (epoch IS NULL))) STRICT;
CREATE INDEX IF NOT EXISTS outcome_games_by_batch ON outcome_games (bot_policy, batch, seq);
CREATE TABLE IF NOT EXISTS version_guesses (bot_policy TEXT NOT NULL, version TEXT NOT NULL, guesses INTEGER NOT NULL, right_guesses INTEGER NOT NULL CHECK (right_guesses BETWEEN 0 AND guesses), PRIMARY KEY (bot_policy, version)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uncounted_rounds (seq INTEGER PRIMARY KEY AUTOINCREMENT, game_id TEXT NOT NULL, step_no INTEGER NOT NULL) STRICT;
`;

/** A file of before rounds waited to be counted: all that it has do. */
export const UNCOUNTED_OF_BEFORE = "INSERT INTO uncounted_rounds (game_id, step_no) SELECT e.game_id, e.step_no FROM events e JOIN games g ON g.id = e.game_id WHERE e.guesses IS NOT NULL AND g.is_test = 0";
