/** When a batch was folded, so that its id can be forgotten. null: before this was kept; such ids stay. */
export const retention = `
ALTER TABLE batches ADD COLUMN folded_at bigint;
CREATE INDEX batches_by_age ON batches USING brin (folded_at) WITH (autosummarize = on);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (begun_at);
`;
