import pg from "pg";

/** Who holds a lease, or held it until it ran out: the names that controllers give themselves. */
export async function leaseHolders(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ holder: string }>("SELECT holder FROM leases WHERE holder IS NOT NULL");
    return rows.map(({ holder }) => holder);
  } finally {
    await client.end();
  }
}
