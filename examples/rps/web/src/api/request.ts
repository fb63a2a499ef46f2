import { problem } from "../../../src/http/shapes.ts";
import { storedToken } from "./token.ts";

const TIMEOUT_MS = 15_000;

/** Why there is no answer, in words for the person in front of the page. */
export class Refused extends Error {
  /** The status of the answer; 0 when there was none. */
  readonly status: number;
  readonly fix: string | null;

  constructor(status: number, message: string, fix: string | null) {
    super(message);
    this.name = "Refused";
    this.status = status;
    this.fix = fix;
  }
}

/** What this file needs of a schema. */
export interface Schema<T> {
  safeParse(body: unknown): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } };
}

/**
 * Reads one answer and parses it; an answer of another shape is an error, never half a page. The token of this tab goes
 * along when there is one.
 * @throws Refused
 */
export async function read<T>(path: string, schema: Schema<T>, signal?: AbortSignal): Promise<T> {
  return parsed(path, schema, await send(path, { method: "GET" }, signal));
}

/** @throws Refused */
export async function post<T>(path: string, schema: Schema<T>, body: unknown): Promise<T> {
  return parsed(path, schema, await send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
}

async function send(path: string, init: RequestInit, signal?: AbortSignal): Promise<unknown> {
  const token = storedToken();
  const headers = { accept: "application/json", ...(init.headers as Record<string, string> | undefined), ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, credentials: "same-origin", cache: "no-store", signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Refused(0, "The game's server can't be reached.", "Check that it runs, then try again. Your game is kept.");
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const told = problem.safeParse(body);
  throw told.success ? new Refused(response.status, told.data.detail, told.data.fix) : new Refused(response.status, `The server answered ${response.status} without saying why.`, null);
}

function parsed<T>(path: string, schema: Schema<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const what = first === undefined ? "unknown shape" : `${first.path.map(String).join(".")}: ${first.message}`;
  throw new Refused(0, `The answer of ${path} can't be read (${what}).`, "Page and server may be of different versions: reload the page.");
}
