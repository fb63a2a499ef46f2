import { unavailable } from "../source/unavailable.ts";

export interface PrometheusAddress {
  /** Of the source, for failures. */
  readonly source: string;
  /** For example `http://prometheus:9090`; a path before /api is kept. */
  readonly url: string;
  readonly token?: string;
  readonly basic?: { readonly user: string; readonly password: string };
  /** Of one reading, all its calls together. */
  readonly timeoutMs: number;
}

export interface PrometheusCalls extends PrometheusAddress {
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Plain samples, oldest first. Values as written: "12", "NaN", "+Inf". */
  readonly values: readonly (readonly [seconds: number, value: string])[];
  /** Samples of a native histogram. */
  readonly histograms: readonly (readonly [seconds: number, histogram: NativeSample])[];
}

export interface NativeSample {
  readonly count: string;
  readonly sum: string;
  /** Which bounds are inside (0: the upper, 1: the lower, 2: none, 3: both), lower, upper, count. */
  readonly buckets?: readonly (readonly [rule: number, low: string, high: string, count: string])[];
}

/**
 * Raw samples of a selector in [from, to). An instant query over a range gives them as they were scraped; a range query would give
 * them on a grid, where resets hide.
 * @throws Failure `evidence_unavailable`
 */
export async function rawSamples(address: PrometheusCalls, selector: string, span: { readonly from: number; readonly to: number }): Promise<readonly Series[]> {
  // The edge of a range belongs to it in some releases only, so a millisecond more is asked for, and cut here.
  const query = `${selector}[${span.to - span.from + 1}ms]`;
  const { resultType, result } = await ask(address, query, span.to);
  if (resultType !== "matrix" || !Array.isArray(result)) throw unavailable(address.source, `${query} gave a ${String(resultType)} where raw samples (a matrix) belong`, { fix: "the selector must name one counter and its labels" });
  const inside = ([seconds]: readonly [number, unknown]): boolean => seconds * 1000 >= span.from && seconds * 1000 < span.to;
  return (result as readonly Matrix[]).map(({ metric, values = [], histograms = [] }) => ({ labels: metric, values: values.filter(inside), histograms: histograms.filter(inside) })).filter(({ values, histograms }) => values.length + histograms.length > 0);
}

/** The values of an instant query, by series. @throws Failure `evidence_unavailable` */
export async function instantValues(address: PrometheusCalls, query: string, at: number): Promise<readonly string[]> {
  const { resultType, result } = await ask(address, query, at);
  if (resultType !== "vector" || !Array.isArray(result)) throw unavailable(address.source, `${query} gave a ${String(resultType)} where a vector belongs`);
  return (result as readonly { readonly value: readonly [number, string] }[]).map(({ value }) => value[1]);
}

interface Matrix {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: Series["values"];
  readonly histograms?: Series["histograms"];
}

interface Answer {
  readonly status?: unknown;
  readonly data?: { readonly resultType?: unknown; readonly result?: unknown };
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly warnings?: readonly unknown[];
}

async function ask(address: PrometheusCalls, query: string, at: number): Promise<NonNullable<Answer["data"]>> {
  const place = `${safeUrl(address.url)} asked for ${query}`;
  const { status, text } = await post(address, new URLSearchParams({ query, time: (at / 1000).toFixed(3) }), place);
  const answer = parsed(text);
  if (answer?.status === "error" || status >= 400) {
    const said = typeof answer?.error === "string" ? `${String(answer.errorType)}: ${answer.error}` : text.slice(0, 200);
    throw unavailable(address.source, `${place} answered ${status}: ${said}`, { fix: fixFor(status) });
  }
  if (answer?.status !== "success" || typeof answer.data !== "object" || answer.data === null) throw unavailable(address.source, `${place} answered ${status}, but not as Prometheus does: ${text.slice(0, 200)}`, { fix: "give the address of a server that speaks Prometheus' HTTP API" });
  if ((answer.warnings ?? []).length > 0) throw unavailable(address.source, `${place} answered with warnings, so it may be incomplete: ${answer.warnings?.map(String).join("; ")}`, { fix: "mend what it warns of" });
  return answer.data;
}

function fixFor(status: number): string {
  if (status === 401 || status === 403) return "give the source a token, or user and password, that may query";
  if (status === 400) return "mend the selector in the configuration";
  if (status === 422) return "the server could not run the query: see its limits, and its log";
  return "see the log of that server";
}

async function post(address: PrometheusCalls, form: URLSearchParams, place: string): Promise<{ readonly status: number; readonly text: string }> {
  const { signal } = address;
  try {
    const response = await fetch(`${address.url.replace(/\/+$/, "")}/api/v1/query`, { method: "POST", body: form, headers: { accept: "application/json", ...authorization(address) }, redirect: "manual", signal });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw unavailable(address.source, `${place} answered with a redirect to ${response.headers.get("location") ?? "nowhere"}`, { fix: "give the address it redirects to; a redirect is not followed, since it could lead credentials astray" });
    }
    return { status: response.status, text: await bodyOf(response, address.source, place) };
  } catch (cause) {
    if (signal.aborted) throw unavailable(address.source, `${place} did not answer within ${address.timeoutMs} ms`, { cause, fix: "see that it runs, or raise timeoutMs" });
    if (cause instanceof TypeError) throw unavailable(address.source, `${place} can't be reached: ${reasonOf(cause)}`, { cause, fix: "see that it runs and can be reached from here" });
    throw cause;
  }
}

function authorization({ token, basic }: PrometheusAddress): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (basic !== undefined) return { authorization: `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString("base64")}` };
  return {};
}

const ANSWER_BYTES_MAX = 64 << 20;

async function bodyOf(response: Response, source: string, place: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) throw unavailable(source, `${place} answered with more than ${ANSWER_BYTES_MAX} bytes`, { fix: "name more labels, so that the selector finds fewer series" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}

/** Undici says "fetch failed" and keeps the reason one level down. */
function reasonOf(cause: Error): string {
  return cause.cause instanceof Error ? cause.cause.message || String((cause.cause as { code?: unknown }).code ?? cause.message) : cause.message;
}

/** Without what may be secret in it. */
export function safeUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
