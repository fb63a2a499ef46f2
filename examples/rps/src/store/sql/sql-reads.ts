/** What both databases read with: statements with `?` where a value goes. */
export interface SqlReads {
  /** LIKE that takes upper and lower case alike. */
  readonly like: "LIKE" | "ILIKE";
  all<Row>(sql: string, ...values: readonly SqlValue[]): Promise<readonly Row[]>;
}

export type SqlValue = string | number | null;
