/**
 * The health of evidence asks at every tick which of the newest labels and follow-ups met an outcome. A BRIN index holds
 * nothing of pages that no vacuum has summarised yet, which are the newest.
 */
export const joinsByTime = `
CREATE INDEX labels_by_time ON labels (model, labelled_at);
CREATE INDEX follow_ups_by_time ON follow_ups (model, at);
DROP INDEX labels_by_age;
DROP INDEX follow_ups_by_age;
`;
