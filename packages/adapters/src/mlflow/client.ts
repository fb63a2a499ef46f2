import { Failure } from "@gauntlet/core";
import { isRetryable, refusal, unavailable } from "./failures.ts";
import { sendOnce } from "./send-once.ts";
import type { Answer } from "./send-once.ts";

export interface MlflowOptions {
  /** Where the server is, with any path prefix: "https://mlflow.example.org/tracking". */
  readonly url: string;
  readonly token?: string;
  readonly basic?: { readonly user: string; readonly password: string };
  /** For one attempt, its answer included. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** The embedded registry's `fetch` calls it in process, without a socket. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Waits between attempts; a test passes its own. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface MlflowCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  /** Below the server's address: "/api/2.0/mlflow/runs/get". */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  /** Done twice is done once: only then is it tried again after a failure that may hide a success. */
  readonly idempotent: boolean;
}

/** Speaks MLflow's REST API. Retries, time-outs and failures are the same for every call. */
export interface MlflowClient {
  readonly url: string;
  /**
   * The answer's JSON.
   * @throws Failure `registry_unavailable` (no answer, 5xx, 429: it may or may not have happened), `not_found`,
   * `registry_refused` (any other 4xx, a redirect, an answer that isn't JSON).
   */
  json(call: MlflowCall): Promise<unknown>;
  /** The answer's bytes; failures as above. */
  bytes(call: MlflowCall): Promise<Uint8Array>;
}

export function createMlflowClient(options: MlflowOptions): MlflowClient {
  const url = checkUrl(options.url);
  const sleep = options.sleep ?? ((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const send = async (call: MlflowCall): Promise<Answer> => {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await sendOnce({ ...options, url }, call);
      if (outcome.kind === "answer" && outcome.status < 300) return outcome;
      const last = attempt >= options.retries || !isRetryable(call, outcome);
      const waitMs = outcome.kind === "answer" ? (outcome.retryAfterMs ?? backoffMs(attempt)) : backoffMs(attempt);
      if (last || waitMs > WAIT_MAX_MS) throw outcome.kind === "answer" ? refusal(url, call, outcome) : unavailable(url, call, outcome);
      await sleep(waitMs);
    }
  };
  return {
    url,
    async json(call) {
      const answer = await send(call);
      try {
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(answer.body)) as unknown;
      } catch (cause) {
        throw new Failure("registry_refused", `${call.method} ${call.path} of ${url} answered with something that is not JSON.`, {
          fix: "Check that the address is that of an MLflow server, and not of a proxy or a login page.",
          cause,
        });
      }
    },
    bytes: async (call) => (await send(call)).body,
  };
}

/** A server that asks for a longer pause is as good as away. */
const WAIT_MAX_MS = 30_000;

/** Doubles from 100 ms, with jitter so that replicas don't knock together. */
function backoffMs(attempt: number): number {
  return 100 * 2 ** Math.min(attempt, 6) * (0.5 + Math.random() / 2);
}

function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new Failure("invalid_input", `'${text}' is not the address of an MLflow server.`, { fix: "Write it as http://host:port or https://host/prefix." });
  }
  if (url.username !== "" || url.password !== "") {
    throw new Failure("invalid_input", "The address of the MLflow server has a password in it.", { fix: "Give it as `basic` or `token`; addresses end up in logs." });
  }
  return url.href.replace(/\/+$/, "");
}
