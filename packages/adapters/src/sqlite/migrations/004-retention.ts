/** When a batch was folded, so that its id can be forgotten. null: before this was kept; such ids stay. */
export const retention = `
ALTER TABLE batches ADD COLUMN folded_at INTEGER;
CREATE INDEX batches_by_age ON batches (model, folded_at);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (begun_at);
`;
