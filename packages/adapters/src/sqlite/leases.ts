import type { LeaseStore } from "@gauntlet/controller";
import type { Database } from "./database.ts";

export function sqliteLeases(database: Database): LeaseStore {
  return {
    acquire: async ({ name, holder, now, ttlMs }) => {
      const expiresAt = now + ttlMs;
      // One statement decides and writes, so that two callers can't both win.
      const row = database.get<{ readonly token: number }>(
        `INSERT INTO leases (name, holder, token, expires_at) VALUES (?1, ?2, 1, ?4)
         ON CONFLICT DO UPDATE SET holder = ?2, expires_at = ?4, token = token + (holder IS NULL OR expires_at <= ?3)
         WHERE holder IS NULL OR holder = ?2 OR expires_at <= ?3
         RETURNING token`,
        name, holder, now, expiresAt,
      );
      return row === undefined ? null : { name, holder, token: row.token, expiresAt };
    },
    release: async (lease) => {
      database.run("UPDATE leases SET holder = NULL WHERE name = ? AND token = ?", lease.name, lease.token);
    },
  };
}
