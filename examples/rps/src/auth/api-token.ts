import { Failure } from "@gauntlet/core";
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

export interface ApiToken {
  /** Whether it is the token. How long it takes tells nothing of how much of it is right. */
  readonly is: (secret: string) => boolean;
  /** The token itself, when this call made it: it is shown once, and kept nowhere. */
  readonly made: string | null;
}

const LENGTH_MIN = 24;

/**
 * The token that opens what is internal: the one that is given (by the environment), or else one that is made at the first
 * start and whose hash is kept in a file. There is no default.
 * @param file where the hash is kept; null: a new token at each start.
 * @throws Failure `invalid_input` for a token that can be guessed, or a file that holds no hash.
 */
export function openApiToken(given: string | null, file: string | null): ApiToken {
  if (given !== null) {
    if (given.length < LENGTH_MIN || !/^[\x21-\x7e]+$/.test(given)) throw new Failure("invalid_input", `the API's token has ${given.length} characters`, { fix: `give at least ${LENGTH_MIN} visible ASCII characters, or none and let one be made` });
    return tokenOf(digest(given), null);
  }
  if (file !== null && existsSync(file)) return tokenOf(readHash(file), null);
  const made = `rps_${randomBytes(32).toString("base64url")}`;
  // Of two processes that start at once, one makes the token.
  if (file !== null) writeFileSync(file, `${digest(made).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  return tokenOf(digest(made), made);
}

function tokenOf(expected: Buffer, made: string | null): ApiToken {
  return { is: (secret) => timingSafeEqual(digest(secret), expected), made };
}

/** A made secret has 256 bits of its own, so no salt and no slow hash is needed. */
function digest(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

function readHash(file: string): Buffer {
  const text = readFileSync(file, "utf8").trim();
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, "hex");
  throw new Failure("invalid_input", `${file} holds no hash of a token`, { fix: "remove it, and a new token is made and shown at the next start" });
}
