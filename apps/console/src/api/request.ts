import { problem } from "@gauntlet/contract";
import { Failure, FAILURES, type FailureCode } from "@gauntlet/core";

const TIMEOUT_MS = 20_000;

/** What this file needs of a schema of the contract. */
interface Schema<T> {
  safeParse(body: unknown): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } };
}

/**
 * Reads one answer and parses it; an answer of another shape is an error, never half a page.
 * @throws Failure with the server's code, detail and fix.
 */
export async function read<T>(path: string, schema: Schema<T>, signal?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await send(path, { headers: { accept: "application/json" }, signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
  return parse(path, schema, await jsonOf(path, response));
}

export interface Post {
  readonly body: unknown;
  readonly token: string;
  /** The same key for the same act, however often it is sent: the server does it once. */
  readonly idempotencyKey: string;
  /** How long an answer may take; the usual time when left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export async function post<T>(path: string, schema: Schema<T>, act: Post): Promise<T> {
  const timeout = AbortSignal.timeout(act.timeoutMs ?? TIMEOUT_MS);
  const response = await send(path, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      authorization: `Bearer ${act.token}`,
      "idempotency-key": act.idempotencyKey,
    },
    body: JSON.stringify(act.body),
    signal: act.signal === undefined ? timeout : AbortSignal.any([act.signal, timeout]),
  });
  return parse(path, schema, await jsonOf(path, response));
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Failure("store_unavailable", "The controller can't be reached.", {
      fix: "Check that the server runs and that this machine can reach it. What is shown may be out of date.",
      cause,
    });
  }
  if (!response.ok) throw await failureOf(path, response);
  return response;
}

/** A problem+json answer as a Failure; any other refusal (a proxy's page, say) is named by its status. */
async function failureOf(path: string, response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => null);
  const told = problem.safeParse(body);
  if (!told.success) {
    return new Failure(codeOfStatus(response.status), `${path} answered ${response.status}, without saying why.`, {
      fix: "Something between this page and the controller answered. Check the proxy, and the server's log.",
    });
  }
  const { code, detail, fix, errors } = told.data;
  const known = Object.hasOwn(FAILURES, code) ? (code as FailureCode) : codeOfStatus(response.status);
  return new Failure(known, detail, { ...(fix === null ? {} : { fix }), problems: errors });
}

function codeOfStatus(status: number): FailureCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  return status >= 500 ? "store_unavailable" : "invalid_input";
}

async function jsonOf(path: string, response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw unexpected(path, "it is not JSON", cause);
  }
}

function parse<T>(path: string, schema: Schema<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw unexpected(path, first === undefined ? "unknown shape" : `${first.path.map(String).join(".")}: ${first.message}`, parsed.error);
}

function unexpected(path: string, what: string, cause: unknown): Failure {
  return new Failure("internal", `The answer of ${path} can't be read: ${what}.`, {
    fix: "Console and server may be of different versions. Reload the page; if it stays, rebuild the console.",
    cause,
  });
}
