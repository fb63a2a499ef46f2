import { compareTokens, tokenIdTaken, tokenTaken, unknownToken } from "@gauntlet/controller";
import type { Role, StoredToken, TokenStore } from "@gauntlet/controller";
import type { Database } from "./database.ts";

export function sqliteTokens(database: Database): TokenStore {
  return {
    list: async () =>
      database
        .all<TokenRow>("SELECT id, name, role, secret_hash AS secretHash, created_at AS createdAt, revoked_at AS revokedAt FROM tokens")
        .map((row): StoredToken => ({ ...row }))
        .toSorted(compareTokens),
    add: async (token) => database.transaction(() => add(database, token)),
    revoke: async (id, at) => {
      const revoked = database.run("UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?", at, id);
      if (revoked === 0) throw unknownToken(id);
    },
  };
}

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly secretHash: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

function add(database: Database, token: StoredToken): void {
  const { id, name, role, secretHash, createdAt, revokedAt } = token;
  if (revokedAt === null && database.get("SELECT 1 FROM tokens WHERE name = ? AND revoked_at IS NULL", name) !== undefined) throw tokenTaken(name);
  if (database.get("SELECT 1 FROM tokens WHERE id = ?", id) !== undefined) throw tokenIdTaken(id);
  database.run(
    "INSERT INTO tokens (id, name, role, secret_hash, created_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?)",
    id, name, role, secretHash, createdAt, revokedAt,
  );
}
