import { Failure } from "@gauntlet/core";
import type { Json } from "@gauntlet/core";

import type { Answer, AnswerFunction } from "../answer.ts";

export interface Upstreams {
  /** Where each version answers. A version without a URL fails as `unknown_version`. */
  readonly urls: Readonly<Record<string, string>>;
  /** Decision thresholds by version: the prediction is then score > threshold, strictly, and a score is required. */
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

/** A model server's answer; larger ones are its error. */
const ANSWER_BYTES_MAX = 4_194_304;

/**
 * Asks versions over HTTP: the payload is POSTed as JSON to the version's URL, with the request's id in
 * `x-gauntlet-request-id`, and `{prediction?, score?, output?}` is read. Redirects are not followed.
 */
export function httpUpstreams(upstreams: Upstreams): AnswerFunction {
  return async (version, question, signal) => {
    const url = Object.hasOwn(upstreams.urls, version) ? upstreams.urls[version] : undefined;
    if (url === undefined) throw new Failure("unknown_version", `no URL is known for version ${version}`, { fix: "add it to the upstreams of the gateway" });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(upstreams.timeoutMs)]);
    try {
      const response = await upstreams.fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", "x-gauntlet-request-id": encodeURIComponent(question.requestId) },
        body: JSON.stringify(question.payload),
        redirect: "error",
        signal: limit,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Failure("answer_failed", `version ${version} answered ${response.status}`);
      }
      return readAnswer(version, parse(version, await readText(version, response)), upstreams.thresholds);
    } catch (error) {
      throw asFailure(version, error, limit);
    }
  };
}

function asFailure(version: string, error: unknown, limit: AbortSignal): Failure {
  if (error instanceof Failure) return error;
  if (limit.aborted) return new Failure("answer_timeout", `version ${version} did not answer in time`, { cause: error });
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return new Failure("answer_failed", `version ${version} cannot be reached${cause}`, { cause: error });
}

async function readText(version: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) throw new Failure("answer_failed", `version ${version} answered more than ${ANSWER_BYTES_MAX} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parse(version: string, text: string): Readonly<Record<string, Json>> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, Json>;
  } catch {
    // Said below.
  }
  throw new Failure("answer_failed", `version ${version} did not answer with a JSON object`, { fix: "answer {prediction?, score?, output?}" });
}

function readAnswer(version: string, body: Readonly<Record<string, Json>>, thresholds: Upstreams["thresholds"]): Answer {
  const { output = null, score = null, prediction = null } = body;
  if (score !== null && typeof score !== "number") throw new Failure("answer_failed", `version ${version} gave a score that is not a number`);
  const threshold = thresholds !== undefined && Object.hasOwn(thresholds, version) ? thresholds[version] : undefined;
  if (threshold !== undefined) {
    if (score === null) throw new Failure("answer_failed", `version ${version} has a threshold but gave no score`);
    return { output, score, prediction: score > threshold };
  }
  if (prediction !== null && typeof prediction !== "boolean") throw new Failure("answer_failed", `version ${version} gave a prediction that is neither true nor false`);
  return { output, score, prediction };
}
