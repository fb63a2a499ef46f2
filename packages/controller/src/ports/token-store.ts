/** API tokens. Only a SHA-256 of the secret is kept; names are unique among tokens that are not revoked. */
export interface TokenStore {
  /** Revoked ones too; oldest first. */
  list(): Promise<readonly StoredToken[]>;
  /** @throws Failure `conflict` when a live token has the same name. */
  add(token: StoredToken): Promise<void>;
  /** Revoking again changes nothing. @throws Failure `not_found` */
  revoke(id: string, at: number): Promise<void>;
}

export type Role = "viewer" | "ingest" | "operator";

export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Hex SHA-256 of the secret. */
  readonly secretHash: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}
