import { Failure, FAILURES, type FailureCode } from "@gauntlet/core/failure";

export interface ClientOptions {
  /** Where the server listens, such as `http://127.0.0.1:4400`. */
  readonly url: string;
  /** Left out or null: calls go without one, which is enough for reading where the server allows that. */
  readonly token?: string | null;
  /** How long one attempt may take; 60 s when left out. */
  readonly timeoutMs?: number;
  /** How often a call is tried that may be sent again; 4 when left out, 1 for never again. */
  readonly attempts?: number;
  /** Instead of the runtime's own `fetch`: a proxy's, or a server's in the same process. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Instead of the client's. */
  readonly timeoutMs?: number;
}

/** Of one call that changes something. */
export interface ChangeOptions extends CallOptions {
  /** The Idempotency-Key: with the same key and content the server does it once, also when a program sends it again after a restart. A new one when left out. */
  readonly key?: string;
}

interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  readonly text?: { readonly type: string; readonly content: string };
  /** null: the call takes none. */
  readonly key: string | null;
  /** Whether sending it twice is as good as once. */
  readonly repeatable: boolean;
  readonly options?: CallOptions | undefined;
}

/** How the nouns of this client talk to the server. */
export interface Connection {
  readonly url: string;
  /** @throws Failure with the server's code, fix and problems; `store_unavailable` where nobody answers. */
  json<T>(call: Call): Promise<T>;
  text(call: Call): Promise<string>;
  /** An answer that is read while it lasts; the time-out is for its beginning. */
  open(path: string, options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal }): Promise<Response>;
}

const TIMEOUT_MS = 60_000;
const ATTEMPTS = 4;
const PAUSE_MS = 200;
/** A server that asks for a longer pause is not waited for. */
const PAUSE_MAX_MS = 10_000;

/** @throws Failure `invalid_input` where the address is none. */
export function connection(given: ClientOptions): Connection {
  const url = baseOf(given.url);
  const attempts = given.attempts ?? ATTEMPTS;
  const send = given.fetch ?? fetch;

  async function once<T>(call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    const timeout = AbortSignal.timeout(call.options?.timeoutMs ?? given.timeoutMs ?? TIMEOUT_MS);
    const asked = call.options?.signal;
    const signal = asked === undefined ? timeout : AbortSignal.any([timeout, asked]);
    const content = call.text ?? (call.body === undefined ? null : { type: "application/json", content: JSON.stringify(call.body) });
    const request = new Request(url + call.path, {
      method: call.method,
      headers: {
        ...headersOf(given.token),
        ...(content === null ? {} : { "content-type": content.type }),
        ...(call.key === null ? {} : { "idempotency-key": call.key }),
      },
      ...(content === null ? {} : { body: content.content }),
      redirect: "error",
      signal,
    });
    try {
      const response = await send(request);
      if (!response.ok) throw await failureOf(response, call.path);
      return await read(response);
    } catch (cause) {
      if (cause instanceof Failure || asked?.aborted === true) throw cause;
      throw unreachable(url, { cause, timedOut: timeout.aborted });
    }
  }

  async function call<T>(made: Call, read: (response: Response) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(made, read);
      } catch (error) {
        const pauseMs = error instanceof Failure ? pauseBefore(attempt, error) : null;
        if (!made.repeatable || attempt >= attempts || pauseMs === null) throw error;
        await pause(pauseMs, made.options?.signal);
      }
    }
  }

  return {
    url,
    json: <T>(made: Call) => call(made, (response) => response.json() as Promise<T>),
    text: (made) => call(made, (response) => response.text()),
    async open(path, { headers, signal }) {
      try {
        const response = await send(new Request(url + path, { headers: { ...headersOf(given.token), ...headers }, redirect: "error", signal }));
        if (!response.ok) throw await failureOf(response, path);
        return response;
      } catch (cause) {
        if (cause instanceof Failure || signal.aborted) throw cause;
        throw unreachable(url, { cause, timedOut: false });
      }
    },
  };
}

/** After `ms`, or at once with what the signal says. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((done, failed) => {
    const stop = () => {
      clearTimeout(timer);
      failed(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** 128 random bits. crypto.randomUUID exists in secure contexts only, and a page may have come by plain HTTP. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function baseOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, "");
  throw new Failure("invalid_input", `"${url.slice(0, 200)}" is no address of a server`, { fix: "give one such as http://127.0.0.1:4400" });
}

function headersOf(token: string | null | undefined): Record<string, string> {
  return { accept: "application/json", ...(token == null ? {} : { authorization: `Bearer ${token}` }) };
}

function unreachable(url: string, { cause, timedOut }: { readonly cause: unknown; readonly timedOut: boolean }): Failure {
  return new Failure("store_unavailable", `the server at ${new URL(url).origin} ${timedOut ? "did not answer in time" : "does not answer"}`, { fix: "check that it runs and that this machine can reach it", cause });
}

/** null: the same call would fail again, or the server asks for too long a pause. */
function pauseBefore(attempt: number, failure: Failure): number | null {
  if (!failure.retryable) return null;
  const asked = failure.retryAfterMs ?? 0;
  return asked > PAUSE_MAX_MS ? null : Math.max(asked, PAUSE_MS * 2 ** (attempt - 1));
}

/** What went wrong, in the words of the problem that the server told; services under /api/v1 and OFREP have words of their own. */
async function failureOf(response: Response, path: string): Promise<Failure> {
  const body = recordOf(await response.json().catch(() => null));
  const word = textOf(body["code"]) ?? textOf(body["error"]);
  const code = word !== null && Object.hasOwn(FAILURES, word) ? (word as FailureCode) : codeOfStatus(response.status);
  const said = textOf(body["detail"]) ?? textOf(body["message"]) ?? textOf(body["errorDetails"]);
  const fix = textOf(body["fix"]);
  const retryAfterMs = Number(response.headers.get("retry-after") ?? Number.NaN) * 1000;
  return new Failure(code, said ?? `${path} answered ${response.status} without saying why`, {
    problems: problemsOf(body["errors"] ?? body["details"]),
    ...(fix === null ? {} : { fix }),
    ...(Number.isFinite(retryAfterMs) && retryAfterMs >= 0 ? { retryAfterMs } : {}),
  });
}

/** Where something between this program and the server answered, or a server that knows more codes. */
function codeOfStatus(status: number): FailureCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "too_large";
  if (status === 429) return "rate_limited";
  if (status === 502 || status === 503 || status === 504) return "store_unavailable";
  return status >= 500 ? "internal" : "invalid_input";
}

function problemsOf(value: unknown): readonly { readonly pointer: string; readonly detail: string }[] {
  if (!Array.isArray(value)) return [];
  return value.map(recordOf).map((each) => ({ pointer: textOf(each["pointer"]) ?? textOf(each["field"]) ?? "", detail: textOf(each["detail"]) ?? textOf(each["error"]) ?? "" }));
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
