/** The tables as the reference has them, with the constraints it lacks: a round is played once, and a score is never negative. */
export const GAME_SCHEMA = `
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user_name TEXT NOT NULL, created_ts TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS games (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions (id), player_name TEXT NOT NULL,
  bot_policy TEXT NOT NULL, bot_model_alias TEXT NOT NULL, bot_model_version TEXT,
  user_score REAL NOT NULL DEFAULT 0 CHECK (user_score >= 0), bot_score REAL NOT NULL DEFAULT 0 CHECK (bot_score >= 0),
  winner TEXT CHECK (winner IN ('user', 'bot', 'tie')),
  created_ts_utc TEXT NOT NULL, finished_ts TEXT, opening_name TEXT NOT NULL, opening_seq TEXT NOT NULL,
  easy_mode INTEGER NOT NULL DEFAULT 0, is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1)),
  CHECK ((winner IS NULL) = (finished_ts IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS games_by_session ON games (session_id);
CREATE INDEX IF NOT EXISTS games_by_time ON games (created_ts_utc);
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, game_id TEXT NOT NULL REFERENCES games (id), step_no INTEGER NOT NULL CHECK (step_no >= 1),
  user_move TEXT NOT NULL CHECK (user_move IN ('rock', 'paper', 'scissors')), bot_move TEXT NOT NULL CHECK (bot_move IN ('rock', 'paper', 'scissors')),
  result TEXT NOT NULL CHECK (result IN ('win', 'lose', 'draw')),
  user_delta REAL NOT NULL, bot_delta REAL NOT NULL, user_score REAL NOT NULL, bot_score REAL NOT NULL,
  round_rock_pts REAL NOT NULL, round_paper_pts REAL NOT NULL, round_scissors_pts REAL NOT NULL, created_ts_utc TEXT NOT NULL,
  UNIQUE (game_id, step_no)
) STRICT;
`;
