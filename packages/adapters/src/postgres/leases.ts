import type { LeaseStore } from "@gauntlet/controller";
import type { Database } from "./database.ts";

export function postgresLeases(database: Database): LeaseStore {
  return {
    acquire: async ({ name, holder, now, ttlMs }) => {
      const expiresAt = now + ttlMs;
      // One statement decides and writes, so that two callers can't both win.
      const [row] = await database.all<{ readonly token: number }>(
        `INSERT INTO @.leases AS l (name, holder, token, expires_at) VALUES ($1, $2, 1, $4)
         ON CONFLICT (name) DO UPDATE SET holder = $2, expires_at = $4, token = l.token + CASE WHEN l.holder IS NULL OR l.expires_at <= $3 THEN 1 ELSE 0 END
         WHERE l.holder IS NULL OR l.holder = $2 OR l.expires_at <= $3
         RETURNING token`,
        name,
        holder,
        now,
        expiresAt,
      );
      return row === undefined ? null : { name, holder, token: row.token, expiresAt };
    },
    release: async (lease) => {
      await database.run("UPDATE @.leases SET holder = NULL WHERE name = $1 AND token = $2", lease.name, lease.token);
    },
  };
}
