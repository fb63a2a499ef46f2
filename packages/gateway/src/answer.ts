import type { Json } from "@gauntlet/core";

/** What is asked of a version. */
export interface Question {
  readonly requestId: string;
  readonly unit: string;
  readonly payload: unknown;
}

/** What a version says. */
export interface Answer {
  /** For the caller, passed on as it is. */
  readonly output: Json;
  /** The binary answer at the version's own threshold; null when it has none. */
  readonly prediction: boolean | null;
  readonly score: number | null;
  /** More measurements to record; `latency_ms` and `error` are the gateway's own and cannot be overridden. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * Asks one version. A throw, a rejection and a malformed answer are that version's error. After the time-out `signal`
 * is aborted and the answer, should it still come, is thrown away.
 */
export type AnswerFunction = (version: string, question: Question, signal: AbortSignal) => Answer | Promise<Answer>;
