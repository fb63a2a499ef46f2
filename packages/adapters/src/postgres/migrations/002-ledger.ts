/** The ledger's chains with the state folded from each, and the leases that fence their writers. */
export const ledger = `
CREATE TABLE leases (
  name text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C",
  token bigint NOT NULL,
  expires_at bigint NOT NULL
);

CREATE TABLE chains (
  chain text COLLATE "C" PRIMARY KEY,
  seq bigint NOT NULL,
  hash text NOT NULL,
  decision_id text,
  confirmed_at bigint,
  state text NOT NULL
);

CREATE TABLE entries (
  chain text COLLATE "C" NOT NULL REFERENCES chains (chain),
  seq bigint NOT NULL,
  entry text NOT NULL,
  PRIMARY KEY (chain, seq)
);
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger entries are never changed or deleted';
END $$;
CREATE TRIGGER entries_are_never_changed BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
`;
