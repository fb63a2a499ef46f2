/** How far each hook was told of each chain, and which hooks are disabled; texts that only their writer understands. */
export const hookMarks = `
CREATE TABLE hook_marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
