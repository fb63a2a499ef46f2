/** How far each hook was told of each chain, and which hooks are disabled; texts that only their writer understands. */
export const hookMarks = `
CREATE TABLE hook_marks (
  name text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);
`;
