/** The match ledger: whole records as JSON, in the order in which they came. */
export const matches = `
CREATE TABLE match_records (
  sequence bigint PRIMARY KEY,
  content_id char(32) COLLATE "C" NOT NULL UNIQUE,
  match_id text COLLATE "C" NOT NULL,
  record text NOT NULL
);
CREATE INDEX match_records_by_match ON match_records (match_id);
CREATE FUNCTION refuse_match_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'match records are never changed or deleted';
END $$;
CREATE TRIGGER match_records_are_never_changed BEFORE UPDATE OR DELETE ON match_records FOR EACH ROW EXECUTE FUNCTION refuse_match_change();
`;
