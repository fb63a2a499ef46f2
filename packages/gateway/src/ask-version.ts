import { Failure } from "@gauntlet/core";

import type { Answer, AnswerFunction, Question } from "./answer.ts";
import type { Timers } from "./timers.ts";

/** An outcome carries 64, and two are measured here. */
const METRICS_MAX = 62;

/** What came of asking a version, and how long it took, in milliseconds. */
export type Asked =
  | { readonly kind: "answered"; readonly answer: Answer; readonly latencyMs: number }
  | { readonly kind: "failed"; readonly failure: Failure; readonly latencyMs: number };

/** Asks a version and measures it. Never rejects: whatever goes wrong is `failed`, and a version that hangs is timed out. */
export async function askVersion(
  version: string,
  question: Question,
  by: { readonly answer: AnswerFunction; readonly timeoutMs: number; readonly stopwatch: () => number; readonly timers: Timers },
): Promise<Asked> {
  const from = by.stopwatch();
  try {
    const answer = checkAnswer(version, await withinTime(version, question, by));
    return { kind: "answered", answer, latencyMs: Math.max(0, by.stopwatch() - from) };
  } catch (error) {
    const latencyMs = Math.max(0, by.stopwatch() - from);
    return { kind: "failed", failure: asFailure(version, error), latencyMs };
  }
}

/** The caller did nothing wrong, so whatever the version failed with becomes one of the two failures of an answer. */
function asFailure(version: string, error: unknown): Failure {
  if (error instanceof Failure && (error.code === "answer_failed" || error.code === "answer_timeout")) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Failure("answer_failed", `version ${version} failed: ${detail}`, { cause: error });
}

function withinTime(
  version: string,
  question: Question,
  by: { readonly answer: AnswerFunction; readonly timeoutMs: number; readonly timers: Timers },
): Answer | Promise<Answer> {
  const abort = new AbortController();
  const answer = by.answer(version, question, abort.signal);
  // An answer that is there already needs no timer.
  if (!(answer instanceof Promise)) return answer;
  return new Promise((resolve, reject) => {
    const cancel = by.timers.after(by.timeoutMs, () => {
      const failure = new Failure("answer_timeout", `version ${version} did not answer within ${by.timeoutMs} ms`);
      reject(failure);
      abort.abort(failure);
    });
    answer.then(resolve, reject).finally(cancel);
  });
}

function checkAnswer(version: string, answer: Answer): Answer {
  const wrong = problemOf(answer);
  if (wrong === null) return answer;
  throw new Failure("answer_failed", `version ${version} gave a malformed answer: ${wrong}`, {
    fix: "answer with output, prediction (true, false or null) and score (a finite number or null)",
  });
}

function problemOf(answer: Answer): string | null {
  if (typeof answer !== "object" || answer === null) return `${String(answer)} is not an answer`;
  if (answer.prediction !== null && typeof answer.prediction !== "boolean") return `the prediction is ${String(answer.prediction)}`;
  if (answer.score !== null && !Number.isFinite(answer.score)) return `the score is ${String(answer.score)}`;
  const metrics = Object.entries(answer.metrics ?? {});
  if (metrics.length > METRICS_MAX) return `it has ${metrics.length} metrics`;
  for (const [name, value] of metrics) {
    if (!Number.isFinite(value)) return `the metric ${name} is ${String(value)}`;
  }
  return null;
}
