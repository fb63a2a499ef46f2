import { asFailure, type Role, type StoredToken, type TokenStore } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";
import { randomBytes } from "node:crypto";

import { hashSecret, newSecret } from "./secret.ts";

export const ROLES: readonly Role[] = ["viewer", "ingest", "operator"];

/** A token as it may be shown: everything but its secret's hash. */
export type TokenView = Omit<StoredToken, "secretHash">;

/** The secret is in this answer and nowhere else: only its hash is kept. @throws Failure `conflict` when the name is taken. */
export async function createToken(tokens: TokenStore, wanted: { readonly name: string; readonly role: Role; readonly now: number }): Promise<{ readonly token: TokenView; readonly secret: string }> {
  if (!/^[\w][\w .@-]{0,99}$/.test(wanted.name)) {
    throw new Failure("invalid_input", `"${wanted.name.slice(0, 100)}" can't be the name of a token`, { fix: "use 1–100 letters, digits, spaces and . @ - _, beginning with a letter or digit" });
  }
  const secret = newSecret();
  const token = { id: `t-${randomBytes(8).toString("hex")}`, name: wanted.name, role: wanted.role, createdAt: wanted.now, revokedAt: null };
  await tokens.add({ ...token, secretHash: hashSecret(secret) });
  return { token, secret };
}

/** Revokes by id, or by the name of a live token. @throws Failure `not_found`. */
export async function revokeToken(tokens: TokenStore, idOrName: string, now: number): Promise<TokenView> {
  const known = await tokens.list();
  const token = known.find((one) => one.id === idOrName) ?? known.find((one) => one.name === idOrName && one.revokedAt === null);
  if (token === undefined) throw new Failure("not_found", `there is no token ${idOrName}`, { fix: "list them with `gauntlet token list`" });
  await tokens.revoke(token.id, now);
  return viewOf({ ...token, revokedAt: token.revokedAt ?? now });
}

export async function listTokens(tokens: TokenStore): Promise<readonly TokenView[]> {
  return (await tokens.list()).map(viewOf);
}

/** The first operator token, made when there has never been any; null when there was one. There is no default password. */
export async function ensureFirstToken(tokens: TokenStore, now: number): Promise<string | null> {
  if ((await tokens.list()).length > 0) return null;
  try {
    return (await createToken(tokens, { name: "first operator", role: "operator", now })).secret;
  } catch (error) {
    // Another replica was quicker, and has shown its own.
    if (asFailure(error).code === "conflict") return null;
    throw error;
  }
}

function viewOf({ id, name, role, createdAt, revokedAt }: StoredToken): TokenView {
  return { id, name, role, createdAt, revokedAt };
}
