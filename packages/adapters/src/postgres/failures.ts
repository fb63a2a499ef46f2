import { Failure } from "@gauntlet/core";

/** Turns what PostgreSQL or the network says into a Failure; a Failure, and whatever is not theirs, passes. */
export function postgresFailure(location: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code !== null && NOT_TEXT.has(code)) {
    return new Failure("invalid_input", "PostgreSQL can't store a text that holds the character U+0000", { fix: "send text without control characters", cause: error });
  }
  const fix = fixFor(error, code);
  if (fix !== null) return new Failure("store_unavailable", `PostgreSQL at ${location} is not available: ${error.message || String(code)}`, { fix, cause: error });
  if (code !== null && SQLSTATE.test(code)) return new Failure("internal", `PostgreSQL at ${location} refused a statement (${code}): ${error.message}`, { cause: error });
  return error;
}

/** Serialization failure, deadlock: nothing was written, and the same may pass the next time. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40001" || code === "40P01";
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** character_not_in_repertoire, untranslatable_character. */
const NOT_TEXT: ReadonlySet<string> = new Set(["22021", "22P05"]);

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** What to do about an error that another try, or another setting, may mend; null for any other. */
function fixFor(error: Error, code: string | null): string | null {
  if (code === null) return CONNECTION_LOST.test(error.message) ? TRY_AGAIN : null;
  if (/^E[A-Z]{3,}/.test(code)) return `check that the server runs and can be reached (${code})`;
  return FIXES[code] ?? FIXES[code.slice(0, 2)] ?? null;
}

/** What `pg` says without a code. */
const CONNECTION_LOST = /connection terminated|connection error|timeout|not queryable|closed the connection|pool after calling end/i;
const TRY_AGAIN = "the connection was lost; try again once the server is back";

/** By SQLSTATE, or by its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const FIXES: Readonly<Record<string, string>> = {
  "08": TRY_AGAIN,
  "25P03": TRY_AGAIN,
  "28": "check the user name and the password in the url",
  "3D": "create the database named in the url, or correct the url",
  "40": "other transactions were in the way; try again",
  "42501": "grant this user the right to create and use the schema",
  "53": "the server is out of disk, memory or connections; give it more",
  "55P03": "another process holds a lock; try again",
  "57": TRY_AGAIN,
  "58": "the server met an error of its system; see its log",
};
