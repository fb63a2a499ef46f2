import { Failure } from "@gauntlet/core";
import type { MlflowCall, MlflowOptions } from "./call.ts";
import { isRetryable, refusal, unavailable } from "./failures.ts";
import { sendOnce } from "./send-once.ts";
import { digestOnce, type Digested, type DigestLimit } from "./digest-once.ts";
import type { Answer, Silence } from "./send-once.ts";

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
  /**
   * SHA-256 of the answer's bytes, however many: none of them is kept. The time-out is for each silence, not for all of it.
   * Failures as above; the limit's own beyond it.
   */
  digest(call: MlflowCall, limit: DigestLimit): Promise<Digested>;
}

export function createMlflowClient(options: MlflowOptions): MlflowClient {
  const url = checkUrl(options.url);
  const sleep = options.sleep ?? ((ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const untilDone = async <T extends Answer | Digested>(call: MlflowCall, once: () => Promise<T | Answer | Silence>): Promise<T> => {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await once();
      if (outcome.kind === "digested" || (outcome.kind === "answer" && outcome.status < 300)) return outcome as T;
      const last = attempt >= options.retries || !isRetryable(call, outcome);
      const waitMs = outcome.kind === "answer" ? (outcome.retryAfterMs ?? backoffMs(attempt)) : backoffMs(attempt);
      if (last || waitMs > WAIT_MAX_MS) throw outcome.kind === "answer" ? refusal(url, call, outcome) : unavailable(url, call, outcome);
      await sleep(waitMs);
    }
  };
  const send = (call: MlflowCall): Promise<Answer> => untilDone<Answer>(call, () => sendOnce({ ...options, url }, call));
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
    digest: (call, limit) => untilDone<Digested>(call, () => digestOnce({ ...options, url }, call, limit)),
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
