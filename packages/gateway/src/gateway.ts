import { Failure } from "@gauntlet/core";
import type { Allocation, Arm, Json, Mode } from "@gauntlet/core";

import { watchActivity } from "./activity.ts";
import { watchAllocation } from "./allocation-watch.ts";
import type { InForce } from "./allocation-watch.ts";
import type { AnswerFunction } from "./answer.ts";
import { askVersion } from "./ask-version.ts";
import type { Asked } from "./ask-version.ts";
import type { RecordFunction } from "./batch-sender.ts";
import { idProblems } from "./id-problems.ts";
import { requestMirror } from "./mirror.ts";
import type { ShadowStats } from "./mirror.ts";
import { outcomeBuffer } from "./outcome-buffer.ts";
import type { OutcomeStats } from "./outcome-buffer.ts";
import { outcomeOf, standInFor } from "./served.ts";
import type { Served } from "./served.ts";
import { gatewaySettings } from "./settings.ts";
import type { GatewaySettings } from "./settings.ts";
import { systemTimers } from "./timers.ts";
import type { Timers } from "./timers.ts";

/** Serves one model: splits its requests among the arms, mirrors them, measures, and reports outcomes. */
export interface Gateway {
  /**
   * The live answer.
   * @throws Failure `invalid_input` (empty unit, bad time), `traffic_unavailable` (no allocation), and what the version
   * that had to answer failed with: `answer_failed` or `answer_timeout`.
   */
  handle(request: GatewayRequest): Promise<LiveAnswer>;
  /**
   * Resolves when no request, live or mirrored, is under way. Mirrored requests begin between turns of the event loop, so
   * a world that asks in a row, with versions that answer at once, waits here after each request or its queue runs over.
   */
  onIdle(): Promise<void>;
  /** Waits until idle, then until every outcome is recorded. @throws Failure `store_unavailable`, and nothing is lost. */
  drain(): Promise<void>;
  stats(): GatewayStats;
}

export interface GatewayRequest {
  /** Joins outcome and label; null: the gateway makes one up, and answers it. */
  readonly requestId: string | null;
  /** What is bucketed: the same unit gets the same version throughout an allocation. */
  readonly unit: string;
  readonly payload: unknown;
  /** When it was asked, milliseconds since the Unix epoch; the clock's now when it is left out. */
  readonly at?: number;
}

export interface LiveAnswer {
  readonly requestId: string;
  readonly version: string;
  readonly slot: string;
  readonly epoch: number;
  readonly output: Json;
  readonly prediction: boolean | null;
  readonly score: number | null;
  /** The version that had to answer and failed, when the champion stood in; otherwise null. */
  readonly fallbackFor: string | null;
}

export interface GatewayStats {
  readonly epoch: number | null;
  readonly answered: number;
  readonly failed: number;
  /** Of those answered: the champion stood in. */
  readonly fellBack: number;
  readonly shadow: ShadowStats;
  readonly outcomes: OutcomeStats;
  readonly allocationFailures: number;
}

export interface GatewayOptions {
  /** What is in force, from the store. The gateway keeps it for at most `allocationMaxAgeMs`. */
  readonly allocation: () => Promise<Allocation | null>;
  readonly answer: AnswerFunction;
  readonly record: RecordFunction;
  readonly clock: { now(): number };
  /** Milliseconds that never run backwards. */
  readonly stopwatch: () => number;
  /** How long a version may take, live and mirrored. */
  readonly timeoutMs: number;
  /** New for every start: it makes batch ids and request ids unique. */
  readonly instanceId: string;
  /** Left out: those of the machine. */
  readonly timers?: Timers;
  readonly settings?: Partial<GatewaySettings>;
  /** Told what went wrong in the background. Left out: it only shows in `stats`. */
  readonly report?: (failure: Failure) => void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { stopwatch, instanceId } = options;
  const settings = gatewaySettings(options.settings);
  const timers = options.timers ?? systemTimers;
  const by = { answer: options.answer, timeoutMs: options.timeoutMs, stopwatch, timers };
  const watch = watchAllocation({ read: options.allocation, maxAgeMs: settings.allocationMaxAgeMs, stopwatch, timers });
  const outcomes = outcomeBuffer({ ...settings, record: options.record, instanceId, timers, report: options.report ?? ignore });
  const activity = watchActivity();
  const mirror = requestMirror({ ...settings, ask, activity, stopwatch, timers });
  const count = { requests: 0, answered: 0, failed: 0, fellBack: 0 };

  async function handle(request: GatewayRequest): Promise<LiveAnswer> {
    count.requests += 1;
    const requestId = request.requestId ?? `${instanceId}-r${count.requests}`;
    activity.begin();
    try {
      const answer = await serve(requestId, request);
      count.answered += 1;
      return answer;
    } catch (error) {
      count.failed += 1;
      throw error;
    } finally {
      activity.end();
    }
  }

  async function serve(requestId: string, request: GatewayRequest): Promise<LiveAnswer> {
    const at = request.at ?? options.clock.now();
    requireSound({ requestId, unit: request.unit, at });
    const { allocation, routes } = known(await watch.current());
    const served = { question: { requestId, unit: request.unit, payload: request.payload }, at, allocation };
    const arm = routes(request.unit);
    const asked = await ask(served, arm, "live");
    const standIn = asked.kind === "failed" && settings.fallback === "champion" ? standInFor(arm, allocation) : null;
    mirror.add(served, [arm, standIn]);
    if (asked.kind === "answered") return liveAnswer(served, arm, asked);
    if (standIn === null) throw asked.failure;
    // The unit stays the challenger's, and its error counts; what the champion says is evidence of a shadow only.
    const instead = await ask(served, standIn, "shadow");
    if (instead.kind === "failed") throw instead.failure;
    count.fellBack += 1;
    return { ...liveAnswer(served, standIn, instead), fallbackFor: arm.version };
  }

  async function ask(served: Served, arm: Arm, mode: Mode): Promise<Asked> {
    const asked = await askVersion(arm.version, served.question, by);
    outcomes.add(outcomeOf(served, asked, { arm, mode }));
    return asked;
  }

  async function drain(): Promise<void> {
    await activity.onIdle();
    await outcomes.drain();
  }

  function stats(): GatewayStats {
    const { answered, failed, fellBack } = count;
    return { epoch: watch.epoch(), answered, failed, fellBack, shadow: mirror.stats(), outcomes: outcomes.stats(), allocationFailures: watch.failures() };
  }

  return { handle, onIdle: activity.onIdle, drain, stats };
}

/** @throws Failure `invalid_input` for what could not be recorded afterwards. */
function requireSound(request: { readonly requestId: string; readonly unit: string; readonly at: number }): void {
  const problems = [...idProblems("requestId", request.requestId), ...idProblems("unit", request.unit)];
  if (!Number.isSafeInteger(request.at) || request.at < 0) problems.push({ pointer: "/at", detail: `at is ${request.at}, not whole milliseconds since 1970` });
  const [first] = problems;
  if (first === undefined) return;
  throw new Failure("invalid_input", `the request is malformed: ${first.detail}`, { problems, fix: "send a unit of 1 to 256 visible characters, and a requestId like it or none" });
}

function known(current: InForce | null): InForce {
  if (current !== null) return current;
  throw new Failure("traffic_unavailable", "the model has no allocation, so no version serves it", { fix: "give it a champion, or start a rollout" });
}

function liveAnswer(served: Served, arm: Arm, asked: Extract<Asked, { kind: "answered" }>): LiveAnswer {
  const { output, prediction, score } = asked.answer;
  const { version, slot } = arm;
  return { requestId: served.question.requestId, version, slot, epoch: served.allocation.epoch, output, prediction, score, fallbackFor: null };
}

function ignore(): void {
  // What went wrong shows in the counts.
}
