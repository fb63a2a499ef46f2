import { compareTokens, tokenIdTaken, tokenTaken, unknownToken } from "@gauntlet/controller";
import type { StoredToken, TokenStore } from "@gauntlet/controller";
import type { Database, Queries } from "./database.ts";

export function postgresTokens(database: Database): TokenStore {
  return {
    list: async () => {
      const rows = await database.all<StoredToken>(
        `SELECT id, name, role, secret_hash AS "secretHash", created_at AS "createdAt", revoked_at AS "revokedAt" FROM @.tokens`,
      );
      return rows.toSorted(compareTokens);
    },
    add: (token) => database.transaction("tokens", (queries) => add(queries, token)),
    revoke: async (id, at) => {
      const revoked = await database.run("UPDATE @.tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1", id, at);
      if (revoked === 0) throw unknownToken(id);
    },
  };
}

async function add(queries: Queries, token: StoredToken): Promise<void> {
  const { id, name, role, secretHash, createdAt, revokedAt } = token;
  const sameName = revokedAt === null ? await queries.all("SELECT 1 FROM @.tokens WHERE name = $1 AND revoked_at IS NULL", name) : [];
  if (sameName.length > 0) throw tokenTaken(name);
  if ((await queries.all("SELECT 1 FROM @.tokens WHERE id = $1", id)).length > 0) throw tokenIdTaken(id);
  await queries.run(
    "INSERT INTO @.tokens (id, name, role, secret_hash, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6)",
    id,
    name,
    role,
    secretHash,
    createdAt,
    revokedAt,
  );
}
