/** What came of each attempt of a delivery, as JSON: those before this column was there are not known. */
export const deliveryTries = `
ALTER TABLE deliveries ADD COLUMN tries TEXT NOT NULL DEFAULT '[]';
`;
