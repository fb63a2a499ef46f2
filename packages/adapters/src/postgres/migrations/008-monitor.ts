/** What monitors remember of each subject, as JSON; its checks by their order; and what hooks are to be told. */
export const monitor = `
CREATE TABLE monitors (
  subject text COLLATE "C" PRIMARY KEY,
  revision bigint NOT NULL,
  at bigint NOT NULL,
  state text NOT NULL
);

CREATE TABLE monitor_checks (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject text COLLATE "C" NOT NULL,
  entry text NOT NULL
);
CREATE INDEX monitor_checks_by_subject ON monitor_checks (subject, seq);

CREATE TABLE deliveries (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  subject text COLLATE "C" NOT NULL,
  hook text NOT NULL,
  event text NOT NULL,
  created_at bigint NOT NULL,
  status text NOT NULL,
  attempts bigint NOT NULL,
  next_at bigint,
  detail text,
  settled_at bigint
);
CREATE INDEX deliveries_that_are_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
`;
