/** Who serves whom, what was answered to idempotency keys, and API tokens. */
export const servingAndAccess = `
CREATE TABLE allocations (
  model text COLLATE "C" PRIMARY KEY,
  epoch bigint NOT NULL,
  allocation text NOT NULL
);

CREATE TABLE idempotency_keys (
  key text COLLATE "C" PRIMARY KEY,
  digest text NOT NULL,
  begun_at bigint NOT NULL,
  status integer,
  body text
);

CREATE TABLE tokens (
  id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  role text NOT NULL,
  secret_hash text NOT NULL,
  created_at bigint NOT NULL,
  revoked_at bigint
);
CREATE UNIQUE INDEX live_tokens_by_name ON tokens (name) WHERE revoked_at IS NULL;
`;
