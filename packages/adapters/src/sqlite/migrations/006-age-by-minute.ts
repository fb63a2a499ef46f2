/**
 * Raw predictions by the minute in which they were served. Outcomes arrive some minutes out of order: by the millisecond each
 * would land on a page of its own, by the minute they are appended in a few places.
 */
export const ageByMinute = `
DROP INDEX predictions_by_age;
CREATE INDEX predictions_by_minute ON predictions (model, at / 60000);
`;
