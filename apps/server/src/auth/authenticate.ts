import type { Role, StoredToken, TokenStore } from "@gauntlet/controller";
import { Failure } from "@gauntlet/core";

import { hashSecret, sameHash, streamTicket } from "./secret.ts";

/** Who calls. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
}

/** What a route asks for. `read` is open to everybody when the server listens on loopback only. */
export type Access = "open" | "read" | "ingest" | "operator";

export interface Authenticator {
  /** @throws Failure `unauthorized` without a valid token, `forbidden` when its role is too small. */
  require(authorization: string | null, access: Access): Promise<Principal | null>;
  /** What stands for a token in the URL of an event stream, since an EventSource sends no headers; null when the token is gone. It opens nothing else. */
  ticketOf(principal: Principal): Promise<string | null>;
  /** @throws Failure `unauthorized` unless the ticket is that of a live token. */
  requireTicket(ticket: string): Promise<void>;
  /** Forgets what was read, so that a token revoked in this process ends at once. */
  refresh(): void;
}

const MAY: Readonly<Record<Role, readonly Access[]>> = {
  viewer: ["open", "read"],
  ingest: ["open", "read", "ingest"],
  operator: ["open", "read", "ingest", "operator"],
};

/** A token that another process revoked may live this much longer. */
const CACHE_MS = 1000;

export function authenticator(tokens: TokenStore, options: { readonly openReads: boolean; readonly stopwatch: () => number }): Authenticator {
  let known: readonly StoredToken[] = [];
  let readAt = Number.NEGATIVE_INFINITY;

  async function live(): Promise<readonly StoredToken[]> {
    if (options.stopwatch() - readAt > CACHE_MS) {
      const from = options.stopwatch();
      known = (await tokens.list()).filter((token) => token.revokedAt === null);
      readAt = from;
    }
    return known;
  }

  async function principalOf(secret: string): Promise<Principal | null> {
    const hash = hashSecret(secret);
    const known = find(await live(), hash);
    if (known !== null) return known;
    // It may be so new that it was made since.
    readAt = Number.NEGATIVE_INFINITY;
    return find(await live(), hash);
  }

  return {
    async require(authorization, access) {
      const secret = secretOf(authorization);
      if (secret === null) {
        if (access === "open" || (access === "read" && options.openReads)) return null;
        throw new Failure("unauthorized", "this call needs a token", { fix: "send `Authorization: Bearer <token>`; an operator makes one with `gauntlet token create`" });
      }
      const principal = await principalOf(secret);
      if (principal === null) {
        if (access === "open" || (access === "read" && options.openReads)) return null;
        throw new Failure("unauthorized", "the token is not known, or was revoked", { fix: "check it, or have a new one made with `gauntlet token create`" });
      }
      if (!MAY[principal.role].includes(access)) {
        throw new Failure("forbidden", `the token "${principal.name}" has the role ${principal.role}; this call needs ${access}`, { fix: `use a token with the role ${access === "ingest" ? "ingest or operator" : "operator"}` });
      }
      return principal;
    },
    async ticketOf(principal) {
      const token = (await live()).find((one) => one.id === principal.tokenId);
      return token === undefined ? null : streamTicket(token);
    },
    async requireTicket(ticket) {
      const token = (await live()).find((one) => ticket.startsWith(`${one.id}.`));
      if (token !== undefined && sameHash(hashSecret(streamTicket(token)), hashSecret(ticket))) return;
      throw new Failure("unauthorized", "the ticket is not that of a live token", { fix: "evaluate again: the answer names the stream with a ticket" });
    },
    refresh() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** All are compared, whichever matches. */
function find(tokens: readonly StoredToken[], hash: string): Principal | null {
  let found: StoredToken | null = null;
  for (const token of tokens) if (sameHash(token.secretHash, hash)) found = token;
  return found === null ? null : { tokenId: found.id, name: found.name, role: found.role };
}

/** A bearer token; or the password of Basic, since that is all that a webhook with nothing but a URL can send. */
function secretOf(authorization: string | null): string | null {
  const [, scheme, text] = /^(Bearer|Basic)\s+([\x21-\x7e]{1,1024})$/i.exec(authorization?.trim() ?? "") ?? [];
  if (scheme === undefined || text === undefined) return null;
  if (scheme.toLowerCase() === "bearer") return text;
  const [, password] = /^[^:]*:([\x21-\x7e]+)$/.exec(Buffer.from(text, "base64").toString("latin1")) ?? [];
  return password ?? null;
}
