/** How far hooks were told of each chain, and since when each hook is known; texts that only their writer understands. */
export const hookMarks = `
CREATE TABLE hook_marks (
  name text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);
`;
