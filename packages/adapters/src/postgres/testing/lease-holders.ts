import pg from "pg";

/** Who holds a lease, or held it until it ran out: the names that controllers give themselves. Of every lease, or of the one called `name`. */
export async function leaseHolders(url: string, name: string | null = null): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ holder: string }>("SELECT holder FROM leases WHERE holder IS NOT NULL AND ($1::text IS NULL OR name = $1)", [name]);
    return rows.map(({ holder }) => holder);
  } finally {
    await client.end();
  }
}
