import { Failure, FAILURES, type FailureCode } from "@gauntlet/core";

const TEXT_MAX = 400;

/** What a peer says went wrong, in our words and at our lengths; null when the message is none of that kind. */
export function peerError(name: string, message: unknown): Failure | null {
  const error = (message as { readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly fix?: unknown } } | null)?.error;
  if (error === undefined || error === null) return null;
  const code = typeof error.code === "string" && Object.hasOwn(FAILURES, error.code) ? (error.code as FailureCode) : "peer_unavailable";
  return new Failure(code, `${name} says: ${printable(String(error.message))}`, typeof error.fix === "string" ? { fix: printable(error.fix) } : {});
}

/** Text from elsewhere on one line, without what a terminal would obey. */
export function printable(text: string, max = TEXT_MAX): string {
  // oxlint-disable-next-line no-control-regex
  const plain = text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/g, " ").trim();
  return plain.length > max ? `${plain.slice(0, max)}…` : plain;
}
