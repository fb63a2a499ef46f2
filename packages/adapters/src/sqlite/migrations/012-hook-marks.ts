/** How far hooks were told of each chain, and since when each hook is known; texts that only their writer understands. */
export const hookMarks = `
CREATE TABLE hook_marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
