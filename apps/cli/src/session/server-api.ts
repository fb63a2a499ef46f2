import { problem } from "@gauntlet/contract";
import { Failure, FAILURES, type FailureCode } from "@gauntlet/core";
import { randomUUID } from "node:crypto";
import type { z } from "zod";

/** The API of a running server. */
export interface ServerApi {
  readonly url: string;
  get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
  /** Every call is a new one, with an Idempotency-Key of its own. */
  post<T extends z.ZodType>(path: string, schema: T, body: unknown): Promise<z.output<T>>;
  delete<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
}

const TIMEOUT_MS = 60_000;

export function serverApi(url: string, token: string | null): ServerApi {
  async function call<T extends z.ZodType>(request: { readonly method: string; readonly path: string; readonly body?: unknown }, schema: T): Promise<z.output<T>> {
    const { method, path, body } = request;
    const response = await send(url + path, {
      method,
      headers: {
        accept: "application/json",
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json", "idempotency-key": randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw await failureOf(response);
    return schema.parse(await response.json());
  }
  return {
    url,
    get: (path, schema) => call({ method: "GET", path }, schema),
    post: (path, schema, body) => call({ method: "POST", path, body }, schema),
    delete: (path, schema) => call({ method: "DELETE", path }, schema),
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new Failure("store_unavailable", `the server at ${new URL(url).origin} does not answer`, { fix: "check that it runs; it holds the data directory, so nobody else may change it", cause });
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const told = problem.safeParse(await response.json().catch(() => null));
  if (!told.success) return new Failure("internal", `${response.url} answered ${response.status} without saying why`);
  const { code, detail, errors } = told.data;
  const known = Object.hasOwn(FAILURES, code) ? (code as FailureCode) : "internal";
  const fix = known === "unauthorized" ? "give an operator's token with --token or GAUNTLET_TOKEN; the first was shown when the server first started" : told.data.fix;
  return new Failure(known, detail, { problems: errors, ...(fix === null ? {} : { fix }) });
}
