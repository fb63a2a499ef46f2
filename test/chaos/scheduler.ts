import { Failure, type FailureCode } from "@gauntlet/core";

import type { Fault } from "./faults.ts";
import type { Random } from "./random.ts";

/** A process of the simulation. When it is dead its calls are never answered, and what it knew is gone. */
export interface Actor {
  readonly name: string;
  alive: boolean;
}

/** One call of a port, which happens when the scheduler says so. */
export interface Call {
  readonly actor: Actor;
  /** For example `registry.setAlias`. */
  readonly name: string;
  readonly args: readonly unknown[];
  run(): Promise<unknown>;
  /** The answer as it was `agoMs` ago, where a port may give one. */
  readonly past: ((agoMs: number) => unknown) | null;
}

export interface Scheduler {
  now(): number;
  submit(call: Call): Promise<unknown>;
  sleep(actor: Actor, ms: number): Promise<void>;
  /** Something that happens later by itself: the start of a process, somebody else's deed. */
  later(ms: number, what: string, deed: () => void | Promise<void>): void;
  /** Runs until nothing is left to happen. */
  run(): Promise<void>;
  readonly trace: readonly string[];
}

interface Settings {
  readonly random: Random;
  readonly startAt: number;
  /** Times are drawn up to this long: no port call takes longer. */
  readonly callMaxMs: number;
  faultOf(call: Call, now: number): Fault;
  onCrash(actor: Actor): void;
  /** Builds the trace; costs time. */
  readonly tracing: boolean;
}

interface Happening {
  readonly at: number;
  /** null: it happens whoever lives, such as a request that is on its way. */
  readonly actor: Actor | null;
  fire(): void | Promise<void>;
}

const STEPS_MAX = 50_000;

/**
 * Every port call of every process waits here, and a seeded choice says whose turn it is. Between two choices all
 * that can run without a port does, so the whole run is a function of the seed. The clock moves with each call, and
 * jumps when everybody waits for it.
 */
export function createScheduler(settings: Settings): Scheduler {
  const { random } = settings;
  const trace: string[] = [];
  let now = settings.startAt;
  let waiting: Happening[] = [];

  const say = (text: () => string): void => {
    if (settings.tracing) trace.push(`+${String(now - settings.startAt).padStart(6)} ms  ${text()}`);
  };
  const add = (ms: number, actor: Actor | null, fire: Happening["fire"]): void => {
    waiting.push({ at: now + ms, actor, fire });
  };
  const perform = performer({ settings, add, say, now: () => now });

  return {
    trace,
    now: () => now,
    submit: (call) =>
      new Promise((resolve, reject) => {
        add(0, call.actor, () => {
          now += 1 + random.between(0, LATENCY_MS);
          return perform(call, { resolve, reject });
        });
      }),
    sleep: (actor, ms) => new Promise((resolve) => add(ms, actor, resolve)),
    later: (ms, what, deed) =>
      add(ms, null, () => {
        say(() => what);
        return deed();
      }),
    run: async () => {
      for (let step = 0; step < STEPS_MAX; step++) {
        await drained();
        waiting = waiting.filter((happening) => happening.actor?.alive ?? true);
        if (waiting.length === 0) return;
        const ready = waiting.filter((happening) => happening.at <= now);
        const [first, ...rest] = ready.length > 0 ? ready : earliest(waiting);
        const chosen = random.pick([first as Happening, ...rest]);
        now = Math.max(now, chosen.at);
        waiting = waiting.filter((happening) => happening !== chosen);
        await chosen.fire();
      }
      throw new Error(`the simulation did not end within ${STEPS_MAX} steps`);
    },
  };
}

const LATENCY_MS = 120;

interface Answer {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Does a call, with the fault that fell on it. */
function performer(of: {
  readonly settings: Settings;
  add(ms: number, actor: Actor | null, fire: Happening["fire"]): void;
  say(text: () => string): void;
  now(): number;
}): (call: Call, answer: Answer) => Promise<void> {
  const { settings, add, say } = of;
  const { random, callMaxMs } = settings;
  const slowMs = (): number => random.between(callMaxMs / 3, callMaxMs);
  const crash = (actor: Actor): void => {
    actor.alive = false;
    settings.onCrash(actor);
  };

  return async (call, answer) => {
    const fault = settings.faultOf(call, of.now());
    const { actor } = call;
    const tell = (what: () => string): void => say(() => `${actor.name.padEnd(12)} ${call.name}(${call.args.map(brief).join(", ")}) ${what()}`);
    const deliver = async (suffix: string): Promise<void> => {
      const outcome = await settled(call.run());
      tell(() => `→ ${outcome.ok ? brief(outcome.value) : `refused: ${brief(outcome.error)}`}${suffix}`);
      if (!actor.alive) return;
      if (outcome.ok) answer.resolve(outcome.value);
      else answer.reject(outcome.error);
    };
    const quietly = async (suffix: string): Promise<void> => {
      const outcome = await settled(call.run());
      tell(() => `${suffix}${outcome.ok ? "" : `, refused: ${brief(outcome.error)}`}`);
    };

    switch (fault) {
      case "none":
        return deliver("");
      case "stale": {
        const past = call.past?.(random.between(0, callMaxMs));
        tell(() => `→ STALE ${brief(past)}`);
        return answer.resolve(past);
      }
      case "refused":
        tell(() => "REFUSED");
        return answer.reject(new Failure("registry_refused", "the registry says no"));
      case "timeout_before":
        tell(() => "TIMED OUT, not done");
        return answer.reject(unavailable(call));
      case "timeout_after":
        await quietly("TIMED OUT, though done");
        return answer.reject(unavailable(call));
      case "crash_before":
        tell(() => "CRASHED before");
        return crash(actor);
      case "crash_after":
        await quietly("CRASHED after");
        return crash(actor);
      case "crash_in_flight":
        tell(() => "CRASHED, the call is on its way");
        add(slowMs(), null, () => quietly("ARRIVES, its sender is dead"));
        return crash(actor);
      case "slow_effect":
        tell(() => "is SLOW to arrive");
        return add(slowMs(), null, () => deliver(" (slow)"));
      case "slow_answer": {
        const outcome = await settled(call.run());
        tell(() => "done, its answer is SLOW");
        return add(slowMs(), actor, () => (outcome.ok ? answer.resolve(outcome.value) : answer.reject(outcome.error)));
      }
      case "late_effect": {
        // The caller gives up, and only then does the request arrive: still within the longest time a call may take.
        const arrives = slowMs();
        tell(() => "TIMES OUT, and arrives later");
        add(random.between(0, arrives / 3), actor, () => answer.reject(unavailable(call)));
        return add(arrives, null, () => quietly("ARRIVES, after its caller gave up"));
      }
    }
  };
}

function earliest(waiting: readonly Happening[]): readonly Happening[] {
  const at = Math.min(...waiting.map((happening) => happening.at));
  return waiting.filter((happening) => happening.at === at);
}

/** All promise reactions run before the next macrotask, so after one nobody can go on without the scheduler. */
function drained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function settled(work: Promise<unknown>): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, error };
  }
}

function unavailable(call: Call): Failure {
  const port = call.name.slice(0, call.name.indexOf("."));
  const code: FailureCode = port === "traffic" ? "traffic_unavailable" : port === "registry" || port === "artifacts" ? "registry_unavailable" : "store_unavailable";
  return new Failure(code, `${call.name} timed out`);
}

function brief(value: unknown): string {
  if (value instanceof Failure) return `${value.code}: ${value.message}`;
  if (value instanceof Error) return value.message;
  const text = JSON.stringify(value, (key, item: unknown) => (SHORTENED.has(key) && item !== null ? "…" : item)) ?? "";
  return text.length > 240 ? `${text.slice(0, 240)}…` : text;
}

const SHORTENED = new Set(["observation", "state", "policy", "outcomes", "prev", "arms", "checks", "requestIds", "digest", "epochs"]);
