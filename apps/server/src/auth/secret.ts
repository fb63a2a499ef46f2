import { createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits. The prefix lets secret scanners recognise one that was committed by mistake. */
export function newSecret(): string {
  return `gauntlet_${randomBytes(32).toString("base64url")}`;
}

/** Hex SHA-256. A secret has 256 bits of its own, so no salt and no slow hash is needed. */
export function hashSecret(secret: string): string {
  return hash("sha256", secret);
}

/** Compares two hex digests without telling, by its time, how much of them is equal. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, "hex");
  const right = Buffer.from(b, "hex");
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right);
}

/** The same on every replica and at every time, so that a stream is not opened anew; it ends with its token. */
export function streamTicket(token: { readonly id: string; readonly secretHash: string }): string {
  return `${token.id}.${createHmac("sha256", token.secretHash).update("event stream").digest("base64url")}`;
}
