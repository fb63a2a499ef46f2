import type { MlflowCall, MlflowOptions } from "./call.ts";

export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  readonly body: Uint8Array;
  /** From the Retry-After header. */
  readonly retryAfterMs: number | null;
  /** Where a redirect points. */
  readonly location: string | null;
}

/** No whole answer came. */
export interface Silence {
  readonly kind: "silence";
  readonly why: "timeout" | "network" | "too_large";
  readonly detail: string;
  readonly cause: unknown;
}

/** One attempt; never throws. Redirects are not followed: they could lead credentials astray. */
export async function sendOnce(options: MlflowOptions, call: MlflowCall): Promise<Answer | Silence> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    return await Promise.race([exchange(options, call, signal), whenAborted(signal)]);
  } catch (cause) {
    if (signal.aborted) return { kind: "silence", why: "timeout", detail: `no answer within ${options.timeoutMs} ms`, cause };
    if (cause instanceof RangeError) return { kind: "silence", why: "too_large", detail: cause.message, cause };
    return { kind: "silence", why: "network", detail: networkDetail(cause), cause };
  }
}

/** The request of a call, as it goes out. */
export function requestOf(options: MlflowOptions, call: MlflowCall, signal: AbortSignal): Request {
  return new Request(options.url + call.path + queryOf(call), {
    method: call.method,
    headers: headersOf(options, call),
    redirect: "manual",
    signal,
    ...(call.json !== undefined ? { body: JSON.stringify(call.json) } : call.bytes !== undefined ? { body: call.bytes as Uint8Array<ArrayBuffer> } : {}),
  });
}

async function exchange(options: MlflowOptions, call: MlflowCall, signal: AbortSignal): Promise<Answer> {
  return answerOf(await (options.fetch ?? fetch)(requestOf(options, call, signal)));
}

/** The whole answer, read to its end. */
export async function answerOf(response: Response): Promise<Answer> {
  return {
    kind: "answer",
    status: response.status,
    body: await readBody(response),
    retryAfterMs: retryAfterMs(response.headers.get("retry-after")),
    location: response.headers.get("location"),
  };
}

function headersOf({ token, basic }: MlflowOptions, call: MlflowCall): Record<string, string> {
  const headers: Record<string, string> = {};
  if (call.json !== undefined) headers["content-type"] = "application/json";
  if (call.bytes !== undefined) headers["content-type"] = "application/octet-stream";
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  else if (basic !== undefined) headers["authorization"] = `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString("base64")}`;
  return headers;
}

function queryOf({ query }: MlflowCall): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

const ANSWER_BYTES_MAX = 64 << 20;

async function readBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) throw new RangeError(`its answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Seconds, or a date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** A fetch that runs in process knows nothing of signals. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

export function networkDetail(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Undici says "fetch failed" and keeps the reason one level down.
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}
