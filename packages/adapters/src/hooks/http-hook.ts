import type { Clock, Delivery, Hook, HookAnswer, HookMessage } from "@gauntlet/controller";
import { Failure, type HookEventKind } from "@gauntlet/core";
import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { Webhook } from "standardwebhooks";

import { bodyOf, type HookKind } from "./body-of.ts";
import { payloadOf, type WebhookFormat } from "./payload-of.ts";
import { addressProblem, lookupAllowed, reachOf, requireReachable } from "./reach.ts";

export type HttpHookOptions = Endpoint & (Simple | Signed);

interface Simple {
  readonly kind: HookKind;
}

/** By Standard Webhooks. */
interface Signed {
  readonly kind: "webhook";
  readonly format: WebhookFormat;
  /** `whsec_` and base64: each signs, so that the other end can go from one to the next. */
  readonly secrets: readonly string[];
  /** Where what is promoted serves, as CDEvents name it. */
  readonly environment: string;
}

interface Endpoint {
  readonly name: string;
  /** https, or http on this machine. A secret: it is never in an answer, an error or a log. */
  readonly url: string;
  readonly events: readonly HookEventKind[];
  readonly timeoutMs: number;
  /** Whether it may be in a private network. */
  readonly allowPrivate: boolean;
}

/**
 * Tells an HTTP endpoint, with one POST; the clock is for the time in a signature. Redirects are not followed, and each connection is made to an address that was
 * checked, whatever the name resolves to later.
 * @throws Failure `invalid_input` for a url that may not be told.
 */
export function httpHook(options: HttpHookOptions, clock: Clock): Hook {
  const { name, events, timeoutMs } = options;
  const url = checkedUrl(options);
  const message = (delivery: Delivery): HookMessage => messageOf(options, delivery);
  const headersOf = options.kind === "webhook" ? signedHeaders(options, clock) : keyHeader;
  const [form, waits] = options.kind === "webhook" ? [`webhook, ${options.format}`, { waitsMs: WAITS_MS }] : [options.kind, {}];
  return {
    name,
    events,
    timeoutMs,
    ...waits,
    form,
    message,
    tell: async (delivery) => {
      const { contentType, body } = message(delivery);
      return tell({ ...options, url }, { body, headers: { "content-type": contentType, ...headersOf(delivery, body) } });
    },
  };
}

/** The schedule that Standard Webhooks recommends: after the first attempt 5 s, 5 and 30 minutes, 2, 5 and 10 hours. */
const WAITS_MS: readonly number[] = [5000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000];

function messageOf(options: Simple | Signed, delivery: Delivery): HookMessage {
  if (options.kind !== "webhook") return { contentType: "application/json", body: JSON.stringify(bodyOf(options.kind, delivery.event)) };
  const { contentType, body } = payloadOf(options.format, delivery, options.environment);
  return { contentType, body: JSON.stringify(body) };
}

type Headers = Readonly<Record<string, string>>;

function keyHeader({ id }: Delivery): Headers {
  return { "idempotency-key": id };
}

/** Every attempt is signed anew: the time of it is in the signature. */
function signedHeaders({ secrets }: Signed, clock: Clock): (delivery: Delivery, body: string) => Headers {
  const signers = secrets.map((secret) => new Webhook(secret));
  return ({ id }, body) => {
    const at = new Date(clock.now());
    const signature = signers.map((signer) => signer.sign(id, at, body)).join(" ");
    return { "webhook-id": id, "webhook-timestamp": String(Math.floor(at.getTime() / 1000)), "webhook-signature": signature };
  };
}

/** Why an address in the configuration may not be told; null when it may. The text does not repeat it. */
export function hookUrlProblem(text: string, allowPrivate: boolean): string | null {
  const url = URL.parse(text);
  if (url === null) return "is no URL";
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must be an https URL";
  if (url.username !== "" || url.password !== "") return "must not have a user or a password in it";
  const reach = reachOf(url.hostname);
  if (url.protocol === "http:" && reach !== "loopback") return "must be https, since it leaves this machine";
  return reach === "name" || reach === "loopback" ? null : addressProblem(reach, allowPrivate);
}

/** Whether a hook's host could be told now, in a sentence without its address: names are resolved, and nothing is sent. @throws Failure `invalid_input` */
export function hookReach({ name, url, allowPrivate }: Pick<Endpoint, "name" | "url" | "allowPrivate">): Promise<string> {
  return requireReachable(checkedUrl({ name, url, allowPrivate }).hostname.replace(/^\[|\]$/g, ""), allowPrivate);
}

function checkedUrl({ name, url, allowPrivate }: Pick<Endpoint, "name" | "url" | "allowPrivate">): URL {
  const problem = hookUrlProblem(url, allowPrivate);
  if (problem !== null) throw new Failure("invalid_input", `the url of hook "${name}" ${problem}`, { fix: "give an https URL, or http://127.0.0.1; private addresses need allowPrivate: true" });
  return new URL(url);
}

async function tell({ url, timeoutMs, allowPrivate }: Pick<Endpoint, "timeoutMs" | "allowPrivate"> & { readonly url: URL }, { body, headers }: { readonly body: string; readonly headers: Headers }): Promise<HookAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const status = await post(url, body, {
      signal,
      lookup: lookupAllowed(allowPrivate),
      headers: { ...headers, "content-length": Buffer.byteLength(body), "user-agent": "gauntlet" },
    });
    return answerOf(status);
  } catch (error) {
    return { kind: error instanceof Failure ? "refused" : "retry", detail: signal.aborted ? `no answer within ${timeoutMs} ms` : whyNot(error) };
  }
}

function answerOf(status: number): HookAnswer {
  if (status >= 200 && status < 300) return { kind: "delivered", detail: `answered ${status}` };
  if (status >= 300 && status < 400) return { kind: "refused", detail: `answered ${status}: it redirects, which is not followed` };
  if (status === 410) return { kind: "gone", detail: "answered 410" };
  const mayWorkLater = status >= 500 || TRY_LATER.has(status);
  return { kind: mayWorkLater ? "retry" : "refused", detail: `answered ${status}` };
}

/** Request time-out, too early, too many requests. */
const TRY_LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Codes only: a message may hold the address. */
function whyNot(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const code = typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : null;
  return code === null ? "the connection failed" : `the connection failed: ${code}`;
}

/** The status of the answer, once all of it is there: one that dies half-way was not given. */
function post(url: URL, body: string, options: RequestOptions): Promise<number> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, { ...options, method: "POST", agent: false }, (response) => {
      drain(response).then(() => resolve(response.statusCode ?? 0), reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

const ANSWER_BYTES_MAX = 64 * 1024;

/** Reads to the end, or to where nobody needs more. */
function drain(response: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size <= ANSWER_BYTES_MAX) return;
      resolve();
      response.destroy();
    });
    response.on("end", resolve);
    response.on("error", reject);
    response.on("aborted", () => reject(new Error("aborted")));
  });
}
