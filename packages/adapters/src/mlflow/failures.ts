import { Failure } from "@gauntlet/core";
import type { MlflowCall } from "./call.ts";
import type { Answer, Silence } from "./send-once.ts";

/**
 * A 429 has not been done and may always be tried again. After silence or a 5xx the call may have been done, so only
 * an idempotent one is repeated; so is one that lost a race inside the server.
 */
export function isRetryable(call: MlflowCall, outcome: Answer | Silence): boolean {
  if (outcome.kind === "silence") return call.idempotent && outcome.why !== "too_large";
  return outcome.status === 429 || (call.idempotent && (outcome.status >= 500 || isLostRace(outcome)));
}

/**
 * Two writers that both find no row (an alias, a tag) both insert one: MLflow hands the loser its database's
 * complaint as 400 BAD_REQUEST. The second attempt finds the row and updates it.
 */
function isLostRace(answer: Answer): boolean {
  if (answer.status !== 400) return false;
  const { code, message } = errorOf(answer.body);
  return code === "BAD_REQUEST" && /IntegrityError|UniqueViolation/.test(message ?? "");
}

export function unavailable(url: string, call: MlflowCall, { why, detail, cause }: Silence): Failure {
  const message = `${call.method} ${call.path} of the registry at ${url}: ${detail}.`;
  if (why === "too_large") return new Failure("registry_refused", message, { fix: "Check that the address is that of an MLflow server.", cause });
  return new Failure("registry_unavailable", message, {
    fix: why === "timeout" ? "See whether the registry is overloaded, or allow it more time." : "Start the registry, or correct its address.",
    cause,
  });
}

export function refusal(url: string, call: MlflowCall, answer: Answer): Failure {
  const { code, message } = errorOf(answer.body);
  const where = `${call.method} ${call.path} of the registry at ${url}`;
  const said = `${answer.status}${code === null ? "" : ` ${code}`}${message === null ? "" : `: ${message}`}`;
  if (answer.status >= 500 || answer.status === 429) {
    return new Failure("registry_unavailable", `${where} answered ${said}.`, { fix: "See the registry's own log; the call is tried again later." });
  }
  if (answer.status >= 300 && answer.status < 400) {
    return new Failure("registry_refused", `${where} redirects to ${answer.location ?? "nowhere"}.`, { fix: "Put the address it redirects to into the configuration." });
  }
  if (answer.status === 401 || answer.status === 403) {
    return new Failure("registry_refused", `${where} answered ${said}.`, { fix: "Give the registry's token or password, and see that it may write." });
  }
  if (answer.status === 404 && code === "RESOURCE_DOES_NOT_EXIST") return new Failure("not_found", `${message ?? "no such resource"} (${where}).`);
  if (answer.status === 404 && code === null) {
    return new Failure("registry_refused", `${where} answered 404 without an MLflow error: there is no MLflow API.`, { fix: "Check the address and its path prefix." });
  }
  return new Failure("registry_refused", `${where} answered ${said}.`);
}

/** Other people's words: cut, and without control characters, before they reach a log or a page. */
function errorOf(body: Uint8Array): { readonly code: string | null; readonly message: string | null } {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body.subarray(0, 65_536)));
    if (typeof value !== "object" || value === null) return NOTHING;
    const { error_code: code, message } = value as Record<string, unknown>;
    // oxlint-disable-next-line no-control-regex
    const clean = (text: unknown): string | null => (typeof text === "string" ? text.replaceAll(/[\u0000-\u001f\u007f]+/g, " ").slice(0, 500) : null);
    return { code: clean(code), message: clean(message) };
  } catch {
    return NOTHING;
  }
}

const NOTHING = { code: null, message: null };
